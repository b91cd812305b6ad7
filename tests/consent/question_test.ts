import { assertEquals } from "@std/assert";
import { type Answer, askForConsent, QUESTION as TEXT, readAnswer } from "../../lib/consent/question.ts";
import { shouldAsk } from "../../lib/consent/should_ask.ts";
import { type Variable, variablesFor } from "../../lib/host/variables.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const LINES: Readonly<Record<Answer, readonly string[]>> = {
  yes: ["y", "Y", "yes", "YES", "Yes", " y ", "\ty\t", "y\r", "yes.", "Yes!", "y.", "y!"],
  no: [
    ...["n", "N", "no", "No", "NO.", "no!", "nope", "nein", "nah", "never", "non", "nyet", "not now", "no, yes", "n y"],
    ...["q", "Q", "quit", "exit", "off", "OFF", "stop", "stop it", "false", "False", "0", "disable", "disabled"],
    ...["cancel", "abort", "decline", "deny", "refuse", "reject", "don't", "don’t", "dont", "do not", "opt out"],
    ...["opt-out", "optout", "q.", "off!", "please disable", '"n"', "'no'", "(n)", "-n", "[n]", "> no"],
    ...["rasa telemetry disable", "rasa-telemetry disable", "$ rasa-telemetry disable", "sudo rasa telemetry disable"],
    ...["RASA_TELEMETRY_ENABLED=false", "export RASA_TELEMETRY_ENABLED=false", "RASA_TELEMETRY_ENABLED='false'"],
    ...["RASA_TELEMETRY_ENABLED=", "DO_NOT_TRACK=1", "export DO_NOT_TRACK=1", "set DO_NOT_TRACK=true"],
  ],
  nothing: ["", " ", "\t", "\r", "\u00A0"],
  nonsense: [
    ...["ye", "yy", "yep", "yeah", "yes please", "yes yes", "yes no", "y n", "y/n", "yn", "yno", "y,", "y..", "y?"],
    ...["ok", "sure", "true", "1", "on", "enable", "enabled", "accept", "ja", "oui", "si", "d", "t", "maybe", "what?"],
    ...["stopwatch", "offline", "quite", "01", "falsehood", "enable, not disabled"],
    ...["ｙ", "ｙｅｓ", "уes", "у", "уеѕ", "yеs", "Ỵ", "y\u0301", "ｎ", "нет", "да", "ÿ", "🇾", "y\u200b"],
    ...[
      "y\u0000",
      "\u0000y",
      "\u001b[Ay",
      "y\u007f",
      "\u001b[200~y\u001b[201~",
      "y\ny",
      "what\ny",
      ".",
      "!",
      "?",
      "[",
      "\u001b",
    ],
    ...["RASA_TELEMETRY_ENABLED=true", "DO_NOT_TRACK=0", "rasa telemetry enable", "ls -la", "rasa train"],
    "y".repeat(5000),
  ],
};

for (const answer of ["yes", "no", "nothing", "nonsense"] as const) {
  Deno.test(`readAnswer takes these lines for ${answer}`, () => {
    assertEquals(LINES[answer].map((line) => [line, readAnswer(line)]), LINES[answer].map((line) => [line, answer]));
  });
}

const ON_TERMINAL: MemoryHostOptions = { terminal: { stdin: true, stderr: true } };
/** The question with the room for an answer. */
const QUESTION = `${TEXT} `;
const AGAIN = `Please answer "y" or "n".\n${QUESTION}`;
const TOO_SOON = `\nThat was typed too soon to count.\n${QUESTION}`;

/** What is typed, by milliseconds since the program began to ask; what comes of it; and what is on the screen. */
const TYPED: readonly (readonly [
  name: string,
  typed: readonly (readonly [afterMs: number, text: string])[],
  answer: boolean | null,
  screen: string,
])[] = [
  ["y", [[1000, "y\n"]], true, QUESTION],
  ["y in two strokes", [[1000, "y"], [1500, "\n"]], true, QUESTION],
  ["no", [[1000, "no\n"]], false, QUESTION],
  ["Enter alone", [[1000, "\n"]], null, QUESTION],
  ["nonsense, then y", [[1000, "what\n"], [3000, "y\n"]], true, QUESTION + AGAIN],
  ["nonsense, then n", [[1000, "what\n"], [3000, "n\n"]], false, QUESTION + AGAIN],
  ["nonsense, then Enter", [[1000, "what\n"], [3000, "\n"]], null, QUESTION + AGAIN],
  ["nonsense twice", [[1000, "what\n"], [3000, "why\n"], [5000, "y\n"]], null, QUESTION + AGAIN],
  ["two lines at once", [[1000, "what\ny\n"]], null, `${QUESTION}${AGAIN}${TOO_SOON}\n`],
  ["a yes late, at the last moment", [[29_900, "y\n"]], true, QUESTION],
  ["a yes too late", [[30_001, "y\n"]], null, `${QUESTION}\n`],
  ["Enter before the question", [[0, "\n"], [2000, "n\n"]], false, QUESTION],
  ["y and Enter before the question", [[0, "y\n"]], null, `${QUESTION}\n`],
  ["a whole paste before the question", [[0, "y\ny\nyes\n\ny\ny"]], null, `${QUESTION}\n`],
  ["y without Enter before the question, then Enter", [[0, "y"], [2000, "\n"]], null, QUESTION],
  ["ye without Enter before the question, then s", [[0, "ye"], [2000, "s\n"], [4000, "n\n"]], false, QUESTION + AGAIN],
  ["n without Enter before the question, then y", [[0, "n"], [2000, "y\n"]], true, QUESTION],
  ["y right after the question", [[150, "y\n"]], null, `${QUESTION}${TOO_SOON}\n`],
  ["n right after the question, then n", [[150, "n\n"], [2000, "n\n"]], false, QUESTION + TOO_SOON],
  ["y right after the question, Enter later", [[200, "y"], [2000, "\n"]], null, QUESTION + TOO_SOON],
  [
    "lines without end",
    Array.from({ length: 400 }, (_, line) => [line * 80, "y\n"] as const),
    null,
    `${QUESTION}\n`,
  ],
];

for (const [name, typed, answer, screen] of TYPED) {
  Deno.test(`askForConsent takes ${name} for ${answer}`, async () => {
    const host = new TimedHost(ON_TERMINAL);
    const since = host.elapsed();
    const asked = askForConsent(host);
    for (const [afterMs, text] of typed) {
      if (afterMs === 0) host.keyboard?.type(text);
      else host.after(afterMs, () => host.keyboard?.type(text));
    }
    assertEquals([await host.until(asked), host.err], [answer, screen]);
    assertEquals([host.elapsed() - since <= 30_000, host.keyboard?.closed], [true, true]);
  });
}

Deno.test("askForConsent waits half a minute in all, and then nobody has answered", async () => {
  const host = new TimedHost(ON_TERMINAL);
  const since = host.elapsed();
  const answer = await host.until(askForConsent(host));
  assertEquals([answer, host.err, host.elapsed() - since], [null, `${QUESTION}\n`, 30_000]);
});

Deno.test("askForConsent takes a line that comes in pieces for no sense, because it may have been begun before", async () => {
  const host = new TimedHost(ON_TERMINAL);
  const asked = askForConsent(host);
  host.after(1000, () => host.keyboard?.type("y"));
  host.after(1001, () => host.keyboard?.flush());
  host.after(1100, () => host.keyboard?.type("\n"));
  host.after(3000, () => host.keyboard?.type("n\n"));
  assertEquals([await host.until(asked), host.err], [false, QUESTION + AGAIN]);
});

Deno.test("askForConsent takes a no for one where Ctrl-D stands in the place of Enter", async () => {
  const host = new MemoryHost({ ...ON_TERMINAL, stdin: "nope" });
  assertEquals([await askForConsent(host), host.err], [false, `${QUESTION}\n`]);
});

const ENDS: readonly (readonly [name: string, stdin: string, screen: string])[] = [
  ["Ctrl-D", "", `${QUESTION}\n`],
  ["y and then Ctrl-D", "y", `${QUESTION}\n`],
  ["nonsense and then Ctrl-D", "what\n", `${QUESTION}${AGAIN}\n`],
];

for (const [name, stdin, screen] of ENDS) {
  Deno.test(`askForConsent takes ${name} for no answer`, async () => {
    const host = new MemoryHost({ ...ON_TERMINAL, stdin });
    assertEquals([await askForConsent(host), host.err], [null, screen]);
  });
}

Deno.test("askForConsent takes a terminal that closed before the question for no answer", async () => {
  const host = new TimedHost(ON_TERMINAL);
  const asked = askForConsent(host);
  host.keyboard?.end();
  assertEquals([await host.until(asked), host.err], [null, `${QUESTION}\n`]);
});

for (const [columns, lines] of [[40, 2], [55, 2], [56, 1], [60, 1], [80, 1], [200, 1]] as const) {
  Deno.test(`askForConsent asks in ${lines} line(s) on a terminal of ${columns} columns`, async () => {
    const host = new TimedHost({ terminal: { stdin: true, stderr: true, columns } });
    const asked = askForConsent(host);
    host.keyboard?.end();
    await host.until(asked);
    assertEquals([host.err.replace(/\s+/g, " "), host.err.trim().split("\n").length], [QUESTION, lines]);
    assertEquals(host.err.split("\n").every(({ length }) => length <= columns - 4), true);
  });
}

Deno.test("askForConsent asks nothing where the question can't be written", async () => {
  const host = new MemoryHost({ ...ON_TERMINAL, stdin: "y\n" });
  host.stderrBroken = true;
  assertEquals([await askForConsent(host), host.keyboard?.closed], [null, true]);
});

const TERMINALS: readonly (readonly [stdin: boolean, stderr: boolean, container: boolean, asks: boolean])[] = [
  [true, true, false, true],
  [true, true, true, false],
  [true, false, false, false],
  [false, true, false, false],
  [false, false, false, false],
];

for (const [stdin, stderr, container, asks] of TERMINALS) {
  const name = JSON.stringify({ stdin, stderr, container });
  Deno.test(`shouldAsk is ${asks} for ${name}, whatever standard output is`, () => {
    for (const stdout of [true, false]) {
      assertEquals(shouldAsk(new MemoryHost({ terminal: { stdin, stdout, stderr } }), container), asks);
    }
  });
}

/** What public services set in their jobs. */
const JOBS: readonly Variable[] = ["CI", "TF_BUILD", "GITLAB_CI", "GITHUB_ACTIONS", "bamboo_buildKey", "BUILD_ID"];

for (const name of new Set([...JOBS, ...variablesFor("ci"), ...variablesFor("unattended")])) {
  Deno.test(`shouldAsk is false where ${name} is set, whatever its value`, () => {
    for (const value of ["true", "True", "1", "false", "0", ""]) {
      assertEquals([value, shouldAsk(new MemoryHost({ ...ON_TERMINAL, env: { [name]: value } }), false)], [
        value,
        false,
      ]);
    }
  });
}

Deno.test("shouldAsk reads no file, and no variable but those of jobs", () => {
  const host = new MemoryHost(ON_TERMINAL);
  assertEquals(shouldAsk(host, false), true);
  assertEquals([host.asked, host.files.operations], [[...variablesFor("ci"), ...variablesFor("unattended")], []]);
});
