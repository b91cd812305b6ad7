import { join } from "@std/path";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import type { WrittenReport } from "../report/written_report.ts";
import {
  admit,
  areAdmitted,
  BATCH_LIMITS,
  type DeliveryPermit,
  logAnswered,
  REQUEST_TIMEOUT_MS,
  sizeInBatch,
} from "./batch.ts";
import type { Destination } from "./route.ts";
import { isEarly, nextHurriedState, nextState, readDeliveryState, writeDeliveryState } from "./server_state.ts";
import {
  dropQueued,
  listQueue,
  type QueuedFile,
  type QueuedReport,
  readQueued,
  removeQueued,
  sweepLeftovers,
  trimQueue,
} from "./disk_queue/files.ts";
import { classify, type Verdict } from "./verdicts.ts";
import { sizeOf } from "../host/size_of.ts";
import { send } from "./wire.ts";

/** What a delivery is allowed and asked to do. */
export interface DeliveryOrder {
  readonly home: Home;
  readonly destination: Destination;
  /** Asked before each request; undefined: nothing may leave any more. */
  readonly permit: () => DeliveryPermit | undefined;
  /** When to stop, by `host.elapsed()`. */
  readonly until: number;
  /** A report that the caller has queued just now: its file needn't be read, only be there still. */
  readonly own?: { readonly file: QueuedFile; readonly queued: QueuedReport };
  /** Whether our own back-off counts. The server's always does. */
  readonly patient: boolean;
  /** Told the messageIds of each batch that the server has answered for. */
  readonly answered?: (verdict: "delivered" | "rejected", messageIds: readonly string[]) => void;
  /** Told after each batch how many reports have gone and how many are left. */
  readonly progress?: (gone: number, left: number) => void;
}

/** What a delivery did. */
export interface Delivery {
  /** The messageIds that the server took, and those it refused for good. */
  readonly delivered: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
  /** Why it ended: nothing was left, somebody else is at it, it is too early, the server couldn't, the disk couldn't, time was up, or it was forbidden. */
  readonly ended: "empty" | "busy" | "early" | "failed" | "unwritable" | "timeout" | "forbidden";
}

interface Parcel {
  readonly file: QueuedFile;
  readonly queued: QueuedReport;
  /** The report as it leaves. */
  readonly report: WrittenReport;
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
    if (error instanceof FileFault) return { ...done, ended: "unwritable" };
    throw error;
  } finally {
    lock?.release();
  }
}

/** Makes one attempt to send a report that couldn't be kept. Only where the environment says on, which nothing takes back. */
export async function deliverDirectly(
  host: Host,
  destination: Destination,
  report: WrittenReport,
  timeoutMs: number,
): Promise<Verdict> {
  const verdict = classify(await send(host, destination, [report], timeoutMs, () => true));
  return verdict === "halve" ? "rejected" : verdict;
}

async function deliverAll(
  host: Host,
  order: DeliveryOrder,
  done: { delivered: Set<string>; rejected: Set<string> },
): Promise<Delivery["ended"]> {
  const { home } = order;
  let state = readDeliveryState(host, home);
  const hurried = order.until - host.elapsed() < REQUEST_TIMEOUT_MS;
  if (isEarly(state, host.now(), order.patient, hurried)) return "early";
  sweepLeftovers(host, home);
  let size: number = BATCH_LIMITS.reports;
  let changeable = false;
  let waiting = trimQueue(host, home, listQueue(host, home)).kept;
  if (state.stuck.length > 0) {
    const answered = waiting.filter(({ name }) => state.stuck.includes(name));
    state = { ...state, stuck: removeQueued(host, home, answered).map(({ name }) => name) };
    waiting = waiting.filter((file) => !answered.includes(file));
  }
  let listed = done.delivered.size + done.rejected.size;
  for (;;) {
    const permit = order.permit();
    if (permit === undefined) return "forbidden";
    const { batch, rest } = collectBatch(host, order, waiting, permit, size);
    const gone = done.delivered.size + done.rejected.size;
    if (batch.length === 0) {
      if (gone === listed) return "empty";
      // Others may have queued something meanwhile.
      waiting = listQueue(host, home).filter(({ name }) => !state.stuck.includes(name));
      listed = gone;
      continue;
    }
    const left = order.until - host.elapsed();
    // A request that is cut off half-way goes again: only the first may have less time than it needs.
    if (left <= 0 || (gone > 0 && left < REQUEST_TIMEOUT_MS)) return "timeout";
    if (!changeable) requireChangeable(host, home);
    changeable = true;
    const reports = batch.map(({ report }) => report);
    const isPermitted = () => areAdmitted(batch.map(({ queued }) => queued), order.permit());
    const answer = await send(host, order.destination, reports, Math.min(REQUEST_TIMEOUT_MS, left), isPermitted);
    if (answer.kind === "unanswered" && answer.reason === "forbidden") continue;
    if (answer.kind === "unanswered" && answer.reason === "timeout" && left < REQUEST_TIMEOUT_MS) {
      writeDeliveryState(host, home, nextHurriedState(state, host.now(), host.random()));
      return "timeout";
    }
    const verdict = classify(answer);
    if (verdict === "halve" && batch.length > 1) {
      // For the rest of this delivery: what comes next is likely as large.
      size = Math.ceil(batch.length / 2);
      continue;
    }
    state = nextState(state, host.now(), host.random(), answer, verdict, batch.length);
    writeDeliveryState(host, home, state);
    if (verdict === "retry") return "failed";
    const fate = verdict === "delivered" ? "delivered" : "rejected";
    for (const { messageId } of reports) done[fate].add(messageId);
    order.answered?.(fate, reports.map(({ messageId }) => messageId));
    logAnswered(host, home, reports, verdict, answer);
    const stuck = removeQueued(host, home, batch.map(({ file }) => file));
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

/** The oldest reports that fit one batch, and what comes behind them. Those whose choice no longer stands are dropped on the way. */
function collectBatch(
  host: Host,
  { home, own }: DeliveryOrder,
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
    const queued = file.name === own?.file.name && sizeOf(host, file.path) > 0 ? own.queued : readQueued(host, file);
    if (queued === undefined) continue;
    const report = admit(queued, permit);
    if (report === "withdrawn") withdrawn.push(file);
    if (typeof report === "string") continue;
    const length = sizeInBatch(report);
    if (batch.length > 0 && bytes + length > BATCH_LIMITS.bytes) {
      taken--;
      break;
    }
    bytes += length;
    batch.push({ file, queued, report });
  }
  dropQueued(host, home, withdrawn);
  return { batch, rest: waiting.slice(taken) };
}
