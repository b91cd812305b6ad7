import { isObject } from "../json_object.ts";
import type { Rules } from "./types/definition.ts";
import { typeObject } from "./types/types.ts";

/**
 * Whether values are such as redaction leaves them under these rules: no other key, no other value. It is asked about
 * reports that are read from a disk, where anybody may have changed them.
 */
export function isRedacted(rules: Rules, values: unknown): boolean {
  if (!isObject(values)) return false;
  for (const key of Object.keys(values)) {
    if (!Object.hasOwn(rules, key)) return false;
    const { type, nullable } = rules[key]!;
    const value = values[key];
    if (value === null && nullable) continue;
    if (!typeObject(type).verify(value, type, isRedacted)) return false;
  }
  return true;
}
