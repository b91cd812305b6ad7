import { assertEquals } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { safeJson } from "../../lib/terminal/printable.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { ASKED, BUILD, QUEUE } from "../support/scenes/scene.ts";

/** Characters that can't be seen, by what is odd about them. */
const UNSEEN: Readonly<Record<string, string>> = {
  "a C0 control": "\u001b",
  "a line feed": "\n",
  "DEL": "\u007f",
  "a C1 control": "\u009b",
  "a soft hyphen": "\u00ad",
  "the Arabic letter mark": "\u061c",
  "a zero-width space": "\u200b",
  "a zero-width joiner": "\u200d",
  "a right-to-left mark": "\u200f",
  "a line separator": "\u2028",
  "a paragraph separator": "\u2029",
  "a right-to-left override": "\u202e",
  "a right-to-left isolate": "\u2067",
  "a word joiner": "\u2060",
  "a byte order mark": "\ufeff",
  "an interlinear mark": "\ufff9",
  "a combining grapheme joiner": "\u034f",
  "a Hangul filler": "\u3164",
  "a variation selector": "\ufe0f",
  "a lone half of a pair": "\ud83d",
  "private use": "\ue000",
  "what isn't a character": "\uffff",
  "a tag, which is a pair": "\u{e0041}",
  "private use, as a pair": "\u{10fffd}",
};

/** Whether a text is as `safeJson` promises. */
function isSafe(text: string): boolean {
  return !/(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]/u.test(text);
}

for (const [name, character] of Object.entries(UNSEEN)) {
  Deno.test(`safeJson escapes ${name}, in values and keys, and parses to the same`, () => {
    const value = { [`k${character}`]: [`a${character}b`, character.repeat(3)] };
    for (const indent of [undefined, 2]) {
      const json = safeJson(value, indent);
      assertEquals([JSON.parse(json), isSafe(json)], [value, true]);
    }
  });
}

Deno.test("safeJson leaves what can be seen as it is", () => {
  for (const text of ["Müller", "日本語", "\u{1f600}", "a\u0301", "\u00a0", '"\\']) {
    assertEquals(safeJson({ text }), JSON.stringify({ text }));
    assertEquals(safeJson([text, {}], 2), JSON.stringify([text, {}], null, 2));
  }
});

Deno.test("what --json prints of odd paths and of an edited log is safe on a terminal, and parses to the same", async () => {
  const odd = Object.values(UNSEEN).filter((character) => character !== "\n").join("");
  const report = { event: `Shell ${odd}Started`, properties: { [odd]: odd }, messageId: "1" };
  const where = { endpoint: odd, permission: null };
  const entry = { sentAt: odd, outcome: "attempted", reason: odd, ...where, withheld: [], withheldUnknown: 0, report };
  const files = { ...ASKED, [`${QUEUE}/sent.log`]: JSON.stringify(entry) + "\n" };
  const print = async (args: readonly string[], env: Record<string, string> = {}) => {
    const host = new MemoryHost({ files, env });
    await run(args, host, BUILD);
    assertEquals([args, isSafe(host.out), isSafe(host.err)], [args, true, true]);
    return host.out === "" ? undefined : JSON.parse(host.out);
  };
  assertEquals(await print(["log", "--json"]), entry);
  assertEquals(Object.keys((await print(["log", "--summary", "--json"])).events), [report.event]);
  const home = `/home/${odd}`;
  assertEquals((await print(["status", "--json"], { HOME: home })).configFile, `${home}/.config/rasa/global.yml`);
});
