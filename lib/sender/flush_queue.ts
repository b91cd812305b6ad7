import type { Permit } from "../consent/permit.ts";
import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import { sizeOf } from "../host/size_of.ts";
import {
  admit,
  attempt,
  type AttemptOptions,
  BATCH_LIMITS,
  leftOf,
  type Outgoing,
  REQUEST_TIMEOUT_MS,
  sizeInBatch,
} from "./attempt.ts";
import { BatchSize } from "./batch_size.ts";
import { type QueuedReport, readQueued } from "./disk_queue/content.ts";
import {
  type DroppedBy,
  dropQueued,
  listQueue,
  messageIdOf,
  type QueuedFile,
  removeQueued,
  requireChangeable,
  sweepLeftovers,
} from "./disk_queue/files.ts";
import { trimQueue } from "./disk_queue/limits.ts";
import { waitsByName } from "./keep_reports.ts";
import { sweepRequests } from "./lost_requests.ts";
import type { Route } from "./route.ts";
import { logDone } from "./log_reports.ts";
import { RefusedReports } from "./refused_reports.ts";
import { readSentLog } from "./sent_log.ts";
import { LockedNotes } from "./server_notes.ts";

/** What a delivery is asked to do. */
export interface FlushOptions extends Pick<AttemptOptions, "isWanted" | "onWire"> {
  /** When to stop, by `host.elapsed()`. */
  readonly until: number;
  /** Whether this program's own back-off counts. The server's always does. */
  readonly backOff: boolean;
  /** A report that the caller has just queued: its file need not be read, only still be there. */
  readonly own?: { readonly file: QueuedFile; readonly queued: QueuedReport };
  /** Told the messageIds of each batch that is done, and of what is dropped. */
  readonly onDone?: (outcome: "delivered" | "rejected" | "dropped", messageIds: readonly string[]) => void;
  /** Told after each batch how many reports are done and how many are left. */
  readonly onProgress?: (done: number, left: number) => void;
}

/** What a delivery did. */
export interface Flushed {
  /** The messageIds that the server took, and those that it refused for good. */
  readonly delivered: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
  readonly ended: FlushEnd;
}

/**
 * Why a delivery ended: nothing was left, what is left may not leave yet, something in the server's place refuses what
 * is left, another process delivers, it is too early, the server couldn't be reached or couldn't take them, the folder
 * couldn't be locked or changed, time was up, nothing may leave any more, or nobody can tell just now whether it may.
 */
export type FlushEnd =
  | "empty"
  | "held"
  | "refused"
  | "busy"
  | "early"
  | "failed"
  | "unwritable"
  | "timeout"
  | "forbidden"
  | "unclear";

/**
 * Delivers what waits on disk, oldest first, unless another process is doing so. A report is removed only once the
 * server has answered for it: a crash between the two sends it again, and the server drops the second by its messageId.
 * Throws nothing for what disk and network do.
 */
export async function flushQueue(host: Host, home: Home, route: Route, options: FlushOptions): Promise<Flushed> {
  const done: Done = { delivered: new Set(), rejected: new Set() };
  let lock: FileLock | undefined;
  try {
    lock = host.files.lock(home.deliveryLock);
    if (lock === undefined) return { ...done, ended: "busy" };
    return { ...done, ended: await new Flush(host, home, route, options, done).run() };
  } catch (error) {
    // A lock that can't be asked for, a folder that can't be listed, a report that can't be removed: they stay queued.
    if (error instanceof FileFault) return { ...done, ended: "unwritable" };
    throw error;
  } finally {
    lock?.release();
  }
}

/** What the sent log says of a report that something in the server's place has refused for days. */
const GIVEN_UP = "refused for days by something other than the server";

/** The messageIds that are done so far. */
type Done = Readonly<Record<"delivered" | "rejected", Set<string>>>;

/** One delivery, under the lock. */
class Flush {
  readonly #host: Host;
  readonly #home: Home;
  readonly #route: Route;
  readonly #options: FlushOptions;
  readonly #done: Done;
  readonly #notes: LockedNotes;
  readonly #refused: RefusedReports;
  /** What is known to wait, oldest first. */
  #waiting: readonly QueuedFile[] = [];
  readonly #size = new BatchSize(BATCH_LIMITS.reports);
  #changeable = false;

  constructor(host: Host, home: Home, route: Route, options: FlushOptions, done: Done) {
    this.#host = host;
    this.#home = home;
    this.#route = route;
    this.#options = options;
    this.#done = done;
    this.#notes = new LockedNotes(host, home);
    this.#refused = new RefusedReports(host, home, this.#notes);
  }

  async run(): Promise<FlushEnd> {
    const shortDeadline = this.#leftMs() < REQUEST_TIMEOUT_MS;
    if (this.#notes.isEarly({ backOff: this.#options.backOff, shortDeadline })) return "early";
    sweepLeftovers(this.#host, this.#home);
    sweepRequests(this.#host, this.#home);
    const { kept, dropped } = trimQueue(this.#host, this.#home, listQueue(this.#host, this.#home));
    this.#waiting = kept;
    this.#options.onDone?.("dropped", dropped.map(messageIdOf));
    this.#removeStuck();
    for (let listedAfter = 0;;) {
      const permit = this.#route.permit();
      if (permit.kind === "off") return "forbidden";
      if (permit.kind === "unclear") return "unclear";
      const { batch, files, rest, held, refused } = this.#collect(permit);
      if (batch.length === 0) {
        if (this.#doneCount() === listedAfter) return this.#endOf(held, refused);
        // Others may have queued something meanwhile.
        this.#waiting = listQueue(this.#host, this.#home).filter(({ name }) => !this.#notes.stuck.includes(name));
        listedAfter = this.#doneCount();
        continue;
      }
      const end = await this.#deliver(batch, files, rest);
      if (end !== undefined) return end;
    }
  }

  /** Sends one batch. Returns why the delivery is over, or undefined where it goes on. */
  async #deliver(
    batch: readonly Outgoing[],
    files: readonly QueuedFile[],
    rest: readonly QueuedFile[],
  ): Promise<FlushEnd | undefined> {
    const leftMs = this.#leftMs();
    // A request that is cut off half-way goes again: only the first may have less time than it needs.
    if (leftMs <= 0 || (this.#doneCount() > 0 && leftMs < REQUEST_TIMEOUT_MS)) return "timeout";
    if (!this.#changeable) requireChangeable(this.#host, this.#home);
    this.#changeable = true;
    const { isWanted, onWire } = this.#options;
    const watch = { isWanted, onWire };
    const attempted = await attempt(this.#host, this.#route, batch, { ...watch, leftMs, notes: this.#notes });
    switch (attempted) {
      case "forbidden":
        return undefined;
      case "unlocked":
        return "unwritable";
      case "out of time":
      case "abandoned":
        return "timeout";
      case "retry":
        return "failed";
      case "halve":
        this.#size.learn(attempted, batch.length);
        return undefined;
      case "aside":
        return this.#refuse(batch, files, rest);
      case "delivered":
      case "rejected":
        this.#settle(batch, files, attempted);
        this.#waiting = rest;
        this.#refused.answered();
        this.#options.onProgress?.(this.#doneCount(), rest.length);
        return undefined;
    }
  }

  /** Why the delivery ends where nothing more may go. */
  #endOf(held: boolean, refused: boolean): FlushEnd {
    if (this.#refused.hasSuspect) return "failed";
    return refused ? "refused" : held ? "held" : "empty";
  }

  /** Leaves a report behind that was refused alone, or gives it up. Where all are refused, the delivery is over. */
  #refuse(batch: readonly Outgoing[], files: readonly QueuedFile[], rest: readonly QueuedFile[]): FlushEnd | undefined {
    const [file] = files;
    const found = file === undefined ? "all" : this.#refused.refuse(file);
    if (found === "all") return "failed";
    this.#waiting = rest;
    this.#size.learn("aside", batch.length);
    if (found === "final") {
      const { endpoint } = this.#route.destination;
      logDone(this.#host, this.#home, batch.map(leftOf), { outcome: "rejected", reason: GIVEN_UP, endpoint });
      this.#settle(batch, files, "rejected");
    }
    return undefined;
  }

  /** Removes the files of a batch that is done. */
  #settle(batch: readonly Outgoing[], files: readonly QueuedFile[], outcome: "delivered" | "rejected"): void {
    const messageIds = batch.map(({ report }) => report.messageId);
    for (const messageId of messageIds) this.#done[outcome].add(messageId);
    this.#options.onDone?.(outcome, messageIds);
    this.#notes.noteStuck(removeQueued(this.#host, this.#home, files).map(({ name }) => name));
    this.#size.learn(outcome, batch.length);
  }

  /**
   * The oldest reports that fit one batch, with their files, and the files behind them. Drops what never may leave.
   * `held`: something was left out that may not leave yet. `refused`: something was left out that is refused.
   */
  #collect(
    permit: Permit & { kind: "on" },
  ): { batch: Outgoing[]; files: QueuedFile[]; rest: readonly QueuedFile[]; held: boolean; refused: boolean } {
    const next = this.#refused.next(this.#waiting);
    const batch: Outgoing[] = [];
    const files: QueuedFile[] = [];
    const dropped: (readonly [QueuedFile, DroppedBy])[] = [];
    const taken = new Set<QueuedFile>();
    let [bytes, held] = [0, false];
    for (const file of next) {
      if (batch.length === this.#size.most) break;
      const outgoing = this.#admit(file, permit);
      if (typeof outgoing === "object") {
        const length = sizeInBatch(outgoing.report);
        if (batch.length > 0 && bytes + length > BATCH_LIMITS.bytes) break;
        bytes += length;
        batch.push(outgoing);
        files.push(file);
      } else if (outgoing === "waits") held = true;
      else if (outgoing !== undefined) dropped.push([file, outgoing]);
      taken.add(file);
    }
    for (const [file, reason] of dropped) dropQueued(this.#host, this.#home, [file], reason);
    this.#options.onDone?.("dropped", dropped.map(([file]) => messageIdOf(file)));
    const refused = next.length < this.#waiting.length;
    return { batch, files, rest: this.#waiting.filter((file) => !taken.has(file)), held, refused };
  }

  /** As `admit`; undefined where there is no report to be had. A file whose name says that it waits isn't opened. */
  #admit(file: QueuedFile, permit: Permit & { kind: "on" }): ReturnType<typeof admit> | undefined {
    if (waitsByName(file, permit)) return "waits";
    const queued = this.#read(file);
    return queued === undefined ? undefined : admit(queued, permit, this.#route);
  }

  #read(file: QueuedFile): QueuedReport | undefined {
    const { own } = this.#options;
    const isOwn = own !== undefined && file.name === own.file.name && sizeOf(this.#host, file.path) > 0;
    return isOwn ? own.queued : readQueued(this.#host, file);
  }

  /**
   * Removes, if it can be done by now, what the server answered for before. The sent log must say so too: a name alone,
   * which somebody may have written, deletes nothing.
   */
  #removeStuck(): void {
    const { stuck } = this.#notes;
    if (stuck.length === 0) return;
    const done = new Set(
      readSentLog(this.#host, this.#home).filter(({ outcome }) => outcome !== "attempted")
        .map(({ report }) => report.messageId),
    );
    const answered = this.#waiting.filter((file) => stuck.includes(file.name) && done.has(messageIdOf(file)));
    this.#waiting = this.#waiting.filter((file) => !answered.includes(file));
    this.#notes.keepStuck(removeQueued(this.#host, this.#home, answered).map(({ name }) => name));
  }

  #leftMs(): number {
    return this.#options.until - this.#host.elapsed();
  }

  #doneCount(): number {
    return this.#done.delivered.size + this.#done.rejected.size;
  }
}
