import { textSchema, type TypeObject } from "./definition.ts";

/** 32 or 64 hex digits, or a UUID of any version with its dashes. */
const ID = /^(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Longest text that is looked at: the longest id has as many characters. */
const MAX_ID_LENGTH = 64;

/** An id that the caller made: random, or a hash. */
export const idType: TypeObject<"id"> = {
  label: "id",
  meaning: "32 or 64 hex digits, or a UUID",
  parse: parseId,
  schema: () => textSchema(ID.source),
};

/** An id in lower case, or undefined where the value isn't one. */
export function parseId(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_ID_LENGTH) return undefined;
  const id = value.toLowerCase();
  // Some letters beyond ASCII become ASCII in lower case (the Kelvin sign), but none of them becomes a hex digit.
  return ID.test(id) ? id : undefined;
}

/** A SHA-256 in lower-case hex. */
const DIGEST = /^[0-9a-f]{64}$/;

/** Longest name that is hashed, in UTF-16 units. A longer text isn't a name. */
const MAX_NAME_LENGTH = 1_000;

/** A name. Only its SHA-256 is reported. */
export const hashedType: TypeObject<"hashed"> = {
  label: "hashed",
  meaning: "the SHA-256 of a name, never the name",
  isName: true,
  parse: parseName,
  schema: () => textSchema(DIGEST.source),
};

/** A name to hash, or undefined where the value isn't one. Half a surrogate pair has no UTF-8, and so no hash. */
export function parseName(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > MAX_NAME_LENGTH) return undefined;
  return value.isWellFormed() ? value : undefined;
}

/** Whether a value is a SHA-256 in lower-case hex. */
export function isDigest(value: unknown): boolean {
  return typeof value === "string" && DIGEST.test(value);
}
