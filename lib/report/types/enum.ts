import type { TypeObject } from "./definition.ts";

/** One of a few values that the rule lists. */
export const enumType: TypeObject<"enum"> = {
  label: "enum(…)",
  meaning: "one of the words in brackets; anything else is withheld",
  name: ({ values }) => `enum(${values.join(",")})`,
  parse: (value, { values }) => values.find((known) => known === value),
  verify: (value, { values }) => values.some((known) => known === value),
  schema: ({ values }) => ({ enum: values }),
};
