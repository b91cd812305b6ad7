const DAY_MS = 24 * 60 * 60 * 1000;

/** A moment exactly as this program writes them, or undefined: a date may hold any remark in brackets and still be understood. */
export function parseMoment(text: string): Date | undefined {
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString() === text ? date : undefined;
}

/** The number of a moment's day in UTC, counted from 1970. */
export function dayOf(moment: Date): number {
  return Math.floor(moment.getTime() / DAY_MS);
}

/** A day as it is written: `2026-03-01`. Empty where it is before or after all that a date can say. */
export function nameOfDay(day: number): string {
  const date = new Date(day * DAY_MS);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace(/T.*/, "");
}
