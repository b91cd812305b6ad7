/** Whether a parsed JSON value is an object, not null and not a list. It inherits keys from its prototype: ask for own ones. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
