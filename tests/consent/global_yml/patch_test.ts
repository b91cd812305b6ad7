import { assertEquals } from "@std/assert";
import { parseConfiguration, patchConfiguration } from "../../../lib/consent/global_yml/patch.ts";
import { parsePlain } from "../../../lib/consent/global_yml/plain.ts";

const ID = "38d23c36c9be443281196080fcdd707d";
const choice = { enabled: false, machineId: "0".repeat(32), date: "2026-03-01T12:00:00.000Z" };
const OURS = (id: string) => `  enabled: false\n  rasa_user_id: '${id}'\n  date: 2026-03-01T12:00:00.000Z\n`;
const FRESH = `metrics:\n${OURS(choice.machineId)}traits:\n${OURS(choice.machineId)}`;

const PATCHES: readonly (readonly [name: string, before: string, after: string | undefined])[] = [
  ["writes both sections into an empty file", "", FRESH],
  ["writes both sections behind a comment", "# mine\n", `# mine\n${FRESH}`],
  ["replaces an empty mapping", "{}\n", FRESH],
  [
    "keeps what other tools store",
    "other:\n  - a # b\n  - 'c'\nnumber: 0o14\n",
    `other:\n  - a # b\n  - 'c'\nnumber: 0o14\n${FRESH}`,
  ],
  [
    "keeps the id, comments and unknown keys of its own sections, and what stands around them",
    `# top\nmetrics:\n  # about\n  enabled: true # said yes\n  rasa_user_id: ${ID}\n  date: 2020-05-03 10:12:13.123456\n  extra: [1, 2]\n\n# next\nother: 1\n`,
    `# top\nmetrics:\n  # about\n  enabled: false # said yes\n  rasa_user_id: '${ID}'\n  date: 2026-03-01T12:00:00.000Z\n  extra: [1, 2]\n\n# next\nother: 1\ntraits:\n${
      OURS(ID)
    }`,
  ],
  ["keeps Windows line ends", `a: 1\r\nmetrics:\r\n  enabled: yes\r\n`, `a: 1\r\n${FRESH.replaceAll("\n", "\r\n")}`],
  [
    "rewrites a section in flow style",
    `metrics: {enabled: true, rasa_user_id: ${ID}}\n`,
    FRESH.replaceAll("0".repeat(32), ID),
  ],
  ["adds a missing end of line", "a: 1", `a: 1\n${FRESH}`],
  [
    "follows the file's indentation",
    "metrics:\n      enabled: true\n",
    FRESH.replaceAll(/^ {2}(?=.*)/gm, "  ").replace(
      OURS(choice.machineId),
      OURS(choice.machineId).replaceAll(/^ {2}/gm, "      "),
    ),
  ],
  ["gives up on a mapping in flow style", "{a: 1}\n", undefined],
  ["gives up on a flow section with keys that aren't ours", "metrics: {enabled: true, mine: 1}\n", undefined],
  ["gives up on a list", "- 1\n", undefined],
  ["gives up on broken YAML", "a: [1\n", undefined],
  ["gives up on a second document", "a: 1\n---\nb: 2\n", undefined],
  ["gives up where an alias points into its section", "metrics: &m\n  enabled: true\ncopy: *m\n", undefined],
];

for (const [name, before, after] of PATCHES) {
  Deno.test(`patchConfiguration ${name}`, () => assertEquals(patchConfiguration(before, choice), after));
}

Deno.test("patchConfiguration gives up on aliases that make a small file exponentially large", () => {
  const bomb = ["a0: &a0 [x, x]", ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)]
    .join("\n");
  assertEquals(patchConfiguration(bomb, choice), undefined);
});

Deno.test("patchConfiguration is understood by parseConfiguration", () => {
  const patched = patchConfiguration("other: 1\n", { ...choice, enabled: true }) ?? "";
  assertEquals(parseConfiguration(patched), {
    kind: "stored",
    stored: { enabled: true, traitsEnabled: true, machineId: choice.machineId, date: choice.date },
  });
});

const on = (changes: Record<string, unknown> = {}) => ({
  kind: "stored" as const,
  stored: { enabled: true, traitsEnabled: true, machineId: ID, date: "2020-05-03T10:12:13.123Z", ...changes },
});
const body = `  enabled: true\n  rasa_user_id: ${ID}\n  date: 2020-05-03 10:12:13.123456\n`;
const BROKEN = { kind: "broken" as const, problem: 'its "metrics" has no "enabled" that is true or false' };

const TEXTS: readonly (readonly [text: string, expected: unknown])[] = [
  [`metrics:\n${body}`, on()],
  [`metrics:\n${body}traits:\n${body}`, on()],
  [`metrics:\n${body}traits:\n  enabled: false\n`, on({ traitsEnabled: false })],
  [`metrics:\n${body}traits: nonsense\n`, on({ traitsEnabled: false })],
  [`metrics: {enabled: "yes"}`, on({ machineId: undefined, date: "" })],
  [`metrics: {enabled: OFF}`, on({ enabled: false, traitsEnabled: false, machineId: undefined, date: "" })],
  [
    `metrics: {enabled: true, rasa_user_id: 12345678901234567890123456789012}`,
    on({ machineId: "12345678901234567890123456789012", date: "" }),
  ],
  [`metrics: {enabled: true, rasa_user_id: ada@example.org}`, on({ machineId: undefined, date: "" })],
  ["", { kind: "silent", fileExists: true }],
  ["other: 1\n", { kind: "silent", fileExists: true }],
  ["metrics:\n", BROKEN],
  ["metrics: []\n", BROKEN],
  ["metrics: {enabled: maybe}\n", BROKEN],
  ["metrics: {enabled: 1}\n", BROKEN],
  ["metrics: {rasa_user_id: x}\n", BROKEN],
  ["- 1\n", { kind: "broken", problem: "it is not a YAML mapping" }],
  ["a: [\n", { kind: "broken", problem: "it is not a YAML mapping" }],
  ["just text\n", { kind: "broken", problem: "it is not a YAML mapping" }],
  ["metrics: {enabled: true}\nmetrics: {enabled: false}\n", { kind: "broken", problem: "it is not a YAML mapping" }],
];

for (const [text, expected] of TEXTS) {
  Deno.test(`parseConfiguration understands ${JSON.stringify(text.slice(0, 60))}`, () => {
    assertEquals(parseConfiguration(text), expected);
  });
}

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

const PLAIN_FILE = FRESH.replaceAll(/'/g, "");
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
