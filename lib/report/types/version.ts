import { textSchema, type TypeObject } from "./definition.ts";

/**
 * One to three numbers and a suffix as PEP 440 writes it, without an epoch or a local label. The numbers in versions
 * of Python and Rasa have one or two digits. Three digits pass. Four don't, because the last part of a telephone
 * number has four. A development release may have a date.
 */
const PATTERN = (() => {
  const part = "(?:0|[1-9][0-9]{0,2})";
  const date = "20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])";
  return `^${part}(?:\\.${part}){0,2}(?:(?:a|b|rc)${part})?(?:\\.post${part})?(?:\\.dev(?:${part}|${date}))?$`;
})();
const VERSION = new RegExp(PATTERN);

/** Longest text that is looked at. The longest version is shorter. */
const MAX_LENGTH = 64;

/** The version of a program. */
export const versionType: TypeObject<"version"> = {
  label: "version",
  meaning: "up to three numbers, with a suffix such as rc1",
  parse: parseVersion,
  schema: () => textSchema(PATTERN),
};

/** A version, or undefined where the value isn't one. A caller's context holds two, `python` and `rasa_pro`. */
export function parseVersion(value: unknown): string | undefined {
  return typeof value === "string" && value.length <= MAX_LENGTH && VERSION.test(value) ? value : undefined;
}
