import { join } from "@std/path";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { type Report, withMachineId } from "../report/report.ts";
import { type DeliveryState, FIRST_STATE, readDeliveryState, writeDeliveryState } from "./delivery_state.ts";
import {
  dropQueued,
  listQueue,
  type QueuedFile,
  readQueued,
  removeQueued,
  sweepLeftovers,
  trimQueue,
} from "./queue.ts";
import { type Answer, backOff, classify, type Verdict } from "./retry.ts";
import { writeSentLog } from "./sent_log.ts";
import { type Destination, send } from "./transport.ts";

/** The most of one batch. Source: the HTTP tracking API takes 2,500 events and 500 KB; far below, one failure costs little. */
const MAX_BATCH_REPORTS = 100;
const MAX_BATCH_BYTES = 450 * 1024;
/** Longest wait for the server, in milliseconds. The caller may be waiting for this process. */
export const REQUEST_TIMEOUT_MS = 5_000;
/** A wait that is stored may be longer than any this program stores: then the clock was set back, and it means nothing. */
const MAX_WAIT_MS = 300_000;

/** What a delivery is allowed and asked to do. */
export interface DeliveryOrder {
  readonly home: Home;
  readonly destination: Destination;
  /** Asked before each request; undefined: nothing may leave any more. */
  readonly permit: () => DeliveryPermit | undefined;
  /** When to stop, by `host.elapsed()`. */
  readonly until: number;
  /** Whether our own back-off counts. The server's always does. */
  readonly patient: boolean;
  /** Told after each batch how many reports have gone and how many are left. */
  readonly progress?: (gone: number, left: number) => void;
}

/** Under what reports may leave. */
export interface DeliveryPermit {
  accepts(kind: "event" | "traits", choice: string | null): boolean;
  readonly machineId: string | undefined;
}

/** What a delivery did. */
export interface Delivery {
  /** The messageIds that the server took, and those it refused for good. */
  readonly delivered: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
  /** Why it ended: nothing was left, somebody else is at it, it is too early, the server couldn't, time was up, or it was forbidden. */
  readonly ended: "empty" | "busy" | "early" | "failed" | "timeout" | "forbidden";
}

interface Parcel {
  readonly file: QueuedFile;
  readonly report: Report;
}

/**
 * Delivers what waits, oldest first, if no other process is at it. A report is removed only once the server has answered for
 * it: a crash between the two sends it again, which the server drops by its messageId. Throws nothing for what disk and network do.
 */
export async function deliver(host: Host, order: DeliveryOrder): Promise<Delivery> {
  const done = { delivered: new Set<string>(), rejected: new Set<string>() };
  let lock: FileLock | undefined;
  try {
    lock = host.files.lock(join(order.home.telemetryDirectory, "delivery.lock"));
    if (lock === undefined) return { ...done, ended: "busy" };
    return { ...done, ended: await deliverAll(host, order, done) };
  } catch (error) {
    // A lock that can't be asked for, a folder that can't be listed, a report that can't be removed: queue only.
    if (error instanceof FileFault) return { ...done, ended: "failed" };
    throw error;
  } finally {
    lock?.release();
  }
}

/** Makes one attempt to send a report that couldn't be kept. */
export async function deliverDirectly(
  host: Host,
  destination: Destination,
  report: Report,
  timeoutMs: number,
): Promise<Verdict> {
  const verdict = classify(await send(host, destination, [report], timeoutMs));
  return verdict === "halve" ? "rejected" : verdict;
}

async function deliverAll(
  host: Host,
  order: DeliveryOrder,
  done: { delivered: Set<string>; rejected: Set<string> },
): Promise<Delivery["ended"]> {
  const { home } = order;
  let state = readDeliveryState(host, home);
  if (isEarly(host, state, order)) return "early";
  sweepLeftovers(host, home);
  let size = MAX_BATCH_REPORTS;
  let changeable = false;
  let waiting = trimQueue(host, home, listQueue(host, home));
  if (state.stuck.length > 0) {
    const answered = waiting.filter(({ name }) => state.stuck.includes(name));
    state = { ...state, stuck: removeQueued(host, home, answered).map(({ name }) => name) };
    waiting = waiting.filter((file) => !answered.includes(file));
  }
  let listed = done.delivered.size + done.rejected.size;
  for (;;) {
    const permit = order.permit();
    if (permit === undefined) return "forbidden";
    const { batch, rest } = collectBatch(host, home, waiting, permit, size);
    const gone = done.delivered.size + done.rejected.size;
    if (batch.length === 0) {
      if (gone === listed) return "empty";
      // Others may have queued something meanwhile.
      waiting = listQueue(host, home).filter(({ name }) => !state.stuck.includes(name));
      listed = gone;
      continue;
    }
    const left = order.until - host.elapsed();
    if (left <= 0) return "timeout";
    if (!changeable) requireChangeable(host, home);
    changeable = true;
    const reports = batch.map(({ report }) => report);
    const answer = await send(host, order.destination, reports, Math.min(REQUEST_TIMEOUT_MS, left));
    if (answer.kind === "unanswered" && answer.reason === "timeout" && left < REQUEST_TIMEOUT_MS) {
      writeDeliveryState(host, home, { ...state, hurried: nextWait(host, state.hurried.failures) });
      return "timeout";
    }
    const verdict = classify(answer);
    if (verdict === "halve" && batch.length > 1) {
      // For the rest of this delivery: what comes next is likely as large.
      size = Math.ceil(batch.length / 2);
      continue;
    }
    state = nextState(host, state, answer, verdict, batch.length);
    writeDeliveryState(host, home, state);
    if (verdict === "retry") return "failed";
    for (const { messageId } of reports) (verdict === "delivered" ? done.delivered : done.rejected).add(messageId);
    const stuck = settle(host, home, batch, verdict, answer);
    if (stuck.length > 0) {
      state = { ...state, stuck: [...state.stuck, ...stuck.map(({ name }) => name)] };
      writeDeliveryState(host, home, state);
    }
    waiting = rest;
    order.progress?.(gone + batch.length, rest.length);
  }
}

/** Throws `FileFault` where nothing can be removed from the folder: what is sent from there would be sent again each time. */
function requireChangeable(host: Host, home: Home): void {
  const probe = join(home.telemetryDirectory, `${host.uuid()}.tmp`);
  try {
    host.files.makeDirectory(probe);
    host.files.remove(probe);
  } catch (error) {
    // A full disk lets nothing be made, but everything be removed.
    if (!(error instanceof FileFault) || !["ENOSPC", "EDQUOT"].includes(error.code)) throw error;
  }
}

function isEarly(host: Host, state: DeliveryState, order: DeliveryOrder): boolean {
  const now = host.now().getTime();
  const hurried = order.until - host.elapsed() < REQUEST_TIMEOUT_MS;
  const own = [state.notBefore, hurried ? state.hurried.notBefore : 0];
  const moments = [state.serverNotBefore, ...(order.patient ? own : [])];
  return moments.some((moment) => moment > now && moment - now <= MAX_WAIT_MS);
}

/** The oldest reports that fit one batch, and what comes behind them. Those whose choice no longer stands are dropped on the way. */
function collectBatch(
  host: Host,
  home: Home,
  waiting: readonly QueuedFile[],
  permit: DeliveryPermit,
  size: number,
): { batch: Parcel[]; rest: readonly QueuedFile[] } {
  const batch: Parcel[] = [];
  const withdrawn: QueuedFile[] = [];
  let bytes = 0;
  let taken = 0;
  for (const file of waiting) {
    if (batch.length === size) break;
    taken++;
    const queued = readQueued(host, file);
    if (queued === undefined || queued === "gone") continue;
    if (!permit.accepts("event" in queued.report ? "event" : "traits", queued.choice)) {
      withdrawn.push(file);
      continue;
    }
    // A report from before there was a machine id waits until there is one.
    if (queued.report.userId === null && permit.machineId === undefined) continue;
    const report = permit.machineId === undefined ? queued.report : withMachineId(queued.report, permit.machineId);
    const length = new TextEncoder().encode(JSON.stringify(report)).length + 32;
    if (batch.length > 0 && bytes + length > MAX_BATCH_BYTES) {
      taken--;
      break;
    }
    bytes += length;
    batch.push({ file, report });
  }
  dropQueued(host, home, withdrawn);
  return { batch, rest: waiting.slice(taken) };
}

function nextState(host: Host, state: DeliveryState, answer: Answer, verdict: Verdict, reports: number): DeliveryState {
  const status = answer.kind === "answered" ? answer.status : null;
  const at = host.now().toISOString();
  if (verdict !== "retry") {
    const outcome = verdict === "delivered" ? "delivered" : "rejected";
    const { stuck } = state;
    return { ...FIRST_STATE, stuck, last: { at, outcome, reports, status } };
  }
  const asked = answer.kind === "answered" ? answer.retryAfterMs : undefined;
  return {
    ...state,
    ...nextWait(host, state.failures, asked),
    serverNotBefore: asked === undefined ? 0 : host.now().getTime() + asked,
    last: { at, outcome: "failed", reports, status },
  };
}

/** One more failure, and until when it keeps others from trying. */
function nextWait(host: Host, before: number, asked?: number): { notBefore: number; failures: number } {
  const failures = before + 1;
  return { notBefore: host.now().getTime() + backOff(failures, host.random(), asked), failures };
}

/** Writes down what became of a batch, then removes it, and gives what can't be removed. */
function settle(
  host: Host,
  home: Home,
  batch: readonly Parcel[],
  verdict: Verdict,
  answer: Answer,
): readonly QueuedFile[] {
  const sentAt = host.now().toISOString();
  const outcome = verdict === "delivered" ? "delivered" : "rejected";
  const reason = outcome === "delivered" ? null : reasonOf(answer);
  try {
    writeSentLog(host, home, batch.map(({ report }) => ({ sentAt, outcome, reason, report })));
  } catch (error) {
    // A full disk costs the log an entry, not the server a repeat.
    if (!(error instanceof FileFault)) throw error;
  }
  return removeQueued(host, home, batch.map(({ file }) => file));
}

function reasonOf(answer: Answer): string {
  if (answer.kind === "unanswered") return answer.reason;
  return answer.status === 200 ? "the server did not accept it" : `HTTP ${answer.status}`;
}
