import { isObject } from "../json_object.ts";
import { Remembered } from "../cache.ts";
import { sha256 } from "../sha256.ts";
import { isComponentPath, resolveFunction, resolveModule } from "./code_path.ts";
import { isModelName } from "./model_name.ts";
import type { PropertyRule, PropertyType, Rules } from "./rule.ts";
import { isSet, parseId, parseInteger, parseLanguage, parseName, parseNumber, parseVersion } from "./scalar.ts";
import { CUSTOM, VOCABULARIES, type VocabularyName } from "./vocabulary.ts";
import type { Withheld } from "./withheld.ts";

export { parseVersion } from "./scalar.ts";

/** What may leave of a caller's properties or traits, and what was held back. */
export interface Redacted extends Withheld {
  /** The values that may leave, in the catalogue's order. */
  readonly values: Record<string, unknown>;
}

/** What is noted on the way through a caller's values. */
interface Tray {
  readonly withheld: Set<string>;
  readonly hashes: PendingHash[];
  unknown: number;
}

/** A name whose place in the values is kept until its hash is there: hashing is asynchronous, the order of keys counts. */
interface PendingHash {
  readonly into: Record<string, unknown>;
  readonly key: string;
  readonly name: string;
}

/**
 * Lets through what the rules allow, and nothing else. Total: whatever comes in, however deep or long, this neither
 * throws nor descends into what the catalogue doesn't know. What isn't an object counts as one without keys.
 */
export async function redact(rules: Rules, input: unknown, root: "properties" | "traits"): Promise<Redacted> {
  const tray: Tray = { withheld: new Set(), hashes: [], unknown: 0 };
  const values = isObject(input) ? redactObject(rules, input, root, tray) : {};
  for (const { into, key, name } of tray.hashes) into[key] = digests.get(name) ?? await digest(name);
  return { values, withheld: [...tray.withheld], withheldUnknown: tray.unknown };
}

/** Digests of names that came before: a caller that runs for long names the same few over and over. */
const digests = new Remembered<string>();

async function digest(name: string): Promise<string> {
  return digests.keep(name, await sha256(name));
}

function redactObject(rules: Rules, input: Record<string, unknown>, path: string, tray: Tray): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  let known = 0;
  for (const key of Object.keys(rules)) {
    if (!Object.hasOwn(input, key)) continue;
    known++;
    const rule = rules[key]!;
    const value = redactValue(rule, input[key], path, key, tray);
    if (value === undefined) continue;
    kept[key] = value;
    if (rule.type.kind === "hashed" && typeof value === "string") tray.hashes.push({ into: kept, key, name: value });
  }
  tray.unknown += Object.keys(input).length - known;
  return kept;
}

/** What is reported of a value; undefined where it is withheld. A `hashed` value is still the name here. */
function redactValue(
  { type, nullable }: PropertyRule,
  value: unknown,
  folder: string,
  key: string,
  tray: Tray,
): unknown {
  if (value === null && nullable) return null;
  const path = `${folder}.${key}`;
  const passed = redactByType(type, value, path, tray);
  if (passed === undefined) tray.withheld.add(path);
  return passed;
}

function redactByType(type: PropertyType, value: unknown, path: string, tray: Tray): unknown {
  switch (type.kind) {
    case "int":
      return parseInteger(value, type.minimum, type.maximum);
    case "number":
      return parseNumber(value);
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "id":
      return parseId(value);
    case "hashed":
      return parseName(value);
    case "presence":
      return isSet(value);
    case "version":
      return parseVersion(value);
    case "language":
      return parseLanguage(value);
    case "enum":
      return type.values.find((known) => known === value);
    case "word":
      return orCustom(value, (text) => isWord(type.vocabulary, text));
    case "words":
      return redactWords(type, value, path, tray);
    case "model":
      return orCustom(value, isModelName);
    case "components":
      return redactComponents(type, value, path, tray);
    case "frames":
      return redactFrames(type, value, path, tray);
    case "module":
      return isText(value) ? resolveModule(value) : undefined;
    case "function":
      return isText(value) ? resolveFunction(value) : undefined;
    case "group":
      return isObject(value) ? redactObject(type.entry, value, path, tray) : undefined;
  }
}

type ListType<Kind> = Extract<PropertyType, { readonly kind: Kind }>;

function redactWords(type: ListType<"words">, value: unknown, path: string, tray: Tray): unknown {
  return redactList(value, type.limit, path, tray, (item) => {
    return orCustom(item, (text) => isWord(type.vocabulary, text));
  });
}

function redactComponents(type: ListType<"components">, value: unknown, path: string, tray: Tray): unknown {
  return redactList(value, type.limit, path, tray, (item) => {
    // Rasa reads a bare name as an entry without settings.
    if (isText(item)) return redactObject(type.entry, { name: item }, `${path}[]`, tray);
    return isObject(item) ? redactObject(type.entry, item, `${path}[]`, tray) : undefined;
  });
}

function redactFrames(type: ListType<"frames">, value: unknown, path: string, tray: Tray): unknown {
  const frames = Array.isArray(value) ? value.filter((frame) => !isForeignFrame(frame)) : value;
  return redactList(frames, type.limit, path, tray, (item) => {
    if (!isObject(item)) return undefined;
    const frame = redactObject(type.entry, item, `${path}[]`, tray);
    // Without its module a frame says nothing, and may be of any package.
    return Object.hasOwn(frame, "module") ? frame : undefined;
  });
}

/** Whether a frame is of another package than Rasa's: it is dropped without a word, as every stack trace has some. */
function isForeignFrame(frame: unknown): boolean {
  if (!isObject(frame) || !Object.hasOwn(frame, "module")) return false;
  const { module } = frame as { module: unknown }; // Own, as just asked.
  return isText(module) && resolveModule(module) === undefined;
}

/** What is reported of a list's items, up to its limit; those over it are counted. Not a list: undefined. */
function redactList(
  value: unknown,
  limit: number,
  path: string,
  tray: Tray,
  redactItem: (item: unknown) => unknown,
): unknown {
  if (!Array.isArray(value)) return undefined;
  tray.unknown += Math.max(value.length - limit, 0);
  const kept: unknown[] = [];
  for (const item of value.slice(0, limit)) {
    const passed = redactItem(item);
    if (passed === undefined) tray.withheld.add(`${path}[]`);
    else kept.push(passed);
  }
  return kept;
}

/** Whether a text is one of a vocabulary's words, as which a component's dotted path counts too. */
export function isWord(vocabulary: VocabularyName, text: string): boolean {
  return VOCABULARIES[vocabulary].has(text) || vocabulary === "component" && isComponentPath(text);
}

/** A published word as it is, another text as `custom`, and what isn't a text not at all. */
function orCustom(value: unknown, isPublished: (text: string) => boolean): string | undefined {
  if (!isText(value)) return undefined;
  return isPublished(value) ? value : CUSTOM;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
