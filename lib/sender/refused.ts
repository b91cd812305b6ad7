/**
 * Reports that something between here and the server refuses (a filter), while it lets others pass. They stay, go alone
 * and after all others, and are given up once they were refused for days.
 */

/** A report that goes on being refused is given up after this long, in milliseconds. */
const FINAL_AFTER_MS = 3 * 24 * 60 * 60 * 1000;
/** How long such a report waits before it goes again, in milliseconds. */
const AGAIN_AFTER_MS = 60 * 60 * 1000;
/** How many are remembered. Where more are refused, the others only wait. */
const MAX_REFUSED = 100;

/** When a report was refused first, and from when on it may go again, in milliseconds since 1970. */
export interface Refusal {
  readonly since: number;
  readonly again: number;
}

/** Refusals by the names of the reports' files. */
export type Refusals = Readonly<Record<string, Refusal>>;

/** Whether a report goes now: one that was never refused does. */
export function isDue(refusals: Refusals, name: string, now: Date): boolean {
  const refusal = refusals[name];
  if (refusal === undefined) return true;
  const wait = refusal.again - now.getTime();
  // A longer wait than any that is stored means that the clock was set back.
  return wait <= 0 || wait > AGAIN_AFTER_MS;
}

/** What is remembered after one more refusal of a report, of those that still wait. */
export function afterRefusal(refusals: Refusals, name: string, now: Date, waiting: readonly string[]): Refusals {
  const others = Object.entries(refusals).filter(([other]) => other !== name && waiting.includes(other));
  const again = now.getTime() + AGAIN_AFTER_MS;
  const since = Math.min(refusals[name]?.since ?? Infinity, now.getTime());
  return Object.fromEntries([...others.slice(1 - MAX_REFUSED), [name, { since, again }]]);
}

/** Whether a report has been refused for so long that this refusal is the last. */
export function isFinal(refusals: Refusals, name: string, now: Date): boolean {
  const since = refusals[name]?.since;
  return since !== undefined && now.getTime() - since >= FINAL_AFTER_MS;
}

/** What is kept of refusals, less what isn't one: anybody may have written the file. */
export function parseRefusals(value: unknown): Refusals {
  if (typeof value !== "object" || value === null) return {};
  const entries = Object.entries(value).flatMap(([name, refusal]) => {
    const { since, again } = typeof refusal === "object" && refusal !== null ? refusal as Record<string, unknown> : {};
    return Number.isSafeInteger(since) && Number.isSafeInteger(again)
      ? [[name, { since: Number(since), again: Number(again) }] as const]
      : [];
  });
  return Object.fromEntries(entries.slice(0, MAX_REFUSED));
}
