import { isObject } from "../json_object.ts";
import type { Rules } from "./types/definition.ts";
import { typeObject } from "./types/types.ts";

/**
 * Whether values are such as redaction leaves them under these rules: no other key, no other value. It is asked about
 * reports that are read from a disk, where anybody may have changed them.
 */
export function isRedacted(rules: Rules, values: unknown): boolean {
  if (!isObject(values)) return false;
  return Object.entries(values).every(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) return false;
    return (rule.nullable && value === null) || typeObject(rule.type).verify(value, rule.type, isRedacted);
  });
}
