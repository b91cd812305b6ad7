import type { Redaction, Schema } from "./definition.ts";

/**
 * What is reported of a list's items, up to its limit, or undefined where the value isn't a list. Items that
 * `parseItem` withholds are noted under the list's path. Items over the limit are only counted.
 */
export function parseList(
  value: unknown,
  limit: number,
  path: string,
  redaction: Redaction,
  parseItem: (item: unknown) => unknown,
): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  redaction.unknown += Math.max(value.length - limit, 0);
  const kept: unknown[] = [];
  for (const item of value.slice(0, limit)) {
    const passed = parseItem(item);
    if (passed === undefined) redaction.withheld.add(`${path}[]`);
    else kept.push(passed);
  }
  return kept;
}

/** Whether a value is such as `parseList` leaves it. */
export function verifyList(value: unknown, limit: number, verifyItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= limit && value.every(verifyItem);
}

/** The schema of a list. */
export function listSchema(items: Schema, limit: number): Schema {
  return { type: "array", items, maxItems: limit };
}
