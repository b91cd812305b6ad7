import { join } from "@std/path";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import {
  admit,
  areAdmitted,
  BATCH_LIMITS,
  type DeliveryPermit,
  logAnswered,
  REQUEST_TIMEOUT_MS,
  sizeInBatch,
} from "./batch.ts";
import { deliver } from "./flush_queue.ts";
import {
  type DeliveryState,
  FIRST_STATE,
  isEarly,
  nextState,
  readDeliveryState,
  writeDeliveryState,
} from "./server_state.ts";
import type { Destination } from "./route.ts";
import { enqueueAll, type QueuedReport, removeQueued } from "./disk_queue/files.ts";
import { type Answer, classify, type Verdict } from "./verdicts.ts";
import { send } from "./wire.ts";

/** Age at which a batch that isn't full goes all the same, in milliseconds. */
const MAX_AGE_MS = 1_000;
/** How often what waits on disk is tried while reports go from memory, in milliseconds. */
const BACKLOG_EVERY_MS = 10_000;
/** How often, at most, a success is noted for other processes, in milliseconds. */
const NOTE_EVERY_MS = 1_000;
/** How long what is queued after the deadline may be made safe from power cuts, in milliseconds. */
const SYNC_MS = 250;
/** Longest sleep before what was queued is tried again, in milliseconds. */
const MAX_SLEEP_MS = 300_000;

/** What an outbox may and should do. */
export interface OutboxOrder {
  /** Undefined where nothing can be kept: then what can't be delivered is dropped. */
  readonly home: Home | undefined;
  readonly destination: Destination;
  /** Asked before each request; undefined: nothing may leave any more. */
  readonly permit: () => DeliveryPermit | undefined;
  /** Whether something may still be written down: asked before and after it was. */
  readonly mayKeep: () => boolean;
  /** Nothing is sent, all is queued. */
  readonly queueOnly: boolean;
}

/** What became of the reports that an outbox took. `dropped`: an opt-out, or neither delivered nor kept. */
export interface OutboxCounts {
  readonly delivered: number;
  readonly queued: number;
  readonly rejected: number;
  readonly dropped: number;
}

/**
 * Sends reports from memory: one batch on the wire, one being filled, and no more. What can't be delivered is queued on disk,
 * and goes from there once the server can be reached again.
 */
export class Outbox {
  readonly #host: Host;
  readonly #order: OutboxOrder;
  #filling: QueuedReport[] = [];
  #fillingBytes = 0;
  /** Ends the wait for the batch to come of age. */
  #age = new AbortController();
  #due = false;
  /** The batch that is on its way; what has been settled of it is taken out. */
  #sending: readonly QueuedReport[] = [];
  #busy: Promise<void> | undefined;
  /** Most reports in a request: fewer once the server found a batch too large. */
  #size: number = BATCH_LIMITS.reports;
  /** What this outbox put on disk and, as far as it knows, is still there. */
  readonly #spilled = new Set<string>();
  /** When what waits on disk is tried next, and when a success was noted last, by `host.elapsed()`. */
  #backlogAt = 0;
  #notedAt = -Infinity;
  #waking = false;
  /** What this process learnt of the server, for where nothing can be stored. */
  #state: DeliveryState = FIRST_STATE;
  #until = Infinity;
  /** Ends a wait when the deadline has changed. */
  #wake = new AbortController();
  readonly #ended = new AbortController();
  #closed = false;
  #fault: unknown;
  #delivered = 0;
  #rejected = 0;
  #dropped = 0;

  constructor(host: Host, order: OutboxOrder) {
    this.#host = host;
    this.#order = order;
  }

  /** Takes a report, once there is room for it. Throws what the program itself did wrong, and nothing for disk and network. */
  async add(queued: QueuedReport): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    const bytes = sizeInBatch(queued.report);
    while (this.#filling.length > 0 && this.#isFullWith(bytes)) {
      this.#due = true;
      this.#start();
      if (this.#filling.length === 0) break;
      // The batch before is still on its way. Whoever brings reports waits as the server does, unless time is short.
      if (this.#until === Infinity) await this.#wait();
      else this.#spillFilling();
      if (this.#fault !== undefined) throw this.#fault;
    }
    if (this.#filling.length === 0) this.#awaitAge();
    this.#filling.push(queued);
    this.#fillingBytes += bytes;
    if (this.#filling.length >= this.#size) {
      this.#due = true;
      this.#start();
    }
  }

  /** Delivers what is in memory for so many milliseconds, queues the rest, and says what became of everything. */
  async close(timeoutMs: number): Promise<OutboxCounts> {
    this.hurry(timeoutMs);
    while ((this.#busy !== undefined || this.#filling.length > 0) && this.#left() > 0 && this.#fault === undefined) {
      this.#due = true;
      this.#start();
      await this.#wait();
    }
    this.#closed = true;
    this.#age.abort();
    this.#ended.abort();
    this.#spill([...this.#sending, ...this.#filling]);
    if (this.#fault !== undefined) throw this.#fault;
    const queued = this.#spilled.size;
    return { delivered: this.#delivered, queued, rejected: this.#rejected, dropped: this.#dropped };
  }

  /** Leaves no more than so many milliseconds from now for everything that is still to be sent. */
  hurry(timeoutMs: number): void {
    this.#until = Math.min(this.#until, this.#host.elapsed() + timeoutMs);
    this.#wake.abort();
  }

  #left(): number {
    return this.#until - this.#host.elapsed();
  }

  /** Waits until the batch on its way is settled, or time is up. */
  async #wait(): Promise<void> {
    const wake = new AbortController();
    this.#wake = wake;
    const sleep = this.#host.sleep(Math.min(this.#left(), MAX_SLEEP_MS), wake.signal);
    await Promise.race([this.#busy, sleep]);
    wake.abort();
  }

  #isFullWith(bytes: number): boolean {
    return this.#filling.length >= this.#size || this.#fillingBytes + bytes > BATCH_LIMITS.bytes;
  }

  #awaitAge(): void {
    const age = new AbortController();
    this.#age = age;
    void this.#host.sleep(MAX_AGE_MS, age.signal).then(() => {
      if (age.signal.aborted) return;
      this.#due = true;
      this.#start();
    });
  }

  /** Sends the batch off, if it is time and none is on its way. */
  #start(): void {
    if (this.#busy !== undefined || !this.#due || this.#filling.length === 0) return;
    if (this.#closed || this.#fault !== undefined) return;
    this.#age.abort();
    this.#sending = this.#filling;
    [this.#filling, this.#fillingBytes, this.#due] = [[], 0, false];
    this.#run(this.#settle());
  }

  /** One thing at a time: the next batch starts once this is done. */
  #run(work: Promise<void>): void {
    this.#busy = work.catch((error: unknown) => void (this.#fault = error)).finally(() => {
      this.#busy = undefined;
      this.#start();
    });
  }

  async #settle(): Promise<void> {
    if (this.#order.queueOnly) return this.#spillSending();
    while (this.#sending.length > 0) {
      const permit = this.#order.permit();
      if (permit === undefined) return this.#drop(this.#sending);
      this.#drop(this.#sending.filter((queued) => admit(queued, permit) === "withdrawn"));
      if (!areAdmitted(this.#sending, permit) || this.#isEarly()) return this.#spillSending();
      if (this.#sending.length > 0 && !await this.#sendSome(permit)) return;
    }
    if (this.#host.elapsed() >= this.#backlogAt) await this.#deliverBacklog();
  }

  /** Sends as many as a request may hold; false where the rest had to be queued, or it is over. */
  async #sendSome(permit: DeliveryPermit): Promise<boolean> {
    const some = this.#sending.slice(0, this.#size);
    const reports = some.map((queued) => admit(queued, permit)).filter((report) => typeof report !== "string");
    const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, Math.max(1, this.#left()));
    const isPermitted = () => !this.#closed && areAdmitted(some, this.#order.permit());
    const answer = await send(this.#host, this.#order.destination, reports, timeoutMs, isPermitted);
    // What was still on its way then has been queued.
    if (this.#closed) return false;
    if (answer.kind === "unanswered" && answer.reason === "forbidden") return true;
    const verdict = classify(answer);
    if (verdict === "halve" && some.length > 1) {
      this.#size = Math.ceil(some.length / 2);
      return true;
    }
    // Our own deadline says nothing about the server.
    if (answer.kind === "answered" || timeoutMs === REQUEST_TIMEOUT_MS) this.#note(answer, verdict, reports.length);
    if (verdict === "retry") {
      this.#spillSending();
      return false;
    }
    if (verdict === "delivered") this.#delivered += reports.length;
    else this.#rejected += reports.length;
    if (this.#order.home !== undefined) logAnswered(this.#host, this.#order.home, reports, verdict, answer);
    this.#sending = this.#sending.slice(some.length);
    // One report that was too large says nothing about those that come later.
    this.#size = Math.min(2 * this.#size, BATCH_LIMITS.reports);
    return true;
  }

  /** What waits on disk, of this process or of others, goes too, as long as requests succeed. */
  async #deliverBacklog(): Promise<void> {
    const { home, destination, permit } = this.#order;
    if (home === undefined || this.#closed) return;
    this.#backlogAt = this.#host.elapsed() + BACKLOG_EVERY_MS;
    const answered = (verdict: "delivered" | "rejected", messageIds: readonly string[]) => {
      const own = messageIds.filter((id) => this.#spilled.delete(id)).length;
      if (verdict === "delivered") this.#delivered += own;
      else this.#rejected += own;
    };
    // Not for longer: others may go on queueing, and what is brought here waits meanwhile.
    const until = Math.min(this.#until, this.#backlogAt);
    const delivery = await deliver(this.#host, { home, destination, permit, until, patient: true, answered });
    const later = ["failed", "early", "timeout"].includes(delivery.ended);
    if (later) this.#wakeLater(MAX_AGE_MS);
    else if (delivery.ended !== "empty" && this.#spilled.size > 0) this.#wakeLater(BACKLOG_EVERY_MS);
  }

  /** Tries what was queued again when the wait is over, and not before so many milliseconds, also if no other report comes. */
  #wakeLater(leastMs: number): void {
    const { home, queueOnly } = this.#order;
    if (this.#waking || home === undefined || queueOnly) return;
    this.#waking = true;
    const { notBefore, serverNotBefore } = this.#readState();
    const wait = Math.max(notBefore, serverNotBefore) - this.#host.now().getTime();
    void this.#host.sleep(Math.min(Math.max(wait, leastMs), MAX_SLEEP_MS), this.#ended.signal).then(async () => {
      this.#waking = false;
      while (this.#busy !== undefined) await this.#busy;
      if (!this.#closed && this.#fault === undefined) this.#run(this.#deliverBacklog());
    });
  }

  /** Whether it is too early for another request, by what is stored or, where nothing can be, by what this process knows. */
  #isEarly(): boolean {
    return [this.#readState(), this.#state].some((state) => isEarly(state, this.#host.now(), true, false));
  }

  #readState(): DeliveryState {
    return this.#order.home === undefined ? FIRST_STATE : readDeliveryState(this.#host, this.#order.home);
  }

  /** Remembers the answer, and leaves it for other processes and for `status`. Whoever delivers at the same time leaves its own. */
  #note(answer: Answer, verdict: Verdict, reports: number): void {
    const { home } = this.#order;
    const [now, random] = [this.#host.now(), this.#host.random()];
    this.#state = nextState(this.#state, now, random, answer, verdict, reports);
    const elapsed = this.#host.elapsed();
    if (home === undefined || (verdict === "delivered" && elapsed - this.#notedAt < NOTE_EVERY_MS)) return;
    let lock: FileLock | undefined;
    try {
      this.#host.files.makeDirectory(home.telemetryDirectory);
      lock = this.#host.files.lock(join(home.telemetryDirectory, "delivery.lock"));
      if (lock === undefined) return;
      const next = nextState(this.#readState(), now, random, answer, verdict, reports);
      writeDeliveryState(this.#host, home, next);
      this.#notedAt = verdict === "delivered" ? elapsed : -Infinity;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
    } finally {
      lock?.release();
    }
  }

  #spillFilling(): void {
    this.#age.abort();
    this.#spill(this.#filling);
    [this.#filling, this.#fillingBytes, this.#due] = [[], 0, false];
  }

  #spillSending(): void {
    this.#spill(this.#sending);
    this.#sending = [];
    this.#backlogAt = 0;
    this.#wakeLater(MAX_AGE_MS);
  }

  #spill(reports: readonly QueuedReport[]): void {
    const { home, mayKeep } = this.#order;
    if (reports.length === 0) return;
    if (home === undefined || !mayKeep()) return void (this.#dropped += reports.length);
    try {
      const { files, dropped } = enqueueAll(this.#host, home, reports, this.#until + SYNC_MS);
      this.#dropped += reports.length - files.length;
      for (const { report } of reports.slice(0, files.length)) this.#spilled.add(report.messageId);
      const withdrawn = mayKeep() ? [] : reports.map(({ report }) => report.messageId);
      if (withdrawn.length > 0) removeQueued(this.#host, home, files);
      this.#dropped += [...dropped, ...withdrawn].filter((id) => this.#spilled.delete(id)).length;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      this.#dropped += reports.length;
    }
  }

  #drop(reports: readonly QueuedReport[]): void {
    this.#dropped += reports.length;
    this.#sending = this.#sending.filter((queued) => !reports.includes(queued));
  }
}
