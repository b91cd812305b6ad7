import { assertEquals } from "@std/assert";
import { bool, int, rule, type Rules } from "../../lib/report/rule.ts";
import { flatten } from "../../lib/report/flatten.ts";

Deno.test("flatten puts what is inside a property after it, and marks lists", () => {
  const inner: Rules = { active: bool("", ""), depth: rule({ kind: "group", entry: { most: int("", "") } })("", "") };
  const rules: Rules = {
    first: rule({ kind: "components", entry: inner, limit: 2 })("", ""),
    second: rule({ kind: "group", entry: inner })("", ""),
    third: rule({ kind: "words", vocabulary: "channel", limit: 2 })("", ""),
  };
  const paths = flatten(rules, "properties.").map(([path, { type }]) => `${path} ${type.kind}`);
  assertEquals(paths, [
    "properties.first components",
    "properties.first[].active bool",
    "properties.first[].depth group",
    "properties.first[].depth.most int",
    "properties.second group",
    "properties.second.active bool",
    "properties.second.depth group",
    "properties.second.depth.most int",
    "properties.third words",
  ]);
});
