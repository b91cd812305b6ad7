/** A day, in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000;

/** A moment spelt exactly as reports spell theirs, or undefined. `Date` also reads a date with a remark in brackets. */
export function parseMoment(value: unknown): Date | undefined {
  if (typeof value !== "string") return undefined;
  const moment = new Date(value);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === value ? moment : undefined;
}
