import type { TypeObject } from "./definition.ts";

/**
 * Largest number that is reported, either way from zero. Counts stay far below it. Card numbers, and telephone numbers
 * with their country's code, are above it, so that none of them passes for a count.
 */
export const MAX_NUMBER = 1_000_000_000;

/** Significant digits of a number that isn't whole, and its decimals: nothing can be hidden in the others. */
const DIGITS = 6;

/** A whole number. */
export const intType: TypeObject<"int"> = {
  label: "int",
  meaning: "a whole number, at most 1,000,000,000 (one billion) either way from zero",
  parse: (value, { minimum, maximum }) => parseInteger(value, minimum, maximum),
  schema: ({ minimum, maximum }) => ({ type: "integer", minimum, maximum }),
};

/** A number, which may have a fraction. */
export const numberType: TypeObject<"number"> = {
  label: "number",
  meaning: "a number within the same limits; one that isn't whole is rounded to six significant digits",
  parse: parseNumber,
  schema: () => ({ type: "number", minimum: -MAX_NUMBER, maximum: MAX_NUMBER }),
};

/** A whole number within the limits, or undefined. A bool isn't one, and neither are digits in a string. */
export function parseInteger(value: unknown, minimum: number, maximum: number): number | undefined {
  if (!Number.isInteger(value)) return undefined;
  // `isInteger` is true for numbers only, which the compiler doesn't know.
  const integer = value as number;
  return integer >= minimum && integer <= maximum ? withoutSign(integer) : undefined;
}

/** A finite number, rounded, or undefined where the value isn't one or is too large. */
export function parseNumber(value: unknown): number | undefined {
  if (typeof value !== "number" || !(Math.abs(value) <= MAX_NUMBER)) return undefined;
  if (Number.isInteger(value)) return withoutSign(value);
  return withoutSign(Number(Number(value.toPrecision(DIGITS)).toFixed(DIGITS)));
}

/** Minus zero is reported as zero: the sign could tell apart what looks the same. */
function withoutSign(value: number): number {
  return value === 0 ? 0 : value;
}
