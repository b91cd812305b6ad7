import { type Fate, fateOf } from "../consent/permission.ts";
import type { Consent } from "../consent/consent.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Permit } from "../consent/permit.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { enqueue } from "./disk_queue/enqueue.ts";
import { type DroppedBy, listQueue, namedIn, noteDropped, queuedAt, type QueuedFile } from "./disk_queue/files.ts";
import type { Route } from "./route.ts";

/** What became of reports that were to be kept on disk. */
export interface KeptReports {
  /** The files of those that are kept. */
  readonly files: readonly QueuedFile[];
  /** The messageIds of what was dropped, of these and of others, because too many waited. */
  readonly dropped: readonly string[];
  /** What became of those that aren't kept. Undefined where all are. */
  readonly lost: "withdrawn" | "surplus" | "unkept" | undefined;
}

/**
 * Keeps reports on disk, less those that never may leave, which are counted. Takes them back where telemetry was
 * switched off meanwhile. Throws nothing for what the disk does.
 */
export function keepReports(
  host: Host,
  route: Route,
  reports: readonly QueuedReport[],
  syncUntil = Infinity,
): KeptReports {
  const { home } = route;
  if (home === undefined) return { files: [], dropped: [], lost: "unkept" };
  const permit = route.permit();
  const wanted = reports.filter((queued) => {
    const reason = reasonToDrop(queued, permit);
    if (reason !== undefined) noteDropped(host, home, 1, reason);
    return reason === undefined;
  });
  if (wanted.length === 0) return { files: [], dropped: [], lost: "withdrawn" };
  const mayKeep = () => {
    const now = route.permit();
    return wanted.every((queued) => reasonToDrop(queued, now) === undefined);
  };
  const options = {
    mayKeep,
    syncUntil,
    hopeless: (file: QueuedFile) => permit.kind === "on" ? reasonByName(file, permit) : undefined,
    isHeld: ({ report, label }: QueuedReport) =>
      permit.kind === "on" && fateNow(report.kind, label, permit.consent).kind === "waits",
  };
  const stored = orElse(() => enqueue(host, home, wanted, options), undefined);
  if (stored === undefined) return { files: [], dropped: [], lost: "unkept" };
  if (stored.withdrawn) {
    noteDropped(host, home, wanted.length, "withdrawn");
    return { files: [], dropped: stored.dropped, lost: "withdrawn" };
  }
  const { files, dropped, surplus } = stored;
  const lost = files.length === reports.length ? undefined : surplus > 0 ? "surplus" : "unkept";
  return { files, dropped, lost };
}

/** How many reports wait that may not leave yet, as far as their files' names tell. */
export function countHeld(host: Host, consent: Consent): number {
  const { home } = consent;
  if (home === undefined || !consent.enabled) return 0;
  const waiting = orElse(() => listQueue(host, home), []);
  return waiting.filter((file) => fateByName(file, { kind: "on", consent }).kind === "waits").length;
}

/** What becomes of a report at best, by what its file's name says. Whether it may leave is told by its content. */
export function fateByName(file: QueuedFile, { consent: { standing } }: Permit & { kind: "on" }): Fate {
  const { permission } = namedIn(file);
  return fateOf({ epoch: standing.record.epoch, permission, notice: 0, at: queuedAt(file) }, standing);
}

function reasonByName(file: QueuedFile, permit: Permit & { kind: "on" }): DroppedBy | undefined {
  const fate = fateByName(file, permit);
  return fate.kind === "dropped" ? fate.reason : undefined;
}

/** Where nobody can tell just now, a report is kept. */
function reasonToDrop({ report, label }: QueuedReport, permit: Permit): DroppedBy | undefined {
  if (permit.kind === "off") return "withdrawn";
  if (permit.kind === "unclear") return undefined;
  const fate = fateNow(report.kind, label, permit.consent);
  return fate.kind === "dropped" ? fate.reason : undefined;
}
