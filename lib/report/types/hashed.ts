import type { TypeObject } from "./definition.ts";
import { textSchema } from "./text.ts";

/** A SHA-256 in hex. */
const PATTERN = "^[0-9a-f]{64}$";
const DIGEST = new RegExp(PATTERN);

/** Longest name that is hashed, in UTF-16 units. A longer text isn't a name. */
const MAX_LENGTH = 1_000;

/** A name. Only its SHA-256 is reported. */
export const hashedType: TypeObject<"hashed"> = {
  label: "hashed",
  meaning: "the SHA-256 of a name, never the name",
  isName: true,
  parse: parseName,
  verify: isDigest,
  schema: () => textSchema(PATTERN),
};

/** A name to hash, or undefined where the value isn't one. Half a surrogate pair has no UTF-8, and so no hash. */
export function parseName(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > MAX_LENGTH) return undefined;
  return value.isWellFormed() ? value : undefined;
}

/** Whether a value is a SHA-256 in lower-case hex. */
export function isDigest(value: unknown): boolean {
  return typeof value === "string" && DIGEST.test(value);
}
