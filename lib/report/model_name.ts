import { Cache } from "../cache.ts";
import { MODEL_FAMILY, MODEL_NAME, MODEL_VENDOR, MODEL_WORD } from "./vocabularies/models.ts";
import { PROVIDER } from "./vocabularies/services.ts";

/** Longest name that is looked at. The longest published one has about sixty characters. */
const MAX_LENGTH = 100;
/** Most parts in front of the family: a provider, a region, a contract and a vendor. */
const MAX_PREFIXES = 4;
/** Most parts after the family. */
const MAX_PARTS = 12;
/** Most digits after the family: a date of eight and four short numbers. A card number has more. */
const MAX_DIGITS = 12;
/** Most numbers without a letter, the date not counted. `claude-3-5-sonnet-20240620-v1:0` has three: 3, 5 and 0. */
const MAX_PLAIN = 4;
/** Most such numbers in a row: four make a network address. */
const MAX_RUN = 3;
/** Most numbers with a letter: `235b`, `a22b`, `128k`. */
const MAX_SIZES = 4;

let families: readonly string[] | undefined;

const YEAR = "20(?:1[5-9]|[23][0-9])";
const MONTH = "(?:0[1-9]|1[0-2])";
const DAY = "(?:0[1-9]|[12][0-9]|3[01])";
/** Numbers of versions and of days and months: no other two digits, so that no telephone number can be spelt. */
const PLAIN = "(?:00[0-9]|0?[0-9]|[12][0-9]|3[01])";
/** `v2`, `r7b`, `a22b`, `g1`, `70b`, `8x7b`, `128k`, `4o`, `3n`, `16e`. */
const SIZE = "(?:[vrkeamg][0-9]{1,2}b?|[0-9]{1,3}[bkme]|[0-9]{1,2}x[0-9]{1,3}b|[0-9]{1,2}[on])";
/** `20240620`, `202406`, `240620`, `0613`, `2405`. */
const DATE = `(?:${YEAR}${MONTH}${DAY}|${YEAR}${MONTH}|2[0-9]${MONTH}${DAY}|${MONTH}${DAY}|2[0-9]${MONTH})`;

/** A region of Amazon's cloud: `us-east-1`, `us-gov-west-1`. */
const AWS_REGION = "[a-z]{2}(?:-gov)?-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9]";

const IS_AWS_REGION = whole(AWS_REGION);
const IS_PLAIN = whole(PLAIN);
const IS_SIZE = whole(SIZE);
const IS_DATE = whole(DATE);
const IS_YEAR = whole(YEAR);
const IS_MONTH = whole(MONTH);
const IS_DAY = whole(DAY);

/**
 * The pattern of the names that `isModelName` accepts. It matches a few names more, because a pattern can't count
 * numbers or remember a prefix. It doesn't match the published names that follow no pattern.
 */
export function modelPattern(): string {
  const part = `(?:${alternatives(MODEL_WORD.words)}|${YEAR}|${DATE}|${SIZE}|${PLAIN})(?=[-._:@]|$)`;
  const name = `(?:${alternatives(loadFamilies())})(?:(?=[0-9])${part})?(?:[-._:@]${part}){0,${MAX_PARTS}}`;
  const prefix = `(?:${alternatives([...PROVIDER.words, ...MODEL_VENDOR.words])}|${AWS_REGION})[./]`;
  return `^(?=.{1,${MAX_LENGTH}}$)(?:${name}|(?:${inAnyCase(prefix)}){1,${MAX_PREFIXES}}${inAnyCase(name)})$`;
}

/** The answers of `isPublished`: the events of a server name the same few models over and over. */
const verdicts = new Cache<boolean>();

/** Whether a text is a model's name as its vendor publishes it, rather than one that a user gave to a model. */
export function isModelName(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  return verdicts.get(text) ?? verdicts.keep(text, isPublished(text));
}

function isPublished(text: string): boolean {
  return MODEL_NAME.has(text) ||
    [...withoutPrefixes(text)].some((name) => followsPattern(name) || MODEL_NAME.has(name));
}

/** Whether a name is a family and what vendors add to its name. */
function followsPattern(name: string): boolean {
  const family = loadFamilies().find((family) =>
    name.startsWith(family) && /^(?:[-._:@0-9]|$)/.test(name.slice(family.length))
  );
  if (family === undefined) return false;
  const rest = name.slice(family.length);
  if (rest === "") return true;
  const parts = rest.split(/[-._:@]/);
  // Between the family and the first separator there is a number (`llama3-8b`) or nothing.
  if (parts[0] === "") parts.shift();
  return parts.length <= MAX_PARTS && areParts(parts);
}

/** The families, longest first: `gpt-35` must be tried before `gpt`, and `titan-text` before `titan`. */
function loadFamilies(): readonly string[] {
  return families ??= MODEL_FAMILY.words.toSorted((one, other) => other.length - one.length);
}

function isPrefix(word: string): boolean {
  return PROVIDER.has(word) || MODEL_VENDOR.has(word) || IS_AWS_REGION.test(word);
}

/**
 * The text, and what is left of it without its first prefix, its first two, and so on. A vendor may be a family too
 * (`deepseek.v3`). Behind a prefix letters count in any case, as Hugging Face and Azure write names (`Qwen/Qwen3-8B`).
 */
function* withoutPrefixes(text: string): Generator<string> {
  yield text;
  const seen = new Set<string>();
  let rest = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  while (seen.size < MAX_PREFIXES) {
    const end = rest.search(/[./]/);
    const prefix = rest.slice(0, Math.max(end, 0));
    // A prefix that comes twice is no vendor's way of naming.
    if (!isPrefix(prefix) || seen.has(prefix)) return;
    seen.add(prefix);
    rest = rest.slice(end + 1);
    yield rest;
  }
}

function areParts(parts: readonly string[]): boolean {
  const kinds: string[] = [];
  let digits = 0;
  for (let index = 0; index < parts.length;) {
    const part = parts[index] ?? "";
    const length = MODEL_WORD.has(part) ? 0 : dateLength(parts, index);
    const consumed = parts.slice(index, index + Math.max(length, 1));
    index += consumed.length;
    if (MODEL_WORD.has(part)) kinds.push("word");
    else if (length > 0) kinds.push("date");
    else if (IS_PLAIN.test(part)) kinds.push("plain");
    else if (IS_SIZE.test(part)) kinds.push("size");
    else return false;
    if (kinds.at(-1) !== "word") digits += consumed.join("").replace(/[^0-9]/g, "").length;
  }
  const count = (kind: string) => kinds.filter((each) => each === kind).length;
  return count("plain") <= MAX_PLAIN && count("size") <= MAX_SIZES && count("date") <= 1 && digits <= MAX_DIGITS &&
    !kinds.join(" ").includes(Array(MAX_RUN + 1).fill("plain").join(" "));
}

/** How many parts from here on make one date (`20240620`, `2024-07-18`, `2024-07`, `08-2024`); 0 where none do. */
function dateLength(parts: readonly string[], index: number): number {
  const [first = "", second = "", third = ""] = parts.slice(index, index + 3);
  if (IS_YEAR.test(first) && IS_MONTH.test(second)) return IS_DAY.test(third) ? 3 : 2;
  if (IS_MONTH.test(first) && IS_YEAR.test(second)) return 2;
  return IS_DATE.test(first) ? 1 : 0;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

/** The words as a pattern. A word that begins with another comes first, and a dot stands for itself. */
function alternatives(words: readonly string[]): string {
  return words.toSorted((one, other) => other.length - one.length).join("|").replaceAll(".", "\\.");
}

/** The pattern with each letter in either case. A letter behind a backslash would be a class, and there is none. */
function inAnyCase(pattern: string): string {
  return pattern.replace(
    /\[([a-z]+)\]|\[a-z\]|[a-z]/g,
    (match, letters?: string) =>
      letters !== undefined
        ? `[${letters}${letters.toUpperCase()}]`
        : match.length === 1
        ? `[${match}${match.toUpperCase()}]`
        : "[a-zA-Z]",
  );
}
