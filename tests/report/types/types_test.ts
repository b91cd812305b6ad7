import { assertEquals } from "@std/assert";
import { EVENTS, TRAITS } from "../../../lib/report/catalogue.ts";
import { flatten } from "../../../lib/report/flatten.ts";
import type { PropertyRule, PropertyType } from "../../../lib/report/types/definition.ts";
import { describeType, TYPE_MEANINGS, TYPES } from "../../../lib/report/types/types.ts";

const RULES = [...EVENTS.map(({ properties }) => properties), TRAITS].flatMap((rules) => flatten(rules));

Deno.test("TYPE_MEANINGS explains each type once, and the mark for null", () => {
  const labels = TYPE_MEANINGS.map(([label]) => label);
  assertEquals(labels.length, new Set(labels).size);
  assertEquals(labels.length, Object.keys(TYPES).length + 1);
  assertEquals(labels.at(-1), "?");
  assertEquals(TYPE_MEANINGS.filter(([, meaning]) => !/^[a-z3].{9,}[^.\s]$/.test(meaning)), []);
});

Deno.test("TYPE_MEANINGS explains every type that the catalogue shows", () => {
  const labels = TYPE_MEANINGS.map(([label]) => label);
  const shown = RULES.map(([, rule]) => describeType(rule).replace(/\?$/, "").replace(/\(.*\)/, "(…)"));
  assertEquals([...new Set(shown)].filter((label) => !labels.includes(label)), []);
});

for (
  const [type, expected] of [
    [{ kind: "int", minimum: 0, maximum: 7 }, "int"],
    [{ kind: "enum", values: ["rasa", "core"] }, "enum(rasa,core)"],
    [{ kind: "word", vocabulary: "provider" }, "word(provider)"],
    [{ kind: "words", vocabulary: "channel", limit: 3 }, "list of word(channel)"],
    [{ kind: "group", entry: {} }, "group"],
  ] as readonly (readonly [PropertyType, string])[]
) {
  Deno.test(`describeType writes ${expected}, and a question mark where null passes`, () => {
    const rule: PropertyRule = { type, nullable: false, announced: 1, description: "", purpose: "" };
    assertEquals([describeType(rule), describeType({ ...rule, nullable: true })], [expected, `${expected}?`]);
  });
}
