import { MAX_NUMBER } from "./rule.ts";
import { LANGUAGE, REGION, SCRIPT } from "./vocabularies/languages.ts";

/** 32 or 64 hex digits, or a UUID of any version with its dashes. */
export const ID_PATTERN = "^(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$";

/** A SHA-256 in hex. */
export const DIGEST_PATTERN = "^[0-9a-f]{64}$";

/**
 * One to three numbers and a suffix as PEP 440 writes it, without an epoch or a local label. Python's and Rasa's
 * numbers have one or two digits; three are let through, four are not: a telephone number's last part has four. A
 * development release may have a date.
 */
export const VERSION_PATTERN = (() => {
  const part = "(?:0|[1-9][0-9]{0,2})";
  const date = "20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])";
  return `^${part}(?:\\.${part}){0,2}(?:(?:a|b|rc)${part})?(?:\\.post${part})?(?:\\.dev(?:${part}|${date}))?$`;
})();

/** The pattern of language tags as they are reported: in the registry's upper and lower case. */
export function languagePattern(): string {
  const [language, script, region] = [LANGUAGE, SCRIPT, REGION].map(({ words }) => `(?:${words.join("|")})`);
  return `^${language}(?:-${script})?(?:-${region})?$`;
}

const ID = new RegExp(ID_PATTERN);
const VERSION = new RegExp(VERSION_PATTERN);

/** More than any text that these functions let through; what is longer isn't looked at. */
const MAX_LENGTH = 64;

/** Longest name that is hashed, in UTF-16 units. What is longer isn't a name. */
const MAX_NAME_LENGTH = 1_000;

/** Significant digits of a number that isn't whole, and its decimals: nothing can be hidden in the others. */
const DIGITS = 6;

/** An id in lower case, or undefined where the value isn't one. */
export function parseId(value: unknown): string | undefined {
  if (typeof value !== "string" || value.length > MAX_LENGTH) return undefined;
  const id = value.toLowerCase();
  // Some letters beyond ASCII become ASCII in lower case (the Kelvin sign): none of them is a hex digit.
  return ID.test(id) ? id : undefined;
}

/** A version, or undefined where the value isn't one. Of the caller's context `python` and `rasa_pro` are versions. */
export function parseVersion(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= MAX_LENGTH && VERSION.test(value) ? value : undefined;
}

/** A language tag in its usual upper and lower case (`zh-Hant-TW`), or undefined where the value isn't one. */
export function parseLanguage(value: unknown): string | undefined {
  if (typeof value !== "string" || !/^[A-Za-z0-9-]{2,11}$/.test(value)) return undefined;
  const [first = "", ...subtags] = value.split("-");
  const tag = [first.toLowerCase()];
  if (!LANGUAGE.has(tag[0] ?? "")) return undefined;
  const script = capitalised(subtags[0] ?? "");
  if (SCRIPT.has(script)) {
    tag.push(script);
    subtags.shift();
  }
  const region = (subtags[0] ?? "").toUpperCase();
  if (REGION.has(region)) {
    tag.push(region);
    subtags.shift();
  }
  return subtags.length === 0 ? tag.join("-") : undefined;
}

/** A finite number, rounded, or undefined where the value isn't one or is too large. */
export function parseNumber(value: unknown): number | undefined {
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_NUMBER)) return undefined;
  if (Number.isInteger(value)) return withoutSign(value);
  return withoutSign(Number(Number(value.toPrecision(DIGITS)).toFixed(DIGITS)));
}

/** A whole number within the limits, or undefined. A bool is none, and neither are digits in a string. */
export function parseInteger(value: unknown, minimum: number, maximum: number): number | undefined {
  if (!Number.isInteger(value)) return undefined;
  // `isInteger` is true for numbers only, which the compiler doesn't know.
  const integer = value as number;
  return integer >= minimum && integer <= maximum ? withoutSign(integer) : undefined;
}

/** A name to hash, or undefined where the value is none. Half a surrogate pair has no UTF-8, so no hash of its own. */
export function parseName(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > MAX_NAME_LENGTH) return undefined;
  return value.isWellFormed() ? value : undefined;
}

/** Whether something was set: not null, not false, and not empty. */
export function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

/** Minus zero is written as zero: it could otherwise tell apart what looks the same. */
function withoutSign(value: number): number {
  return value === 0 ? 0 : value;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}
