import { type Fate, fateOf } from "../consent/permission.ts";
import type { Consent } from "../consent/consent.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Permit } from "../consent/permit.ts";
import { FileFault, type Host, isFull } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { type QueuedReport, readQueued } from "./disk_queue/content.ts";
import { enqueue, type Enqueued } from "./disk_queue/enqueue.ts";
import {
  type DroppedBy,
  listQueue,
  messageIdOf,
  namedIn,
  noteDropped,
  queuedAt,
  type QueuedFile,
} from "./disk_queue/files.ts";
import type { Route } from "./route.ts";

/** What became of reports that were to be kept on disk. */
export interface KeptReports {
  /** The files of those that are kept. */
  readonly files: readonly QueuedFile[];
  /** The messageIds of what was dropped, of these and of others, because too many waited. */
  readonly dropped: readonly string[];
  /** What became of those that aren't kept. Undefined where all are. */
  readonly lost: "withdrawn" | "surplus" | "unkept" | undefined;
  /** Those for which the disk has no room, and might have some later. */
  readonly unkept: readonly QueuedReport[];
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
  if (home === undefined) return { files: [], dropped: [], lost: "unkept", unkept: [] };
  const permit = route.permit();
  const wanted = reports.filter((queued) => {
    const reason = reasonToDrop(queued, permit);
    if (reason !== undefined) noteDropped(host, home, 1, reason);
    return reason === undefined;
  });
  if (wanted.length === 0) return { files: [], dropped: [], lost: "withdrawn", unkept: [] };
  const mayKeep = () => {
    const now = route.permit();
    return wanted.every((queued) => reasonToDrop(queued, now) === undefined);
  };
  const options = {
    mayKeep,
    syncUntil,
    hopeless: (file: QueuedFile) => reasonInFile(host, file, permit),
    isHeld: ({ report, label }: QueuedReport) =>
      permit.kind === "on" && fateNow(report.kind, label, permit.consent).kind === "waits",
  };
  let stored: Enqueued;
  try {
    stored = enqueue(host, home, wanted, options);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return { files: [], dropped: [], lost: "unkept", unkept: isFull(error) ? wanted : [] };
  }
  if (stored.withdrawn) return { files: [], dropped: stored.dropped, lost: "withdrawn", unkept: [] };
  const { files, dropped, surplus } = stored;
  const lost = files.length === reports.length ? undefined : surplus > 0 ? "surplus" : "unkept";
  const kept = new Set(files.map(messageIdOf));
  const unkept = lost === "unkept" ? wanted.filter(({ report }) => !kept.has(report.messageId)) : [];
  return { files, dropped, lost, unkept };
}

/** How many reports wait that may not leave yet, as far as their files' names tell. */
export function countHeld(host: Host, consent: Consent): number {
  const { home } = consent;
  if (home === undefined || !consent.enabled) return 0;
  const waiting = orElse(() => listQueue(host, home), []);
  return waiting.filter((file) => waitsByName(file, { kind: "on", consent })).length;
}

/** Whether a report may not leave yet, as far as its file's name tells, so that the file need not be opened. */
export function waitsByName(file: QueuedFile, permit: Permit & { kind: "on" }): boolean {
  return fateByName(file, permit).kind === "waits";
}

/**
 * Why a waiting report never leaves; undefined where it may. Only the report itself tells, of which its file's name
 * knows less: it may have been recorded before the moment in it, or by a newer version. A file whose name gives no
 * reason isn't opened.
 */
function reasonInFile(host: Host, file: QueuedFile, permit: Permit): DroppedBy | undefined {
  if (permit.kind !== "on" || fateByName(file, permit).kind !== "dropped") return undefined;
  const queued = readQueued(host, file);
  return queued === undefined ? undefined : reasonToDrop(queued, permit);
}

function fateByName(file: QueuedFile, { consent: { standing } }: Permit & { kind: "on" }): Fate {
  const { permission } = namedIn(file);
  return fateOf({ epoch: standing.record.epoch, permission, notice: 0, at: queuedAt(file) }, standing);
}

/** Where nobody can tell just now, a report is kept. */
function reasonToDrop({ report, label }: QueuedReport, permit: Permit): DroppedBy | undefined {
  if (permit.kind === "off") return "withdrawn";
  if (permit.kind === "unclear") return undefined;
  const fate = fateNow(report.kind, label, permit.consent);
  return fate.kind === "dropped" ? fate.reason : undefined;
}
