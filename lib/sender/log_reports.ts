import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { noteUnlogged } from "./log_faults.ts";
import { keyOf, type LeftReport, readSentLog, type ToldOfRequest, writeSentLog } from "./sent_log.ts";

/** What the sent log is told of a request, for the machine's owner. Nothing here throws for what the disk does. */

/** The reason of a report that was sent, or may have been, and of which nothing was heard. */
export const NO_ANSWER = "no answer";

/** Writes reports that the server took, or refused for a reason. */
export function logDone(
  host: Host,
  home: Home,
  reports: readonly LeftReport[],
  { outcome, reason, endpoint }: Omit<ToldOfRequest, "sentAt">,
): void {
  log(host, home, reports, { sentAt: host.now().toISOString(), outcome, reason, endpoint });
}

/**
 * Writes reports that went out, or may have, and that no answer took or refused for good. Those that the log has
 * already under the same machine id are left out: an outage must not fill it.
 */
export function logAttempted(
  host: Host,
  home: Home,
  reports: readonly LeftReport[],
  { endpoint, reason = NO_ANSWER }: { readonly endpoint: string; readonly reason?: string },
): void {
  if (reports.length === 0) return;
  const logged = new Set(readSentLog(host, home).map(({ report }) => keyOf(report)));
  const added = reports.filter(({ report: { messageId, maker } }) =>
    !logged.has(keyOf({ messageId, userId: maker.machineId }))
  );
  if (added.length > 0) logDone(host, home, added, { outcome: "attempted", reason, endpoint });
}

function log(host: Host, home: Home, reports: readonly LeftReport[], told: ToldOfRequest): void {
  try {
    writeSentLog(host, home, told, reports);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    // A disk that fills up may have taken some of them.
    const entries = readSentLog(host, home).filter(({ sentAt }) => sentAt === told.sentAt);
    const written = new Set(entries.map(({ report }) => report.messageId));
    noteUnlogged(host, home, reports.filter(({ report }) => !written.has(report.messageId)).length);
  }
}
