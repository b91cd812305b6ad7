import { assertEquals, assertThrows } from "@std/assert";
import { parseInvocation } from "../../lib/cli/arguments.ts";
import { type Command, UsageError } from "../../lib/cli/command.ts";
import { ExitCode } from "../../lib/cli/exit_code.ts";

const COMMAND: Command = {
  name: "do",
  summary: "",
  description: "",
  operand: { name: "WHAT", required: false },
  options: {
    json: { kind: "switch", help: "" },
    timeout: { kind: "seconds", help: "" },
    last: { kind: "count", help: "" },
    html: { kind: "text", help: "" },
  },
  examples: [],
  run: () => Promise.resolve(ExitCode.Done),
};

/** What arguments come to: the operand, and everything that was given, by name. */
const CASES: readonly (readonly [args: readonly string[], operand: string | undefined, given: unknown])[] = [
  [[], undefined, {}],
  [["a b"], "a b", {}],
  [["--json", "a"], "a", { json: true }],
  [["a", "--json", "--json=false"], "a", {}],
  [["--json=yes"], undefined, { json: true }],
  [["-q", "a"], "a", { quiet: true }],
  [["-qq", "--quiet"], undefined, { quiet: true }],
  [["--timeout", "1.5", "a"], "a", { timeout: 1.5 }],
  [["--timeout=1.5"], undefined, { timeout: 1.5 }],
  [["--last", "2", "--last=3"], undefined, { last: 3 }],
  [["--html", "-", "a"], "a", { html: "-" }],
  [["--html=a=b"], undefined, { html: "a=b" }],
  [["-"], "-", {}],
  [["--", "--json"], "--json", {}],
  [["--json", "--", "-q"], "-q", { json: true }],
];

for (const [args, operand, given] of CASES) {
  Deno.test(`parseInvocation takes ${JSON.stringify(args)}`, () => {
    const { operand: found, switches, numbers, texts } = parseInvocation(COMMAND, args);
    const all = Object.fromEntries([...[...switches].map((name) => [name, true]), ...numbers, ...texts]);
    assertEquals([found, all], [operand, given]);
  });
}

/** Arguments that are refused, and every problem that is named. */
const REFUSED: readonly (readonly [args: readonly string[], problems: string])[] = [
  [["--timeout"], '--timeout takes a number of seconds, not ""'],
  [["--timeout", "--json"], '--timeout takes a number of seconds, not ""'],
  [["--last", "-1"], '--last takes a whole number, not "-1"'],
  [["--html="], '--html takes a value, not ""'],
  [["--json="], 'no such option "--json"; the nearest is --json'],
  [["--no-json", "-x"], 'no such option "--no-json"; no such option "-x"'],
  [
    ["--other", "value", "a", "b"],
    'no such option "--other"; it takes one WHAT, not 2; a name with spaces needs quotes',
  ],
  [["--__proto__"], 'no such option "--__proto__"'],
];

for (const [args, problems] of REFUSED) {
  Deno.test(`parseInvocation refuses ${JSON.stringify(args)}`, () => {
    const { message } = assertThrows(() => parseInvocation(COMMAND, args), UsageError);
    assertEquals(message, `Cannot run "do": ${problems}; see rasa-telemetry do --help`);
  });
}
