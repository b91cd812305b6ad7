const SECOND_MS = 1000;

/** How long each unit of a span is, in milliseconds. */
const UNITS_MS: Readonly<Record<string, number>> = {
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  h: 60 * 60 * SECOND_MS,
  d: 24 * 60 * 60 * SECOND_MS,
  w: 7 * 24 * 60 * 60 * SECOND_MS,
};

/** What `parseMoment` takes, in words. */
export const MOMENT_IN_WORDS = "a day (2026-03-01), a moment (2026-03-01T12:00Z) or a span (30m, 12h, 7d, 2w)";

/**
 * A moment in milliseconds since 1970: the start of a day in UTC, a moment in UTC, or a span before now. Undefined for
 * anything else.
 */
export function parseMoment(text: string, now: Date): number | undefined {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  if (unit !== undefined) return now.getTime() - Number(count) * (UNITS_MS[unit] ?? 0);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z)?$/.test(text)) return undefined;
  const moment = new Date(text);
  // The language takes the 31st of a month that has 30 days for the first of the next one.
  const exists = !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text.slice(0, 10));
  return exists ? moment.getTime() : undefined;
}
