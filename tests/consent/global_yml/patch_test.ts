import { assertEquals } from "@std/assert";
import { loadYaml, parseConfiguration } from "../../../lib/consent/global_yml/parse.ts";
import { patchConfiguration } from "../../../lib/consent/global_yml/patch.ts";

await loadYaml();

const ID = "38d23c36c9be443281196080fcdd707d";
const choice = { enabled: false, date: "2026-03-01T12:00:00.000Z" };
const OURS = "  enabled: false\n  date: 2026-03-01T12:00:00.000Z\n";
const FRESH = `metrics:\n${OURS}traits:\n${OURS}`;

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
    `# top\nmetrics:\n  # about\n  enabled: false # said yes\n  rasa_user_id: '${ID}'\n  date: 2026-03-01T12:00:00.000Z\n  extra: [1, 2]\n\n# next\nother: 1\ntraits:\n${OURS}`,
  ],
  ["keeps Windows line ends", `a: 1\r\nmetrics:\r\n  enabled: yes\r\n`, `a: 1\r\n${FRESH.replaceAll("\n", "\r\n")}`],
  [
    "rewrites a section in flow style",
    `metrics: {enabled: true, rasa_user_id: ${ID}}\n`,
    `metrics:\n  enabled: false\n  rasa_user_id: '${ID}'\n  date: ${choice.date}\ntraits:\n${OURS}`,
  ],
  ["adds a missing end of line", "a: 1", `a: 1\n${FRESH}`],
  [
    "follows the file's indentation",
    "metrics:\n      enabled: true\n",
    `metrics:\n${OURS.replaceAll(/^ {2}/gm, "      ")}traits:\n${OURS}`,
  ],
  ["gives up on a mapping in flow style", "{a: 1}\n", undefined],
  ["gives up on a flow section with keys that aren't ours", "metrics: {enabled: true, mine: 1}\n", undefined],
  ["gives up on a section that is text", "traits: words\n", undefined],
  ["gives up on a section that is text which begins as a key does", "traits:\n  enabled:{23c\n", undefined],
  ["gives up on a section that is a list", "metrics:\n- enabled\n", undefined],
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
    stored: { enabled: true, traitsEnabled: true, machineId: undefined, date: choice.date },
  });
});
