import { assertEquals } from "@std/assert";
import { catalogueSection } from "../../../lib/page/sections/catalogue.ts";
import { ANNOUNCED_MEANING } from "../../../lib/report/announced.ts";
import { describeType, EVENTS, type Rules, TRAITS } from "../../../lib/report/catalogue.ts";
import { LEFT_OUT, placeOf } from "../../../lib/report/left_out.ts";
import { VOCABULARIES } from "../../../lib/report/vocabulary.ts";
import { rowsOf, textOf } from "../page_fixture.ts";

const catalogue = String(catalogueSection().content);

Deno.test("catalogueSection lists every event, property, trait and word that may leave", () => {
  const text = textOf(catalogue);
  const missing = (rules: Rules, path: string): string[] =>
    Object.entries(rules).flatMap(([name, rule]) => {
      const inner = "entry" in rule.type
        ? missing(rule.type.entry, `${path}${name}${"limit" in rule.type ? "[]" : ""}.`)
        : [];
      const row = `${path}${name} ${describeType(rule)} ${rule.description} ${rule.purpose}`.replace(/\s+/g, " ");
      return text.includes(row) ? inner : [row, ...inner];
    });
  assertEquals(EVENTS.flatMap(({ properties }) => missing(properties, "")), []);
  assertEquals(missing(TRAITS, ""), []);
  assertEquals(EVENTS.filter(({ name, description }) => !text.includes(`${name} ${description}`)), []);
  assertEquals(text.includes(ANNOUNCED_MEANING), true);
  assertEquals(Object.values(VOCABULARIES).filter(({ words }) => !text.includes(words.join(", "))), []);
});

Deno.test("catalogueSection says what is left out on purpose, and why", () => {
  const rows = rowsOf(catalogue, "What is left out on purpose");
  assertEquals(rows, LEFT_OUT.map((item) => [placeOf(item), item.why]));
});

Deno.test("catalogueSection says what each type of value may be", () => {
  const kinds = (rules: Rules): string[] =>
    Object.values(rules).flatMap(({ type }) => [type.kind, ...("entry" in type ? kinds(type.entry) : [])]);
  const used = new Set([...EVENTS.flatMap(({ properties }) => kinds(properties)), ...kinds(TRAITS)]);
  const explained = rowsOf(catalogue, "The types of values").flatMap(([types]) => types?.split(/, | of |\(…\)/) ?? []);
  assertEquals([...used].filter((kind) => !explained.includes(["words", "groups"].includes(kind) ? "list" : kind)), []);
});
