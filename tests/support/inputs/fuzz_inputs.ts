import { type EventRule, EVENTS, type PropertyRule, type Rules, TRAITS } from "../../../lib/report/catalogue.ts";
import { VOCABULARIES } from "../../../lib/report/vocabulary.ts";
import type { Dice } from "../machine/dice.ts";
import { encode, mutate } from "../machine/dice.ts";
import { MACHINE_ID, STORED_OFF, STORED_ON } from "../scenes/scene.ts";

/** Inputs that are nearly right, with secrets in them that must come out nowhere. */

/** What every planted secret holds, in upper or lower case, and nothing else does. */
export const CANARY = "qz7xv3kp";
/** What secrets hold that the owner of the machine gives and sees again: arguments, the home folder, the sent log. */
export const OWN_CANARY = "wj4ty8mn";

const SECRETS = [
  CANARY,
  `sk-live-${CANARY}`,
  `rasa.core.${CANARY}.FlowPolicy`,
  `gpt-4-${CANARY}`,
  `1.2.3+${CANARY}`,
  `3.8.0.dev${CANARY}`,
  `${CANARY}@example.com`,
  `https://${CANARY}.example/`,
  `/home/${CANARY}/project`,
  `2025-05-03 (${CANARY})`,
  `en-${CANARY}`,
  CANARY.toUpperCase(),
];

const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  1e308,
  5e-324,
  0.1 + 0.2,
  4111111111111111,
  2 ** 53,
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202e\u2066",
  "true",
  "constructor",
  "__proto__",
  "toString",
  "a".repeat(40_000),
  {},
  [],
  [[[[]]]],
  { constructor: { prototype: { polluted: 1 } } },
];

/** Pieces of JSON that have surprised parsers before. */
export const JSON_PIECES: readonly string[] = [
  '"',
  "\\",
  "\\u0000",
  "\\ud800",
  "\\u202e",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "1e999",
  "-0",
  "01",
  "0x10",
  "NaN",
  "1E-400",
  "123456789012345678901234567890",
  '"__proto__": {"polluted": 1}, ',
  '"constructor": {"prototype": {"polluted": 1}}, ',
  '"properties": {}, "properties": {}, ',
  '{"a": 1, "a": 2}',
  "[".repeat(20_000),
  '{"a":'.repeat(2_000),
  "/* comment */",
  "\u2028",
  "\ufeff",
  "\u0000",
  `"${CANARY}"`,
  `"${CANARY}": 1, `,
];

/** A value that a rule takes, or one that it must not. */
export function valueFor(dice: Dice, rule: PropertyRule): unknown {
  if (dice.oneIn(5)) return dice.pick(SECRETS);
  if (dice.oneIn(8)) return dice.pick(ODD_VALUES);
  const { type } = rule;
  switch (type.kind) {
    case "int":
    case "number":
      return dice.below(1_000) / (type.kind === "number" ? 7 : 1);
    case "bool":
    case "presence":
      return dice.oneIn(2);
    case "id":
      return dice.hex(32);
    case "hashed":
      return "my-assistant";
    case "version":
      return "3.8.0";
    case "language":
      return dice.pick(["en", "de-AT", "zh-Hant-TW"]);
    case "model":
      return dice.pick(["gpt-4-0613", "claude-3-5-sonnet-latest"]);
    case "enum":
      return dice.pick(type.values);
    case "word":
      return dice.pick([...VOCABULARIES[type.vocabulary].words, "something else"]);
    case "words":
      return dice.some(4, () => dice.pick([...VOCABULARIES[type.vocabulary].words, dice.pick(SECRETS)]));
    case "components":
    case "frames":
      return dice.some(4, () => dice.oneIn(4) ? dice.pick(SECRETS) : objectFor(dice, type.entry));
    case "module":
      return dice.pick(["rasa.core.agent", "rasa", "numpy.core"]);
    case "function":
      return dice.pick(["train", "load_agent", "<lambda>"]);
    case "group":
      return objectFor(dice, type.entry);
  }
}

function objectFor(dice: Dice, rules: Rules): Record<string, unknown> {
  const entries = Object.entries(rules).filter(() => !dice.oneIn(3)).map((
    [name, rule],
  ) => [name, valueFor(dice, rule)]);
  if (dice.oneIn(4)) entries.push([dice.pick([...SECRETS, "__proto__", "metrics_id"]), dice.pick(SECRETS)]);
  return Object.fromEntries(entries);
}

/** An event of the catalogue. */
export function anyEvent(dice: Dice): EventRule {
  return dice.pick(EVENTS);
}

/** What `track` (with an event) or `identify` may find on standard input. */
export function anyStdin(dice: Dice, event?: EventRule): Uint8Array | string | undefined {
  if (dice.oneIn(12)) return undefined;
  if (dice.oneIn(25)) return dice.pick(["", " \n", "null", "[]", "{}", "1", `"${CANARY}"`, "{".repeat(50_000)]);
  const root = event === undefined ? "traits" : "properties";
  const input: Record<string, unknown> = { [root]: objectFor(dice, event?.properties ?? TRAITS) };
  if (!dice.oneIn(3)) input["context"] = { python: "3.11.7", rasa_pro: dice.pick([...SECRETS, "3.8.0"]) };
  if (dice.oneIn(10)) input[dice.pick(SECRETS)] = 1;
  if (dice.oneIn(15)) input[root] = dice.pick(ODD_VALUES);
  const text = JSON.stringify(input, null, dice.below(3));
  return encode(dice, dice.oneIn(2) ? text : mutate(dice, text, JSON_PIECES));
}

const YAML_PIECES: readonly string[] = [
  "\n",
  "\r\n",
  "\t",
  ":",
  ": ",
  "- ",
  "#",
  " # comment",
  "'",
  '"',
  "{",
  "}",
  "[",
  "]",
  "|",
  ">-\n",
  "&a ",
  "*a",
  "<<: *a\n",
  "!!python/object:os.system ",
  "!!binary ",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  "? ",
  "~",
  "\u0000",
  "\ufeff",
  "\u2028",
  "\u0085",
  "metrics:\n",
  "metrics: {}\n",
  "traits:\n",
  "  enabled: yes\n",
  "  enabled: 'false'\n",
  "  enabled: 0\n",
  "__proto__:\n  polluted: 1\n",
  "constructor: 1\n",
  `  rasa_user_id: ${CANARY}\n`,
  `  date: '${CANARY}'\n`,
  `  date: 2025-05-03 10:12:13 (${CANARY})\n`,
  `  rasa_user_id: ${MACHINE_ID.toUpperCase()}\n`,
  `${CANARY}: 1\n`,
  "[".repeat(20_000),
];

const SECTION = `  enabled: true\n  rasa_user_id: ${MACHINE_ID}\n  date: 2025-05-03 10:12:13.123456\n`;
const YAMLS: readonly string[] = [
  STORED_ON,
  STORED_OFF,
  `# a comment\nother: {a: 1, b: [x, y]} # why\n\n${STORED_ON}# the end\n`,
  `other:\n- ${CANARY}\n- 2\n${STORED_ON}last: |\n  text\n   more\n`,
  STORED_ON.replaceAll("\n", "\r\n"),
  `base: &base\n${SECTION}metrics: *base\n`,
  `base: &base\n${SECTION}metrics:\n  <<: *base\n  enabled: false\n`,
  `metrics: {enabled: true, rasa_user_id: ${MACHINE_ID}, date: 2025-05-03}\n`,
  `"metrics":\n    "enabled": true # yes\n    'rasa_user_id': '${MACHINE_ID}'\n`,
  `other: &other\n  itself: *other\n${STORED_ON}`,
  `metrics:\n  enabled: true\n`,
  `metrics:\n`,
  `metrics: true\nmetrics: false\n`,
  `? metrics\n: {enabled: true}\n`,
  `--- # first\n${STORED_ON}--- # second\n${STORED_OFF}`,
  `{"metrics": {"enabled": true}, "other": [1, 2]}\n`,
  `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n${STORED_ON}`,
  `other: 1\n`,
  "",
  "- 1\n",
];

/** What `global.yml` may hold. */
export function anyConfig(dice: Dice): Uint8Array {
  if (dice.oneIn(60)) return dice.bytes(dice.below(300));
  if (dice.oneIn(400)) return encode(dice, STORED_ON + `# ${"x".repeat(100)}\n`.repeat(dice.oneIn(2) ? 900 : 12_000));
  if (dice.oneIn(100)) return encode(dice, laughs(dice.below(12)) + STORED_ON);
  const text = dice.pick(YAMLS);
  return encode(dice, dice.oneIn(3) ? text : mutate(dice, text, YAML_PIECES));
}

/** Aliases of aliases: few bytes, many values. */
function laughs(levels: number): string {
  const lines = Array.from(
    { length: levels },
    (_, level) => `l${level}: &l${level} [${Array(9).fill(level === 0 ? "x" : `*l${level - 1}`).join(", ")}]\n`,
  );
  return lines.join("");
}

/** Any of the secrets. */
export function anySecret(dice: Dice): string {
  return dice.pick(SECRETS);
}

/** A report that waited before a case began, by its messageId. */
const PLANTED = /"00000000-0000-4000-8000-00000000[1-9a-f][0-9a-f]{3}"/;
/** What a licence and a kernel's maker may call themselves fits no pattern: where somebody changes it in the queue, it goes. */
const FREE_TEXT = /"(company|version)":\s*"[^"]*"/g;

/** Whether a secret is in a text, in any case, where nothing may be that fits no pattern. */
export function isTold(secret: string, text: string): boolean {
  return (PLANTED.test(text) ? text.replace(FREE_TEXT, "") : text).toLowerCase().includes(secret);
}

/** Whether a text is one JSON document. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
