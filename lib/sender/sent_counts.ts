import { parseMoment } from "../moment.ts";
import { nameOf } from "../report/report.ts";
import { dayOf, nameOfDay } from "./calendar.ts";
import { SENT_OUTCOMES, type SentEntry, type SentOutcome } from "./sent_log.ts";

/** How many reports ended in each way. */
export type Outcomes = Readonly<Record<SentOutcome, number>>;

/** The outcomes of the reports that have something in common: an event, a day, a reason. */
export interface Count extends Outcomes {
  readonly name: string;
}

/** The entries of one day in UTC. */
export interface Day {
  /** The day's number, counted from 1970. Undefined for entries without a time that can be understood. */
  readonly day: number | undefined;
  /** Newest first. */
  readonly entries: readonly SentEntry[];
}

/**
 * Groups entries, which are oldest first, by the day of their sending. Newest day first, entries without a time last.
 */
export function byDay(entries: readonly SentEntry[]): Day[] {
  const groups = groupBy([...entries].reverse(), ({ sentAt }) => {
    const moment = parseMoment(sentAt);
    return moment === undefined ? undefined : dayOf(moment);
  });
  return groups.map(([day, own]) => ({ day, entries: own }))
    .sort((left, right) => (right.day ?? -Infinity) > (left.day ?? -Infinity) ? 1 : -1);
}

/** Counts each day from the first to the last, oldest first. Days without an entry are among them. */
export function countEachDay(days: readonly Day[], first: number, last: number): Count[] {
  const byNumber = new Map(days.map(({ day, entries }) => [day, entries]));
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = first + index;
    return { name: nameOfDay(day), ...countOutcomes(byNumber.get(day) ?? []) };
  });
}

/** Counts entries by event, most reports first. */
export function byEvent(entries: readonly SentEntry[]): Count[] {
  return countBy(entries, ({ report }) => nameOf(report));
}

/** Counts the reasons for which the server refused reports, the most frequent first. */
export function byReason(entries: readonly SentEntry[]): Count[] {
  return countBy(entries.filter(({ outcome }) => outcome === "rejected"), ({ reason }) => reason ?? "no reason given");
}

/** What is said of an entry whose line doesn't have it. */
const NOT_KNOWN = "not known";

/** Counts entries by the permission that their report was recorded under, most reports first. */
export function byPermission(entries: readonly SentEntry[]): Count[] {
  return countBy(entries, ({ permission }) => permission ?? NOT_KNOWN);
}

/** Counts entries by the address that they went to, most reports first. */
export function byEndpoint(entries: readonly SentEntry[]): Count[] {
  return countBy(entries, ({ endpoint }) => endpoint ?? NOT_KNOWN);
}

/** Counts how the entries ended. */
export function countOutcomes(entries: readonly SentEntry[]): Outcomes {
  return outcomesOf((name) => entries.filter(({ outcome }) => outcome === name).length);
}

/** The sum of several counts. */
export function sumOf(counts: readonly Outcomes[]): Outcomes {
  return outcomesOf((name) => counts.reduce((sum, count) => sum + count[name], 0));
}

/** The number of all reports, however they ended. */
export function total(count: Outcomes): number {
  return SENT_OUTCOMES.reduce((sum, name) => sum + count[name], 0);
}

/** A number for each way to end. */
function outcomesOf(numberOf: (name: SentOutcome) => number): Outcomes {
  return { delivered: numberOf("delivered"), rejected: numberOf("rejected"), attempted: numberOf("attempted") };
}

function countBy(entries: readonly SentEntry[], keyOf: (entry: SentEntry) => string): Count[] {
  return groupBy(entries, keyOf).map(([name, own]) => ({ name, ...countOutcomes(own) }))
    .sort((left, right) => total(right) - total(left) || (left.name < right.name ? -1 : 1));
}

function groupBy<Key>(entries: readonly SentEntry[], keyOf: (entry: SentEntry) => Key): [Key, SentEntry[]][] {
  const groups = new Map<Key, SentEntry[]>();
  for (const entry of entries) {
    const key = keyOf(entry);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups];
}
