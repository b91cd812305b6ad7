import type { TypeObject } from "./definition.ts";

/** True or false. */
export const boolType: TypeObject<"bool"> = {
  label: "bool",
  meaning: "true or false",
  parse: (value) => typeof value === "boolean" ? value : undefined,
  schema: () => ({ type: "boolean" }),
};

/** Anything at all. Only whether it was set is reported. */
export const presenceType: TypeObject<"presence"> = {
  label: "presence",
  meaning: "true or false: whether something was set, never what it was set to",
  parse: isSet,
  schema: () => ({ type: "boolean" }),
};

/** Whether something was set: not null, not false, and not empty. The text `None` is Python's null, written as text. */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === "None") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}
