import { countWithheld } from "../report/withheld.ts";
import { type Bar, chart } from "../terminal/chart.ts";
import type { Paint } from "../terminal/paint.ts";
import { printable } from "../terminal/printable.ts";
import { paragraph, table } from "../terminal/table.ts";
import { countInWords } from "../terminal/words.ts";
import { nameOfDay } from "./calendar.ts";
import {
  byDay,
  byEndpoint,
  byEvent,
  byPermission,
  type Count,
  countEachDay,
  countOutcomes,
  type Day,
  type Outcomes,
  total,
} from "./sent_counts.ts";
import type { SentEntry } from "./sent_log.ts";

/** What `log --summary --json` prints. */
export interface SentSummary extends Outcomes {
  /** When the first and the last of these were sent. Null where there is none. */
  readonly from: string | null;
  readonly to: string | null;
  /** By the address that they went to, most reports first. */
  readonly endpoints: Readonly<Record<string, Outcomes>>;
  /** By the permission that they were recorded under, most reports first. */
  readonly permissions: Readonly<Record<string, Outcomes>>;
  /** By event, most reports first. */
  readonly events: Readonly<Record<string, Outcomes>>;
  /** By day in UTC, oldest first. Days on which nothing left are missing. */
  readonly days: Readonly<Record<string, Outcomes>>;
  readonly withheld: {
    /** The number of reports from which anything was withheld. */
    readonly reports: number;
    /** By path of the catalogue, the number of reports from which it was withheld, most first. */
    readonly properties: Readonly<Record<string, number>>;
    /**
     * What has no name: keys that the catalogue doesn't have, and entries over a list's limit.
     */
    readonly unknown: number;
  };
}

/** The most days that the chart shows, back from the last one. */
const MOST_DAYS = 14;

/** Counts entries of the log, which are oldest first. */
export function summarise(entries: readonly SentEntry[]): SentSummary {
  const { reports, paths, unknown } = countWithheld(entries);
  const days = byDay(entries).flatMap(({ day, entries }) =>
    day === undefined ? [] : [[nameOfDay(day), countOutcomes(entries)] as const]
  );
  return {
    ...countOutcomes(entries),
    from: entries[0]?.sentAt ?? null,
    to: entries.at(-1)?.sentAt ?? null,
    endpoints: recordOf(byEndpoint(entries)),
    permissions: recordOf(byPermission(entries)),
    events: recordOf(byEvent(entries)),
    days: Object.fromEntries(days.reverse()),
    withheld: { reports, properties: Object.fromEntries(paths), unknown },
  };
}

/** The summary of entries for people, with two charts. Empty where there is no entry. `inWords` tells a moment. */
export function describeSummary(
  entries: readonly SentEntry[],
  paint: Paint,
  inWords: (moment: string) => string,
): string {
  const [first, last] = [entries[0], entries.at(-1)];
  if (first === undefined || last === undefined) return "";
  const reports = inNumbers(countOutcomes(entries));
  const rows = [
    ["Reports", reports],
    ["First", inWords(first.sentAt)],
    ["Last", inWords(last.sentAt)],
    ["Endpoint", byEndpoint(entries).map(({ name }) => printable(name)).join(", ")],
    ["Permission", byPermission(entries).map((count) => `${count.name} ${inNumbers(count)}`).join(", ")],
  ];
  const { recent, earlier } = recentDays(byDay(entries));
  const note = earlier === 0 ? "" : paragraph(`and ${earlier} before`, paint.width, "  ", paint.dim);
  return `${table(rows, paint.width, [paint.dim])}
${paint.bold("By event")}
${chart(byEvent(entries).map(barOf), paint)}
${paint.bold("By day, in UTC")}
${chart(recent.map(barOf), paint)}${note}${describeWithheld(entries, paint)}`;
}

/** The last days, those on which nothing left included, and how many reports left before them. */
function recentDays(days: readonly Day[]): { recent: readonly Count[]; earlier: number } {
  const known = days.flatMap(({ day, entries }) => day === undefined ? [] : [{ day, count: entries.length }]);
  const [last, oldest] = [known[0]?.day, known.at(-1)?.day];
  if (last === undefined || oldest === undefined) return { recent: [], earlier: 0 };
  const first = Math.max(oldest, last - MOST_DAYS + 1);
  const earlier = known.reduce((sum, { day, count }) => day < first ? sum + count : sum, 0);
  return { recent: countEachDay(days, first, last), earlier };
}

function describeWithheld(entries: readonly SentEntry[], paint: Paint): string {
  const { reports, paths, unknown } = countWithheld(entries);
  if (reports === 0) return "";
  const unnamed = "(unknown keys, entries over a list's limit)";
  const counts: (readonly [what: string, count: number])[] = [...paths];
  if (unknown > 0) counts.push([unnamed, unknown]);
  const digits = Math.max(...counts.map(([, count]) => String(count).length));
  const rows = counts.map(([what, count]) => [`  ${String(count).padStart(digits)}`, printable(what)]);
  return `\n${paint.bold(`Withheld from ${countInWords(reports, "report")}`)}\n${table(rows, paint.width)}`;
}

function recordOf(counts: readonly Count[]): Record<string, Outcomes> {
  return Object.fromEntries(counts.map(({ name, ...outcomes }) => [name, outcomes]));
}

function barOf(count: Count): Bar {
  return { name: count.name, good: count.delivered, bad: count.rejected + count.attempted, label: inNumbers(count) };
}

/** `12`, or `12 (3 rejected, 1 attempted)`. */
function inNumbers(count: Outcomes): string {
  const others = (["rejected", "attempted"] as const).filter((name) => count[name] > 0)
    .map((name) => `${count[name]} ${name}`);
  return others.length === 0 ? `${total(count)}` : `${total(count)} (${others.join(", ")})`;
}
