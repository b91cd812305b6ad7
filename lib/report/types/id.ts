import type { TypeObject } from "./definition.ts";
import { textSchema } from "./text.ts";

/** 32 or 64 hex digits, or a UUID of any version with its dashes. */
const PATTERN = "^(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$";
const ID = new RegExp(PATTERN);

/** Longest text that is looked at: the longest id has as many characters. */
const MAX_LENGTH = 64;

/** An id that the caller made: random, or a hash. */
export const idType: TypeObject<"id"> = {
  label: "id",
  meaning: "32 or 64 hex digits, or a UUID",
  parse: parseId,
  verify: (value) => typeof value === "string" && parseId(value) === value,
  schema: () => textSchema(PATTERN),
};

/** An id in lower case, or undefined where the value isn't one. */
export function parseId(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_LENGTH) return undefined;
  const id = value.toLowerCase();
  // Some letters beyond ASCII become ASCII in lower case (the Kelvin sign), but none of them becomes a hex digit.
  return ID.test(id) ? id : undefined;
}
