import { DAY_MS } from "../report/moment.ts";
import { countWithheld } from "../report/withheld.ts";
import type { SentEntry } from "./sent_log.ts";
import { paragraph, table } from "../terminal/table.ts";
import { pad, widthOf } from "../terminal/width.ts";
import { printable } from "../terminal/printable.ts";
import { countInWords, type Paint } from "../terminal/paint.ts";

/** How many reports the server took, and how many it refused for good. */
export interface Tally {
  readonly delivered: number;
  readonly rejected: number;
}

/** What `log --summary --json` prints. */
export interface LogSummary extends Tally {
  /** When the first and the last were answered; null where there are none. */
  readonly from: string | null;
  readonly to: string | null;
  /** By event, most reports first. */
  readonly events: Readonly<Record<string, Tally>>;
  /** By day in UTC, oldest first. Days on which nothing left are missing. */
  readonly days: Readonly<Record<string, Tally>>;
  readonly withheld: {
    /** From how many reports anything was. */
    readonly reports: number;
    /** By path of the catalogue: from how many, most first. */
    readonly properties: Readonly<Record<string, number>>;
    /**
     * What has no name: keys that the catalogue doesn't have or that repeat another, and entries over a list's limit.
     */
    readonly unknown: number;
  };
}

/** Longest bar, in columns; and the shortest that still says something. */
const BAR = { most: 40, least: 8 } as const;
/** How wide a chart is where there are no lines to fit, in columns. */
const USUAL_COLUMNS = 80;
/** The most days that a chart shows, back from the last one. */
const MOST_DAYS = 14;
const NONE: Tally = { delivered: 0, rejected: 0 };

/** Counts entries of the log. `nameOf` says under which name. */
export function summarise(entries: readonly SentEntry[], nameOf: (entry: SentEntry) => string): LogSummary {
  const events = tally(entries, nameOf).sort(([, left], [, right]) => sumOf(right) - sumOf(left));
  const { reports, paths, unknown } = countWithheld(entries);
  const dated = entries.filter(({ sentAt }) => !Number.isNaN(Date.parse(sentAt)));
  const days = tally(dated, dayOf).sort(([left], [right]) => left < right ? -1 : 1);
  return {
    delivered: entries.filter(({ outcome }) => outcome === "delivered").length,
    rejected: entries.filter(({ outcome }) => outcome === "rejected").length,
    from: entries[0]?.sentAt ?? null,
    to: entries.at(-1)?.sentAt ?? null,
    events: Object.fromEntries(events),
    days: Object.fromEntries(days),
    withheld: { reports, properties: Object.fromEntries(paths), unknown },
  };
}

/** The summary as two charts; nothing where there is nothing to count. */
export function describeSummary(summary: LogSummary, paint: Paint, inWords: (moment: string) => string): string {
  const { from, to } = summary;
  if (from === null || to === null) return "";
  const rows = [["Reports", inNumbers(summary)], ["First", inWords(from)], ["Last", inWords(to)]];
  const { recent, earlier } = recentDays(summary.days);
  const note = earlier === 0 ? "" : paragraph(`and ${earlier} before`, paint.width, "  ", paint.dim);
  return `${table(rows, paint.width, [paint.dim])}
${paint.bold("By event")}
${chart(Object.entries(summary.events), paint)}
${paint.bold("By day, in UTC")}
${chart(recent, paint)}${note}${describeWithheld(summary.withheld, paint)}`;
}

function describeWithheld({ reports, properties, unknown }: LogSummary["withheld"], paint: Paint): string {
  if (reports === 0) return "";
  const unnamed = "(unknown or repeated keys, entries over a list's limit)";
  const counts: [number, string][] = Object.entries(properties).map(([path, count]) => [count, path]);
  if (unknown > 0) counts.push([unknown, unnamed]);
  const digits = Math.max(...counts.map(([count]) => String(count).length));
  const rows = counts.map(([count, what]) => [`  ${String(count).padStart(digits)}`, printable(what)]);
  return `\n${paint.bold(`Withheld from ${countInWords(reports, "report")}`)}\n${table(rows, paint.width)}`;
}

/** Each name with its bar and its count. Where there is no room for a bar beside the name, it stands below. */
function chart(rows: readonly (readonly [name: string, tally: Tally])[], paint: Paint): string {
  const columns = Math.min(paint.width, USUAL_COLUMNS);
  const names = Math.max(0, ...rows.map(([name]) => widthOf(printable(name))));
  // Two columns before the name and two on either side of the bar.
  const forBars = columns - 4 - Math.max(0, ...rows.map(([, tally]) => inNumbers(tally).length));
  const beside = forBars - 2 - names >= BAR.least;
  const longest = Math.min(BAR.most, beside ? forBars - 2 - names : forBars - 2);
  const most = Math.max(1, ...rows.map(([, tally]) => sumOf(tally)));
  return rows.map(([name, tally]) => {
    const length = Math.ceil(longest * sumOf(tally) / most);
    const rejected = Math.ceil(length * tally.rejected / Math.max(1, sumOf(tally)));
    const bar = paint.good(paint.bar.repeat(length - rejected)) + paint.warning(paint.bar.repeat(rejected));
    const head = beside ? `  ${pad(printable(name), names)}  ` : `${paragraph(printable(name), paint.width, "  ")}    `;
    return `${head}${bar}${length === 0 ? "" : "  "}${inNumbers(tally)}\n`;
  }).join("");
}

/** The last days, those on which nothing left included, and how many reports left before them. */
function recentDays(days: LogSummary["days"]): { recent: [day: string, tally: Tally][]; earlier: number } {
  const names = Object.keys(days);
  const last = Date.parse(names.at(-1) ?? "");
  const recent: [string, Tally][] = [];
  let shown = 0;
  for (let back = 0; back < MOST_DAYS && shown < names.length; back++) {
    const day = new Date(last - back * DAY_MS).toISOString().slice(0, 10);
    recent.unshift([day, days[day] ?? NONE]);
    if (days[day] !== undefined) shown++;
  }
  const counted = recent.reduce((sum, [, tally]) => sum + sumOf(tally), 0);
  return { recent, earlier: Object.values(days).reduce((sum, tally) => sum + sumOf(tally), 0) - counted };
}

function tally(entries: readonly SentEntry[], nameOf: (entry: SentEntry) => string): [name: string, tally: Tally][] {
  const tallies = new Map<string, Tally>();
  for (const entry of entries) {
    const before = tallies.get(nameOf(entry)) ?? NONE;
    tallies.set(nameOf(entry), { ...before, [entry.outcome]: before[entry.outcome] + 1 });
  }
  return [...tallies];
}

/** `12`, or `12 (3 rejected)`. */
function inNumbers(tally: Tally): string {
  return tally.rejected === 0 ? `${sumOf(tally)}` : `${sumOf(tally)} (${tally.rejected} rejected)`;
}

function sumOf({ delivered, rejected }: Tally): number {
  return delivered + rejected;
}

function dayOf({ sentAt }: SentEntry): string {
  return new Date(sentAt).toISOString().slice(0, 10);
}
