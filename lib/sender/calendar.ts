import { DAY_MS } from "../moment.ts";

/** The number of a moment's day in UTC, counted from 1970. */
export function dayOf(moment: Date): number {
  return Math.floor(moment.getTime() / DAY_MS);
}

/** A day as it is written: `2026-03-01`. Empty for a day that no date can hold. */
export function nameOfDay(day: number): string {
  const date = new Date(day * DAY_MS);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/T.*/, "");
}
