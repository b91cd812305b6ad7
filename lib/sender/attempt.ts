import { isByEnvironment } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";
import { isWritable } from "../host/probe.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Permit } from "../consent/permit.ts";
import type { DropReason } from "../consent/permission.ts";
import { withInstallation, type WrittenReport } from "../report/written_report.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { logAttempted, logDone, NO_ANSWER } from "./log_reports.ts";
import { noteRequest, type RequestNote } from "./open_requests.ts";
import type { Route } from "./route.ts";
import type { LeftReport } from "./sent_log.ts";
import type { ServerNotes } from "./server_notes.ts";
import { type Answer, classify, type Verdict } from "./verdicts.ts";
import { takeSendingLock } from "./sending_lock.ts";
import { send } from "./wire.ts";

/** One request and its verdict: what the queue in memory and the queue on disk both do with a batch. */

/**
 * The most of one batch. Source: the HTTP tracking API takes 2,500 events and 500 KB. Why fewer:
 * docs/contributing/decisions/03-batches-of-500.md.
 */
export const BATCH_LIMITS = { reports: 500, bytes: 450 * 1024 } as const;
/** Longest wait for the server, in milliseconds. The caller may be waiting for this process. */
export const REQUEST_TIMEOUT_MS = 5_000;

/** A report on its way out. */
export interface Outgoing {
  /** As it was recorded. */
  readonly queued: QueuedReport;
  /** As it leaves. */
  readonly report: WrittenReport;
}

/** What the log says of it. */
export function leftOf({ queued, report }: Outgoing): LeftReport {
  return { report, permission: queued.label.permission };
}

/** A report as it may leave right now, why it never may, or `"waits"` where it may not yet. */
export type Admitted = Outgoing | DropReason | "waits";

/** Says of a report whether it may leave right now. */
export function admit(queued: QueuedReport, permit: Permit & { kind: "on" }, route: Pick<Route, "maker">): Admitted {
  return admitter(permit, route)(queued);
}

/** Says of each of many reports whether it may leave right now. */
export function admitter(
  { consent }: Permit & { kind: "on" },
  { maker }: Pick<Route, "maker">,
): (queued: QueuedReport) => Admitted {
  const machineId = maker.machineId ?? consent.standing.record.machineId;
  const installation = machineId === null ? undefined : { ...maker, machineId };
  return (queued) => {
    const { report, label } = queued;
    const fate = fateNow(report.kind, label, consent);
    if (fate.kind === "dropped") return fate.reason;
    if (fate.kind === "waits" || installation === undefined) return "waits";
    return { queued, report: withInstallation(report, installation) };
  };
}

/** How much of a batch a report takes, in bytes, with what stands round it. */
export function sizeInBatch({ bytes }: WrittenReport): number {
  return bytes + 32;
}

/**
 * What came of an attempt. Besides the verdict: `"forbidden"` where the request was not made, because consent changed
 * or it has become too early; `"out of time"` where the caller's own deadline ended it before the server's time was up;
 * `"abandoned"` where the caller has ended meanwhile and settled the reports otherwise; `"unlocked"` where nothing can
 * say that a request is under way: its lock can't be had, or no note be made.
 */
export type Attempted = Verdict | "forbidden" | "out of time" | "abandoned" | "unlocked";

/** What an attempt is made with. */
export interface AttemptOptions {
  /** How long the caller can wait, in milliseconds. */
  readonly leftMs: number;
  /** Where it is noted what the answer says of the server. */
  readonly notes: ServerNotes;
  /** Whether it has become too early for a request meanwhile, asked at the last moment; never, unless given. */
  readonly isEarly?: (() => boolean) | undefined;
  /** Whether the caller still wants the answer; always, unless given. */
  readonly isWanted?: (() => boolean) | undefined;
  /** Told what the request carries once it is handed over, and nothing once it is over. */
  readonly onWire?: ((batch: readonly Outgoing[]) => void) | undefined;
  /** Told once another request would not overtake this one on its way out of the program. */
  readonly onHandedOver?: (() => void) | undefined;
}

/**
 * Makes one request for a batch, notes what the answer says of the server, and writes what went out into the sent log.
 * Consent is asked at the last moment. Throws nothing for what disk and network do.
 */
export async function attempt(
  host: Host,
  route: Route,
  batch: readonly Outgoing[],
  options: AttemptOptions,
): Promise<Attempted> {
  const { leftMs } = options;
  const since = host.elapsed();
  const lock = route.home === undefined ? "none" : await takeSendingLock(host, route.home, leftMs);
  if (lock === "busy" || (lock === "none" && !mayGoUnseen(host, route))) return "unlocked";
  try {
    return await attemptLocked(host, route, batch, { ...options, leftMs: leftMs - (host.elapsed() - since) });
  } finally {
    // Whoever waits for it learns that not a byte of the request will follow.
    if (lock !== "none") lock.release();
  }
}

/** Where nothing can be kept there is neither lock nor note. The environment lets a request be made all the same. */
function mayGoUnseen(host: Host, { home, permit }: Route): boolean {
  if (home !== undefined && isWritable(host, home.telemetryDirectory)) return false;
  const now = permit();
  return now.kind === "on" && isByEnvironment(now.consent);
}

async function attemptLocked(
  host: Host,
  route: Route,
  batch: readonly Outgoing[],
  { leftMs, notes, isEarly = () => false, isWanted = () => true, onWire = () => {}, onHandedOver }: AttemptOptions,
): Promise<Attempted> {
  const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, Math.max(1, leftMs));
  const reports = batch.map(({ report }) => report);
  const begunAt = host.elapsed();
  let note: RequestNote | undefined;
  let isUnseen = false;
  const isPermitted = () => {
    if (!isWanted() || isEarly()) return false;
    note = route.home && noteRequest(host, route.home, reports);
    isUnseen = note === undefined && !mayGoUnseen(host, route);
    // Comes last: nobody's no may be older than this by more than a moment.
    if (isUnseen || !areAdmitted(batch, route)) return false;
    onWire(batch);
    return true;
  };
  const answer = await send(host, route.destination, reports, { timeoutMs, isPermitted, onHandedOver });
  if (isUnseen) return "unlocked";
  onWire([]);
  const attempted = isWanted() ? settle(host, route, batch, answer, { notes, timeoutMs, begunAt }) : "abandoned";
  // Comes after the log's entry: a process that dies in between leaves the one or the other.
  // Nothing follows an answer, or the end of a connection. When time is up, the system may still have bytes to send.
  if (answer.kind === "answered" || answer.reason !== "timeout") note?.forget();
  else note?.leave();
  return attempted;
}

/** Notes and logs what came of a request. */
function settle(
  host: Host,
  route: Route,
  batch: readonly Outgoing[],
  answer: Answer,
  { notes, timeoutMs, begunAt }: Pick<AttemptOptions, "notes"> & Readonly<Record<"timeoutMs" | "begunAt", number>>,
): Attempted {
  if (answer.kind === "unanswered") {
    if (answer.reason === "forbidden") return "forbidden";
    if (answer.reason === "timeout" && timeoutMs < REQUEST_TIMEOUT_MS) {
      notes.noteShortDeadline();
      logAnswer(host, route, batch, "retry", answer);
      return "out of time";
    }
  }
  const verdict = classify(answer, batch.length);
  if (verdict !== "halve") notes.note({ answer, verdict, reports: batch.length, begunAt });
  logAnswer(host, route, batch, verdict, answer);
  return verdict;
}

/** Whether all of them may leave right now. */
function areAdmitted(batch: readonly Outgoing[], route: Route): boolean {
  const permit = route.permit();
  return permit.kind === "on" &&
    batch.every(({ queued: { report, label } }) => fateNow(report.kind, label, permit.consent).kind === "leaves");
}

/** Writes reports that went out, or may have, into the sent log. */
function logAnswer(
  host: Host,
  { home, destination: { endpoint } }: Route,
  batch: readonly Outgoing[],
  verdict: Verdict,
  answer: Answer,
): void {
  if (home === undefined || (answer.kind === "unanswered" && !answer.bodySent)) return;
  const left = batch.map(leftOf);
  const reason = reasonOf(answer);
  if (verdict === "delivered") logDone(host, home, left, { outcome: verdict, reason: null, endpoint });
  else if (verdict === "rejected") logDone(host, home, left, { outcome: verdict, reason, endpoint });
  else logAttempted(host, home, left, { endpoint, reason });
}

function reasonOf(answer: Answer): string {
  if (answer.kind === "unanswered") return NO_ANSWER;
  if (answer.status !== 200) return `HTTP ${answer.status}`;
  return answer.accepted === undefined ? "the answer wasn't the server's" : "the server did not accept it";
}
