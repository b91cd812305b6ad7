import { Cache } from "../cache.ts";
import { isObject } from "../json_object.ts";
import { sha256 } from "../sha256.ts";
import type { Redaction, Rules } from "./types/definition.ts";
import { typeObject } from "./types/types.ts";
import type { Withheld } from "./withheld.ts";

/** What may leave of a caller's properties or traits, and what was held back. */
export interface Redacted extends Withheld {
  /** The values that may leave, in the catalogue's order. */
  readonly values: Record<string, unknown>;
}

/**
 * Lets through what the rules allow, and nothing else. It takes any input, however deep or long: it never throws, and
 * never descends into what the catalogue doesn't know. What isn't an object counts as an object without keys.
 */
export async function redact(rules: Rules, input: unknown, root: "properties" | "traits"): Promise<Redacted> {
  const redaction: Redaction = { withheld: new Set(), hashes: [], unknown: 0, redactObject };
  const values = isObject(input) ? redactObject(rules, input, root, redaction) : {};
  for (const { into, key, name } of redaction.hashes) into[key] = digests.get(name) ?? await digest(name);
  return { values, withheld: [...redaction.withheld], withheldUnknown: redaction.unknown };
}

/** Digests of names that came before: a caller that runs for long gives the same few names over and over. */
const digests = new Cache<string>();

async function digest(name: string): Promise<string> {
  return digests.keep(name, await sha256(name));
}

function redactObject(
  rules: Rules,
  input: Record<string, unknown>,
  path: string,
  redaction: Redaction,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let known = 0;
  for (const key of Object.keys(rules)) {
    if (!Object.hasOwn(input, key)) continue;
    known++;
    const { type, nullable } = rules[key]!;
    const value = input[key];
    if (value === null && nullable) {
      kept[key] = null;
      continue;
    }
    const place = `${path}.${key}`;
    const object = typeObject(type);
    const passed = object.parse(value, type, place, redaction);
    if (passed === undefined) {
      redaction.withheld.add(place);
      continue;
    }
    kept[key] = passed;
    if (typeof passed === "string" && object.isName) redaction.hashes.push({ into: kept, key, name: passed });
  }
  redaction.unknown += Object.keys(input).length - known;
  return kept;
}
