import type { PropertyRule, Rules } from "./types/definition.ts";

/** A property with its whole path: `pipeline[].llm.model`. */
export type PlacedRule = readonly [path: string, rule: PropertyRule];

/** The properties under these rules, each followed by those inside it. `above` is put before each path. */
export function flatten(rules: Rules, above = ""): PlacedRule[] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const { type } = rule;
    const path = above + name;
    const inner = "entry" in type ? flatten(type.entry, `${path}${"limit" in type ? "[]" : ""}.`) : [];
    return [[path, rule] as const, ...inner];
  });
}
