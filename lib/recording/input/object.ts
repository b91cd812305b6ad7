import { isObject } from "../../json_object.ts";

/**
 * The JSON object in a text; or what is wrong with it, in a phrase about "it" that quotes nothing of the content, which
 * may be secret. Its keys must be among `keys`, and the values of `objects` must be objects or null.
 */
export function parseObject(
  text: string,
  keys: readonly string[],
  objects: readonly string[],
): Readonly<Record<string, unknown>> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // SyntaxError: not JSON; RangeError: nested deeper than the parser goes.
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    return "is not JSON";
  }
  if (!isObject(value)) return "is not a JSON object";
  let unknown = 0;
  for (const key of Object.keys(value)) if (!keys.includes(key)) unknown++;
  if (unknown > 0) return `has ${unknown} unknown top-level ${unknown === 1 ? "key" : "keys"}`;
  const wrong = objects.filter((key) => !isObject(Object.hasOwn(value, key) ? value[key] ?? {} : {}));
  const must = wrong.length === 1 ? "must be a JSON object" : "must be JSON objects";
  if (wrong.length > 0) return `has ${wrong.map((key) => `"${key}"`).join(" and ")} that ${must}`;
  return value;
}
