import { Cache } from "../cache.ts";
import { isObject } from "../json_object.ts";
import { sha256 } from "../sha256.ts";
import type { Soon } from "../soon.ts";
import { isAnnounced } from "./announced.ts";
import type { PendingHash, PropertyRule, Redaction, Rules, TypeObject } from "./types/definition.ts";
import { isDigest } from "./types/id.ts";
import { typeObject } from "./types/types.ts";
import type { Withheld } from "./withheld.ts";

/** What may leave of a caller's properties or traits, and what was held back. */
export interface Redacted extends Withheld {
  /** The values that may leave, in the catalogue's order. */
  readonly values: Record<string, unknown>;
}

/**
 * Lets through what the rules allow and a notice up to `knownNotice` announced, and nothing else. It takes any input,
 * however deep or long: it never throws, and never descends into what the catalogue doesn't know. What isn't an object
 * counts as an object without keys.
 */
export function redact(
  rules: Rules,
  input: unknown,
  root: "properties" | "traits",
  knownNotice: number,
): Soon<Redacted> {
  const redaction = newRedaction(knownNotice);
  const values = isObject(input) ? redactObject(rules, input, root, redaction) : {};
  const redacted = { values, withheld: [...redaction.withheld], withheldUnknown: redaction.unknown };
  const isHashed = redaction.hashes.every(putKnownHash);
  return isHashed ? redacted : putHashes(redaction.hashes).then(() => redacted);
}

/**
 * Whether values are such as redaction leaves them under these rules and this notice: it would change nothing, and
 * hashes stand where names would be. It is asked about reports that are read from a disk, where anybody may have
 * changed them.
 */
export function isRedacted(rules: Rules, values: unknown, knownNotice: number): boolean {
  if (!isObject(values)) return false;
  const redaction = newRedaction(knownNotice);
  const kept = redactObject(rules, values, "", redaction);
  return redaction.hashes.every(({ name }) => isDigest(name)) && isWhole(kept, values);
}

/** Digests of names that came before: a caller that runs for long gives the same few names over and over. */
const digests = new Cache<string>();

/** Puts a hash in its place where the name came before. Returns whether it did. */
function putKnownHash({ into, key, name }: PendingHash): boolean {
  const digest = digests.get(name);
  if (digest !== undefined) into[key] = digest;
  return digest !== undefined;
}

async function putHashes(hashes: readonly PendingHash[]): Promise<void> {
  for (const { into, key, name } of hashes) into[key] = digests.get(name) ?? digests.keep(name, await sha256(name));
}

function newRedaction(knownNotice: number): Redaction {
  return { knownNotice, withheld: new Set(), hashes: [], unknown: 0, redactObject };
}

/** What is asked of one key. */
interface Step {
  readonly key: string;
  readonly rule: PropertyRule;
  readonly object: TypeObject;
}

const steps = new WeakMap<Rules, readonly Step[]>();

/** What is asked of an object, key by key. It is put together once: the same few events come over and over. */
function stepsOf(rules: Rules): readonly Step[] {
  let found = steps.get(rules);
  if (found === undefined) {
    found = Object.entries(rules).map(([key, rule]) => ({ key, rule, object: typeObject(rule.type) }));
    steps.set(rules, found);
  }
  return found;
}

function redactObject(
  rules: Rules,
  input: Record<string, unknown>,
  path: string,
  redaction: Redaction,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let known = 0;
  for (const { key, rule, object } of stepsOf(rules)) {
    if (!Object.hasOwn(input, key)) continue;
    known++;
    const { read } = object;
    const value = read === undefined ? input[key] : read(input[key]);
    const isKnown = isAnnounced(rule, redaction.knownNotice);
    // The host gives an empty text where it has nothing to name, such as the project of a model that isn't loaded.
    if (isKnown && (value === null || value === "") && rule.nullable) {
      kept[key] = null;
      continue;
    }
    const place = `${path}.${key}`;
    const passed = isKnown ? object.parse(value, rule.type, place, redaction) : undefined;
    if (passed === undefined) redaction.withheld.add(place);
    else kept[key] = passed;
    if (object.isName && typeof passed === "string") redaction.hashes.push({ into: kept, key, name: passed });
  }
  redaction.unknown += Object.keys(input).length - known;
  return kept;
}

/** Whether redaction kept all of a value, which may have its keys in any order. */
function isWhole(kept: unknown, value: unknown): boolean {
  if (kept === value) return true;
  if (Array.isArray(kept)) {
    return Array.isArray(value) && kept.length === value.length &&
      kept.every((item, index) => isWhole(item, value[index]));
  }
  if (!isObject(kept) || !isObject(value)) return false;
  // Only keys of the value are kept.
  const keys = Object.keys(kept);
  return keys.length === Object.keys(value).length && keys.every((key) => isWhole(kept[key], value[key]));
}
