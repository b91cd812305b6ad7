import type { Arrival } from "./collector.ts";

/** What the requests that arrived say: which reports they carried, who made them, and what came twice. */

/** The messageIds of the reports that a request carried. */
export function messageIdsOf({ body }: Arrival): string[] {
  const reports: Record<string, unknown>[] = Array.isArray(body["batch"]) ? body["batch"] : [body];
  return reports.map((report) => String(report["messageId"]));
}

/** The write key of a request. Tests give each process one of its own, so that it tells which process made the request. */
export function writeKeyOf({ authorization }: Arrival): string {
  return atob(authorization?.replace(/^Basic /, "") ?? "").replace(/:$/, "");
}

/** The requests that were made with one of these write keys. */
export function arrivalsWith(arrivals: readonly Arrival[], writeKeys: readonly string[]): Arrival[] {
  const wanted = new Set(writeKeys);
  return arrivals.filter((arrival) => wanted.has(writeKeyOf(arrival)));
}

/** Every value but the first of its kind. */
export function repeatsIn(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

/**
 * The messageIds that came more often than is explained by requests whose process ended before it had the answer. Such a
 * request is the last of its process: what was answered for is removed before the next request. `unanswered` tells of a write
 * key whether its process may have ended so.
 */
export function unexplainedRepeats(
  arrivals: readonly Arrival[],
  unanswered: (writeKey: string) => boolean,
): string[] {
  const lastOf = new Map(arrivals.map((arrival) => [writeKeyOf(arrival), arrival]));
  const isCutOff = (arrival: Arrival) => lastOf.get(writeKeyOf(arrival)) === arrival && unanswered(writeKeyOf(arrival));
  return repeatsIn(arrivals.filter((arrival) => !isCutOff(arrival)).flatMap(messageIdsOf));
}
