import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { EVENTS, type PropertyRule, type Rules, TRAITS } from "../../lib/report/catalogue.ts";
import { redact } from "../../lib/report/redaction.ts";
import { parseVersion } from "../../lib/report/types/version.ts";
import { leaked, type Secret, SECRETS } from "../support/inputs/secret_corpus.ts";

/** Ways of planting a secret in a property. */
const PLACEMENTS: Readonly<Record<string, (value: string | number, rule: PropertyRule) => unknown>> = {
  "as value": (value) => value,
  "as list item": (value) => [value, [value], null],
  "as key": (value) => ({ [value]: value }),
  "nested": (value) => ({ name: { llm: [value] }, llm: { model: { name: value } }, module: [value] }),
  "in each place the catalogue knows": (value, rule) => fill(rule, () => value),
  "as key in each place the catalogue knows": (value, rule) => fill(rule, () => ({ [value]: value }), String(value)),
  "after a model": (value, rule) => fill(rule, () => `gpt-4-${value}`),
  "before a model": (value, rule) => fill(rule, () => `${value}/gpt-4`),
  "in Rasa's package": (value, rule) => fill(rule, () => `rasa.core.${value}.FlowPolicy`),
  "at the end of Rasa's package": (value, rule) => fill(rule, () => `rasa.core.policies.flow_policy.${value}`),
  "after a language": (value, rule) => fill(rule, () => `en-x-${value}`),
  "after a space": (value, rule) => fill(rule, () => `None ${value}`),
};

/** A value of the rule's own structure, the leaves made by `leaf`; with `extra` as a key more in each object. */
function fill({ type }: PropertyRule, leaf: () => unknown, extra?: string): unknown {
  const fillEntry = (entry: Rules) => ({
    ...Object.fromEntries(Object.entries(entry).map(([name, rule]) => [name, fill(rule, leaf, extra)])),
    ...(extra === undefined ? {} : { [extra]: leaf() }),
  });
  switch (type.kind) {
    case "group":
      return fillEntry(type.entry);
    case "agents":
      return {
        usage: [leaf()],
        agents: [{ agent: leaf() }],
        mcp_servers: [{ name: leaf() }],
        ...fillEntry(type.entry),
      };
    case "groups":
      return [fillEntry(type.entry), leaf()];
    case "components":
      return [fillEntry(type.entry), leaf(), { ...fillEntry(type.entry), name: "RulePolicy" }];
    case "frames":
      return [fillEntry(type.entry), leaf(), { ...fillEntry(type.entry), module: "rasa.core.agent" }];
    case "words":
      return ["rest", leaf()];
    default:
      return leaf();
  }
}

const TARGETS: readonly (readonly [string, Rules, "properties" | "traits"])[] = [
  ...EVENTS.map(({ name, properties }) => [name, properties, "properties"] as const),
  ["identify", TRAITS, "traits"],
];

/** What comes out when a value is planted in all properties of an event. */
async function plant(
  value: string | number,
  placement: string,
  rules: Rules,
  root: "properties" | "traits",
  ids: boolean,
) {
  const place = PLACEMENTS[placement] ?? ((value) => value);
  const planted = Object.entries(rules)
    .filter(([, { type }]) => ids || type.kind !== "id")
    .map(([name, rule]) => [name, place(value, rule)] as const);
  return JSON.stringify(await redact(rules, { ...Object.fromEntries(planted), [value]: value }, root, NOTICE_NUMBER));
}

/** What comes out when something harmless is planted: the catalogue's own names have words in common with some secrets. */
const HARMLESS = await Promise.all(TARGETS.map(async ([, rules, root]) => {
  const texts = Object.keys(PLACEMENTS).map((placement) => plant("0", placement, rules, root, true));
  return (await Promise.all(texts)).join();
}));

async function findLeaks({ value, idShaped }: Secret): Promise<string[]> {
  const leaks: string[] = [];
  for (const [index, [event, rules, root]] of TARGETS.entries()) {
    for (const placement of Object.keys(PLACEMENTS)) {
      const part = leaked(await plant(value, placement, rules, root, !idShaped), value, HARMLESS[index]);
      if (part !== undefined) leaks.push(`${event}, ${placement}: ${part}`);
    }
  }
  return leaks;
}

for (const secret of SECRETS) {
  Deno.test(`redact lets nothing through of a ${secret.label} in any property`, async () => {
    assertEquals(await findLeaks(secret), []);
  });
}

Deno.test("parseVersion lets none of the secrets through", () => {
  const given = SECRETS.flatMap((
    { value },
  ) => [value, `3.8.0+${value}`, `3.8.0${value}`, `3.8.0.${value}`, `${value}rc1`]);
  assertEquals(given.filter((value) => parseVersion(value) !== undefined), []);
});

Deno.test("leaked finds a part of a secret, in any case and as JSON writes it", () => {
  const secrets = ["sk-1234567890", "C:\\Users\\jane", "a\u0000bcdefgh", 4111111111111111];
  const texts = ['{"x": "SK-12345"}', JSON.stringify("c:\\users"), JSON.stringify("x\u0000bcdefgh"), "[1,41111111]"];
  assertEquals(secrets.map((value, index) => leaked(texts[index] ?? "", value)), [
    "sk-12345",
    "c:\\users",
    "\u0000bcdefgh",
    "41111111",
  ]);
});
