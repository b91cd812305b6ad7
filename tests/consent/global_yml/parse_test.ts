import { assertEquals } from "@std/assert";
import { loadYaml, parseConfiguration } from "../../../lib/consent/global_yml/parse.ts";

await loadYaml();

const ID = "38d23c36c9be443281196080fcdd707d";
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
