/** Whether a parsed JSON value is an object: neither null nor a list. Its keys may still be its prototype's: ask for own ones. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
