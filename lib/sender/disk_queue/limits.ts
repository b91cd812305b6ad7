import type { Host } from "../../host/host.ts";
import { sizeOf } from "../../host/size_of.ts";
import type { Home } from "../../home.ts";
import { DAY_MS } from "../../moment.ts";
import { MAX_FILE_BYTES } from "./content.ts";
import { dropQueued, queuedAt, type QueuedFile } from "./files.ts";

/** The most that waits. Beyond it the oldest reports go first, and are counted. */
export const QUEUE_LIMITS = { reports: 1_000, bytes: 4 * 1024 * 1024, days: 30 } as const;

/** The most reports of one event that are kept while nothing of it may leave: the earliest ones. */
export const MOST_HELD = 50;

/** What looks older than this, in days, was written under another clock. Its age is unknown, so it is kept. */
const BELIEVABLE_DAYS = 90;

/** Removes and counts what is over the limits. `waiting` is in order, oldest first. Throws `FileFault`. */
export function trimQueue(
  host: Host,
  home: Home,
  waiting: readonly QueuedFile[],
): { readonly kept: readonly QueuedFile[]; readonly dropped: readonly QueuedFile[] } {
  const now = host.now().getTime();
  const young = waiting.filter((file) => !isExpired(file, now));
  const keepFrom = Math.max(young.length - QUEUE_LIMITS.reports, firstWithinBytes(host, young), 0);
  const kept = new Set(young.slice(keepFrom));
  const dropped = waiting.filter((file) => !kept.has(file));
  const isOld = (file: QueuedFile) => isExpired(file, now);
  dropQueued(host, home, dropped.filter(isOld), "age");
  dropQueued(host, home, dropped.filter((file) => !isOld(file)), "limits");
  return { kept: [...kept], dropped };
}

/** Whether a report has waited too long, by a clock that can be believed. */
function isExpired(file: QueuedFile, now: number): boolean {
  const days = (now - queuedAt(file)) / DAY_MS;
  return days > QUEUE_LIMITS.days && days <= BELIEVABLE_DAYS;
}

/** The index of the first report that still fits the limit of bytes together with all newer ones. */
function firstWithinBytes(host: Host, waiting: readonly QueuedFile[]): number {
  // Where even the largest files would fit, there is no need to look at each.
  if (waiting.length * MAX_FILE_BYTES <= QUEUE_LIMITS.bytes) return 0;
  let bytes = 0;
  for (let index = waiting.length - 1; index >= 0; index--) {
    bytes += sizeOf(host, waiting[index]!.path);
    if (bytes > QUEUE_LIMITS.bytes) return index + 1;
  }
  return 0;
}
