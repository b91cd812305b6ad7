import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { fateNow } from "../consent/outlook.ts";
import type { Permit } from "../consent/permit.ts";
import type { DropReason } from "../consent/permission.ts";
import { withInstallation, type WrittenReport } from "../report/written_report.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { logAttempted, logDone, NO_ANSWER } from "./log_reports.ts";
import { noteRequest } from "./open_requests.ts";
import type { Route } from "./route.ts";
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

/** The report as it may leave right now, why it never may, or `"waits"` where it may not yet. */
export function admit(
  queued: QueuedReport,
  { consent }: Permit & { kind: "on" },
  { maker }: Pick<Route, "maker">,
): Outgoing | DropReason | "waits" {
  const { report, label } = queued;
  const fate = fateNow(report.kind, label, consent);
  if (fate.kind === "dropped") return fate.reason;
  const machineId = maker.machineId ?? consent.standing.record.machineId;
  if (fate.kind === "waits" || machineId === null) return "waits";
  return { queued, report: withInstallation(report, { ...maker, machineId }) };
}

/** How much of a batch a report takes, in bytes, with what stands round it. */
export function sizeInBatch({ bytes }: WrittenReport): number {
  return bytes + 32;
}

/**
 * What came of an attempt. Besides the verdict: `"forbidden"` where the request was not made, because consent changed;
 * `"out of time"` where the caller's own deadline ended it before the server's time was up; `"abandoned"` where the
 * caller has ended meanwhile and settled the reports otherwise; `"unlocked"` where the lock that says that a request is
 * under way can't be had.
 */
export type Attempted = Verdict | "forbidden" | "out of time" | "abandoned" | "unlocked";

/** What an attempt is made with. */
export interface AttemptOptions {
  /** How long the caller can wait, in milliseconds. */
  readonly leftMs: number;
  /** Where it is noted what the answer says of the server. */
  readonly notes: ServerNotes;
  /** Where it is said that a request is under way: the route's home, unless given; undefined where it can't be. */
  readonly lockIn?: Home | undefined;
  /** Whether the caller still wants the answer; always, unless given. */
  readonly isWanted?: () => boolean;
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
  const { leftMs, lockIn = route.home } = options;
  const since = host.elapsed();
  const lock = lockIn === undefined ? undefined : await takeSendingLock(host, lockIn, leftMs);
  if (lock === "none") return "unlocked";
  try {
    return await attemptLocked(host, route, batch, { ...options, leftMs: leftMs - (host.elapsed() - since) });
  } finally {
    // Whoever waits for it learns that not a byte of the request will follow.
    lock?.release();
  }
}

async function attemptLocked(
  host: Host,
  route: Route,
  batch: readonly Outgoing[],
  { leftMs, notes, lockIn = route.home, isWanted = () => true }: AttemptOptions,
): Promise<Attempted> {
  const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, Math.max(1, leftMs));
  const reports = batch.map(({ report }) => report);
  let forgetRequest = () => {};
  const isPermitted = () => {
    if (!isWanted()) return false;
    if (lockIn !== undefined) forgetRequest = noteRequest(host, lockIn, reports);
    return areAdmitted(batch, route);
  };
  const answer = await send(host, route.destination, reports, timeoutMs, isPermitted);
  // Nothing follows an answer, or the end of a connection. When time is up, the system may still have bytes to send.
  if (answer.kind === "answered" || answer.reason !== "timeout") forgetRequest();
  if (!isWanted()) return "abandoned";
  if (answer.kind === "unanswered") {
    if (answer.reason === "forbidden") return "forbidden";
    if (answer.reason === "timeout" && timeoutMs < REQUEST_TIMEOUT_MS) {
      notes.noteShortDeadline();
      logAnswer(host, route, reports, "retry", answer);
      return "out of time";
    }
  }
  const verdict = classify(answer, reports.length);
  if (verdict !== "halve") notes.note({ answer, verdict, reports: reports.length });
  logAnswer(host, route, reports, verdict, answer);
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
  { home }: Route,
  reports: readonly WrittenReport[],
  verdict: Verdict,
  answer: Answer,
): void {
  if (home === undefined || (answer.kind === "unanswered" && !answer.bodySent)) return;
  if (verdict === "delivered") logDone(host, home, reports, { outcome: verdict, reason: null });
  else if (verdict === "rejected") logDone(host, home, reports, { outcome: verdict, reason: reasonOf(answer) });
  else logAttempted(host, home, reports, reasonOf(answer));
}

function reasonOf(answer: Answer): string {
  if (answer.kind === "unanswered") return NO_ANSWER;
  if (answer.status !== 200) return `HTTP ${answer.status}`;
  return answer.accepted === undefined ? "the answer wasn't the server's" : "the server did not accept it";
}
