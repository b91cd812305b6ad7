import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { isThere } from "../host/or_else.ts";
import { type Cleared, clearQueue } from "../sender/disk_queue/files.ts";
import { listOpenRequests, type OpenRequest } from "../sender/open_requests.ts";
import { afterRequests } from "../sender/sending_lock.ts";
import { clockTime } from "../terminal/clock_time.ts";

/** For those who clear nothing. */
export const NOTHING: Cleared = { deleted: 0, left: 0 };

/**
 * Waits for requests that are under way, five seconds at most, and clears the queue again unless told otherwise. Says
 * which may still arrive. Returns what came of clearing.
 */
export async function endRequests(
  host: Host,
  home: Home,
  clear: (host: Host, home: Home) => Cleared = clearQueue,
): Promise<Cleared> {
  let cleared: Cleared = NOTHING;
  // Where nothing was ever kept, nothing is under way.
  if (isThere(host, home.telemetryDirectory) === false) return cleared;
  let open: readonly OpenRequest[] = [];
  const isCertain = await afterRequests(host, home, () => {
    // Again: another process may have recorded something before it could read the no.
    cleared = clear(host, home);
    open = listOpenRequests(host, home);
  });
  if (open.length > 0) host.problem(describeOpen(open, host.now()));
  else if (!isCertain) {
    host.problem("Whether a request is under way can't be told: one that had begun may still arrive");
  }
  return cleared;
}

/** Which requests may still arrive. */
function describeOpen(open: readonly OpenRequest[], now: Date): string {
  const reports = open.reduce((sum, request) => sum + request.reports, 0);
  const begunAt = open.at(-1)?.begunAt ?? now;
  const what = reports === 1 ? "1 report" : `${reports} reports`;
  return open.length === 1
    ? `The request of ${clockTime(begunAt, now)} with ${what} has no answer: it may still arrive`
    : `${open.length} requests with ${what}, the last of ${
      clockTime(begunAt, now)
    }, have no answer: they may still arrive`;
}
