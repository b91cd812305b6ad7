import { assertEquals } from "@std/assert";
import { walk } from "@std/fs/walk";
import { relative } from "@std/path";
import { assertSnapshot } from "@std/testing/snapshot";
import { ROOT } from "../../scripts/toolchain/toolchain.ts";
import { provokeMessages } from "./situations.ts";

/**
 * Everything that the program says. The snapshot is for reading: where a text is changed on purpose, write it anew with
 * deno task unit tests/simulation/messages_test.ts -- --update
 */

const BY_SUBJECT = await provokeMessages();
const SAID = Object.values(BY_SUBJECT).flat();
const ALL = SAID.map(({ text }) => text).join("");

/** Calls whose texts people see. A template's pieces between its values are looked at one by one. */
const CALL = /(?:say|problem|UsageError|ConfigurationError|warnings\.push|fail|end)\(([\s\S]{0,600}?)\)[;,]?\n/g;
const LITERAL = /`((?:[^`\\]|\\.)*)`|"((?:[^"\\]|\\.)*)"/gs;
/** Shorter pieces prove nothing. */
const LEAST_PIECE = 12;

/** Texts that nobody sees: where no id can be kept, the program goes on without one. */
const UNSAID = ["Cannot keep a machine id in "];
/** Files of lib whose texts no command prints on standard error. */
const ELSEWHERE = /^(page|report|host)\/|build_config/;

async function findPieces(): Promise<[file: string, piece: string][]> {
  const pieces: [string, string][] = [];
  for await (const { path } of walk(`${ROOT}/lib`, { includeDirs: false })) {
    const name = relative(`${ROOT}/lib`, path).replaceAll("\\", "/");
    if (ELSEWHERE.test(name)) continue;
    for (const [, call = ""] of (await Deno.readTextFile(path)).matchAll(CALL)) {
      for (const [, template = "", plain = ""] of call.matchAll(LITERAL)) {
        const texts = (template + plain).split(/\$\{[^}]*\}|\\n/);
        // What a template within a template leaves is code.
        const whole = texts.filter((text) => !/=>|\.join\(/.test(text) && !UNSAID.includes(text));
        const long = whole.filter(({ length }) => length >= LEAST_PIECE);
        pieces.push(...long.map((text): [string, string] => [name, text]));
      }
    }
  }
  return pieces;
}

/** The notice's moment, which is told by the zone of the machine that runs the tests. */
const MOMENT = /(Nothing leaves before) .*/g;

for (const [subject, messages] of Object.entries(BY_SUBJECT)) {
  Deno.test(`${subject}: the program says what it said before`, async (test) => {
    const parts = messages.map(({ when, command, text, code }) =>
      `${when}, exit code ${code}\n$ ${command}\n${shorten(text).replace(MOMENT, "$1 (an hour later).")}`
    );
    await assertSnapshot(test, parts.join("\n"), { serializer: String });
  });
}

/** Of many lines of one kind only the first and the last. */
function shorten(text: string): string {
  const lines = text.split("\n");
  if (!lines.every((line, at) => at < 2 || line === "" || line.startsWith("rasa-telemetry:"))) return text;
  return lines.length < 10 ? text : [...lines.slice(0, 2), "...", ...lines.slice(-3)].join("\n");
}

Deno.test("everything that the program says is brought about here", async () => {
  const pieces = await findPieces();
  // The pattern may stop fitting the sources; then it would find nothing missing.
  assertEquals(pieces.length > 40, true);
  const known = ALL.replaceAll('\\"', '"');
  assertEquals(pieces.filter(([, piece]) => !known.includes(piece.replaceAll('\\"', '"'))), []);
});

Deno.test("every message that says what can't be done says why, or what to do instead, and has no full stop", () => {
  const lines = ALL.split("\n").filter((line) => line.startsWith("rasa-telemetry: Cannot "));
  assertEquals(lines.filter((line) => !/^rasa-telemetry: Cannot .+[:;] .+[^.]$/.test(line)), []);
});

Deno.test("no message holds a stack, a name of a class or more than a few lines", () => {
  assertEquals([ALL.match(/\n\s+at |\[object|undefined|NaN/), ALL.includes("\u001b")], [null, false]);
});

Deno.test("what ends badly says so in a line that --quiet leaves, or in the one that flush ends with", () => {
  const bad = SAID.filter(({ code, text }) =>
    code !== 0 && !text.includes("rasa-telemetry: ") && !/ left: /.test(text)
  );
  assertEquals(bad, []);
});
