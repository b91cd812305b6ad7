import { assertEquals } from "@std/assert";
import { loadYaml, parseConfiguration } from "../../../lib/consent/global_yml/parse.ts";
import { parsePlain } from "../../../lib/consent/global_yml/plain.ts";

await loadYaml();

const ID = "38d23c36c9be443281196080fcdd707d";
/** Files as Rasa and this program write them, and near misses: a choice that is read without YAML must be YAML's own. */
const SECTION = { enabled: ["true", "false"], id: [ID, `'${ID}'`, "0".repeat(32)] } as const;
const DATES = [
  "2025-05-03 10:12:13.123456",
  "2025-05-03 10:12:13",
  "2026-03-01T12:00:00.000Z",
  "2026-03-01T12:00:00Z",
  "2025-02-31 10:12:13",
  "2025-05-03 25:12:13",
];

Deno.test("parseConfiguration takes from a plain file what a parser of YAML takes from it", () => {
  for (const enabled of SECTION.enabled) {
    for (const traits of SECTION.enabled) {
      for (const id of SECTION.id) {
        for (const date of DATES) {
          const section = (on: string) => `  enabled: ${on}\n  rasa_user_id: ${id}\n  date: ${date}\n`;
          const text = `metrics:\n${section(enabled)}traits:\n${section(traits)}`;
          // A comment makes it a file that isn't plain.
          assertEquals([parsePlain(text), parsePlain(`${text}# x\n`)], [parseConfiguration(`${text}# x\n`), undefined]);
        }
      }
    }
  }
});

const PLAIN_SECTION = `  enabled: false\n  rasa_user_id: ${ID}\n  date: 2026-03-01T12:00:00.000Z\n`;
const PLAIN_FILE = `metrics:\n${PLAIN_SECTION}traits:\n${PLAIN_SECTION}`;
for (
  const [name, text] of [
    ["a key more", `${PLAIN_FILE}other: 1\n`],
    ["a key twice", PLAIN_FILE.replace("  date", "  enabled: true\n  date")],
    ["half a quote", PLAIN_FILE.replace(/rasa_user_id: (\w+)/, "rasa_user_id: '$1")],
    ["a number", PLAIN_FILE.replace("false", "0")],
    ["the end of Windows' lines", PLAIN_FILE.replaceAll("\n", "\r\n")],
    ["no end of the last line", PLAIN_FILE.trimEnd()],
    ["a second document", `${PLAIN_FILE}---\n`],
    ["a line before it", `\n${PLAIN_FILE}`],
  ] as const
) {
  Deno.test(`parsePlain leaves a file to the parser of YAML that has ${name}`, () => {
    assertEquals(parsePlain(PLAIN_FILE)?.kind, "stored");
    assertEquals(parsePlain(text), undefined);
  });
}
