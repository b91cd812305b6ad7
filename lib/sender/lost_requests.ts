import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { removeQuietly } from "../host/replace_file.ts";
import { clockTime } from "../terminal/clock_time.ts";
import { countInWords } from "../terminal/words.ts";
import { describeLogFaults, describeUnreadable, noteUnlogged } from "./log_faults.ts";
import { isUnderWay, listOldRequests, listRequests, type OpenRequest, readMessageIds } from "./open_requests.ts";
import { readSentLog } from "./sent_log.ts";

/**
 * Requests that were under way when their process died, so that nobody wrote into the sent log what came of them. Their
 * notes tell of them until a delivery sweeps those that are older than an hour, and counts them among the entries that
 * the log lacks.
 */

/** How many are described one by one: the latest ones. */
const MOST_DESCRIBED = 3;

/**
 * Everything that the sent log lacks, as far as it is known, a sentence each. `unreadable`: how many of its lines can't
 * be understood, for whoever has read it.
 */
export function describeGaps(host: Host, home: Home, unreadable = 0): string[] {
  return [
    ...describeLogFaults(host, home),
    ...describeUnreadable(unreadable),
    ...describeLostRequests(host, home),
  ];
}

/** What to tell people of such requests, a sentence each. */
export function describeLostRequests(host: Host, home: Home): string[] {
  const lost = ended(host, home, listRequests(host, home)).filter(({ missing }) => missing > 0)
    .map(({ request }) => request);
  const now = host.now();
  const described = lost.slice(-MOST_DESCRIBED).map(({ begunAt, reports, messageId }) => {
    const what = reports === 1 ? `1 report (${messageId})` : `${reports} reports (the first is ${messageId})`;
    return `the request of ${clockTime(begunAt, now)} with ${what} was under way when its process ended: ` +
      "whether it arrived isn't known";
  });
  const others = lost.slice(0, -MOST_DESCRIBED);
  if (others.length === 0) return described;
  const sum = others.reduce((count, { reports }) => count + reports, 0);
  return [
    ...described,
    `so were ${countInWords(others.length, "earlier request")} with ${countInWords(sum, "report")}`,
  ];
}

/**
 * Removes the notes of requests that can't arrive any more, and counts those that the log lacks. For the holder of the
 * delivery lock.
 */
export function sweepRequests(host: Host, home: Home): void {
  const old = listOldRequests(host, home);
  for (const { request, missing } of ended(host, home, old)) {
    noteUnlogged(host, home, missing);
    removeQuietly(host, request.path);
  }
}

/** Those of the requests that no process is at work on, with how many of their reports the log doesn't have. */
function ended(
  host: Host,
  home: Home,
  requests: readonly OpenRequest[],
): readonly { readonly request: OpenRequest; readonly missing: number }[] {
  const ended = requests.filter((request) => !isUnderWay(host, request));
  if (ended.length === 0) return [];
  // Read after that: a process that is at work writes its entries first.
  const logged = new Set<unknown>(readSentLog(host, home).map(({ report }) => report.messageId));
  return ended.map((request) => {
    if (request.isLogged) return { request, missing: 0 };
    const ids = readMessageIds(host, request);
    const written = ids.filter((id) => logged.has(id)).length;
    // A full disk may have taken the first messageId alone.
    return { request, missing: written === ids.length ? 0 : request.reports - written };
  });
}
