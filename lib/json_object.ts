/**
 * Whether a parsed JSON value is an object: neither null nor a list. Like every object it inherits keys from its
 * prototype, so ask for its own.
 */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
