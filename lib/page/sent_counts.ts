import { parseMoment } from "../report/moment.ts";
import { nameOf } from "../report/report.ts";
import type { SentEntry } from "../sender/sent_log.ts";
import { dayOf } from "./calendar.ts";

/** How many reports the server took, and how many it refused. */
export interface Outcomes {
  readonly delivered: number;
  readonly rejected: number;
}

/** The same for the reports that have something in common. */
export interface Count extends Outcomes {
  readonly name: string;
}

/** The entries of one day in UTC. */
export interface Day {
  /** Its number, counted from 1970; undefined for entries whose time can't be understood. */
  readonly day: number | undefined;
  /** Newest first. */
  readonly entries: readonly SentEntry[];
}

/** The entries, which are oldest first, by the day of their sending. The newest day comes first, what has no time last. */
export function byDay(entries: readonly SentEntry[]): Day[] {
  const groups = groupBy([...entries].reverse(), ({ sentAt }) => {
    const moment = parseMoment(sentAt);
    return moment === undefined ? undefined : dayOf(moment);
  });
  return groups.map(([day, own]) => ({ day, entries: own }))
    .sort((left, right) => (right.day ?? -Infinity) > (left.day ?? -Infinity) ? 1 : -1);
}

/** The counts by event, most first. */
export function byEvent(entries: readonly SentEntry[]): Count[] {
  return countBy(entries, ({ report }) => nameOf(report));
}

/** The reasons for which the server refused reports, most frequent first. */
export function byReason(entries: readonly SentEntry[]): Count[] {
  return countBy(entries.filter(({ outcome }) => outcome === "rejected"), ({ reason }) => reason ?? "no reason given");
}

/** How the entries ended. */
export function countOutcomes(entries: readonly SentEntry[]): Outcomes {
  const rejected = entries.filter(({ outcome }) => outcome === "rejected").length;
  return { delivered: entries.length - rejected, rejected };
}

/** All of them together. */
export function total({ delivered, rejected }: Outcomes): number {
  return delivered + rejected;
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
