/** A day, in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A moment that is spelt exactly as reports spell theirs, or undefined. Other spellings are refused, because the
 * language also reads a date that holds a remark in brackets.
 */
export function parseMoment(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const moment = new Date(value);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === value ? moment : undefined;
}
