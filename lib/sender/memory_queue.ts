import type { Permit } from "../consent/permit.ts";
import type { Host } from "../host/host.ts";
import { admit, attempt, BATCH_LIMITS, leftOf, type Outgoing, REQUEST_TIMEOUT_MS, sizeInBatch } from "./attempt.ts";
import { BatchSize } from "./batch_size.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { type DroppedBy, messageIdOf, noteDropped, type QueuedFile, removeQueued } from "./disk_queue/files.ts";
import { type FlushOptions, flushQueue } from "./flush_queue.ts";
import { logAttempted } from "./log_reports.ts";
import { keepReports } from "./keep_reports.ts";
import type { Route } from "./route.ts";
import { SharedNotes } from "./server_notes.ts";
import { LONGEST_WAIT_MS } from "./verdicts.ts";

/** Longest wait before a batch that isn't full is sent, in milliseconds. */
const MAX_AGE_MS = 1_000;
/** How often what waits on disk is tried while reports go from memory, in milliseconds. */
const BACKLOG_EVERY_MS = 10_000;
/** How long after the deadline queued reports may still be made safe from power cuts, in milliseconds. */
const SYNC_MS = 250;

/** How long what is kept before it is delivered may be made safe from power cuts, in milliseconds. */
const KEEP_MS = 1_000;

/** What became of the reports that a queue took. `dropped`: withdrawn, or neither delivered nor kept. */
export interface MemoryQueueCounts {
  readonly delivered: number;
  readonly queued: number;
  readonly rejected: number;
  readonly dropped: number;
}

/**
 * The queue in memory, for a process that reports for long: one batch on the wire, one being filled, and no more. What
 * can't be delivered goes to the queue on disk, and from there to the server once it can be reached again.
 */
export class MemoryQueue {
  readonly #host: Host;
  readonly #route: Route;
  /** Nothing is sent, everything is queued on disk. */
  readonly #queueOnly: boolean;
  readonly #notes: SharedNotes;
  #filling: QueuedReport[] = [];
  #fillingBytes = 0;
  /** Ends the wait for the batch to come of age. */
  #age = new AbortController();
  #due = false;
  /** The batch that is on its way, less what is settled already. */
  #sending: QueuedReport[] = [];
  /** What the request carries that is under way, from memory or from disk. */
  #onWire: readonly Outgoing[] = [];
  /** By which requests tell what they carry, and ask whether somebody still waits for their answer. */
  readonly #watch = {
    isWanted: () => !this.#closed,
    onWire: (batch: readonly Outgoing[]) => void (this.#onWire = batch),
  };
  #busy: Promise<void> | undefined;
  readonly #size = new BatchSize(BATCH_LIMITS.reports);
  /** The messageIds of what this process put on disk and, as far as it knows, still waits there. */
  readonly #onDisk = new Set<string>();
  /** The files of those on their way that `keep` put on disk too. */
  readonly #copies = new Map<string, QueuedFile>();
  /** When what waits on disk is tried next, by `host.elapsed()`. */
  #backlogAt = 0;
  #waking = false;
  #until = Infinity;
  /** Ends a wait when the deadline has changed. */
  #wake = new AbortController();
  readonly #ended = new AbortController();
  #closed = false;
  #fault: unknown;
  #delivered = 0;
  #rejected = 0;
  #dropped = 0;
  /** How many were dropped because the disk is full, which could not be written there either. */
  #uncounted = 0;
  /** Ends the pause before what a full disk refused is tried again. */
  #pause = new AbortController();

  constructor(host: Host, route: Route, { queueOnly = false }: { readonly queueOnly?: boolean } = {}) {
    this.#host = host;
    this.#route = route;
    this.#queueOnly = queueOnly || route.obstacle !== undefined;
    this.#notes = new SharedNotes(host, route.home);
  }

  /**
   * Takes a report, once there is room for it. Throws errors of the program itself, never those of disk and network.
   */
  async add(queued: QueuedReport): Promise<void> {
    if (this.#fault !== undefined) throw this.#fault;
    const bytes = sizeInBatch(queued.report);
    while (this.#filling.length > 0 && this.#isFullWith(bytes)) {
      this.#due = true;
      this.#start();
      if (this.#filling.length === 0) break;
      // The batch before is still on its way. The caller waits for the server, unless time is short. It doesn't wait
      // for room on the disk.
      this.#pause.abort();
      if (this.#until === Infinity) await this.#wait();
      else this.#storeFilling();
      if (this.#fault !== undefined) throw this.#fault;
    }
    if (this.#filling.length === 0) this.#awaitAge();
    this.#filling.push(queued);
    this.#fillingBytes += bytes;
    if (this.#filling.length >= this.#size.most) {
      this.#due = true;
      this.#start();
    }
  }

  /**
   * Puts what is in memory on disk, because this process may be ended at any moment; `close` delivers it from there. Of
   * what is on its way there is a copy until the answer comes. What the disk refuses stays in memory.
   */
  keep(): void {
    if (this.#route.home === undefined || this.#fault !== undefined) return;
    const sending = new Set(this.#sending.map(({ report }) => report.messageId));
    const all = [...this.#sending, ...this.#filling];
    if (all.length === 0) return;
    const { files, dropped, lost } = keepReports(this.#host, this.#route, all, this.#host.elapsed() + KEEP_MS);
    for (const file of files) {
      const id = messageIdOf(file);
      this.#onDisk.add(id);
      if (sending.has(id)) this.#copies.set(id, file);
    }
    this.#dropped += dropped.filter((id) => this.#onDisk.delete(id)).length;
    const left = lost === "unkept" ? this.#filling.filter(({ report }) => !this.#onDisk.has(report.messageId)) : [];
    const gone = this.#filling.filter((queued) => !left.includes(queued) && !this.#onDisk.has(queued.report.messageId));
    this.#dropped += gone.length;
    this.#filling = left;
    this.#backlogAt = 0;
    if (this.#busy === undefined) this.#run(this.#deliverBacklog());
  }

  /**
   * Delivers what is in memory for at most `timeoutMs`, queues the rest on disk, and returns what became of everything.
   */
  async close(timeoutMs: number): Promise<MemoryQueueCounts> {
    this.shortenDeadline(timeoutMs);
    while ((this.#busy !== undefined || this.#filling.length > 0) && this.#left() > 0 && this.#fault === undefined) {
      this.#due = true;
      this.#start();
      await this.#wait();
    }
    this.#closed = true;
    const { home, destination: { endpoint } } = this.#route;
    // Nobody waits for its answer, and the process ends: what is on its way may have left.
    if (home !== undefined) logAttempted(this.#host, home, this.#onWire.map(leftOf), { endpoint });
    this.#age.abort();
    this.#ended.abort();
    this.#giveUp(this.#store([...this.#sending.filter((queued) => !this.#isCopied(queued)), ...this.#filling]));
    if (this.#fault !== undefined) throw this.#fault;
    return {
      delivered: this.#delivered,
      queued: this.#onDisk.size,
      rejected: this.#rejected,
      dropped: this.#dropped,
    };
  }

  /** Leaves at most `timeoutMs` from now for everything that is still to be sent. A deadline is never moved back. */
  shortenDeadline(timeoutMs: number): void {
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
    const sleep = this.#host.sleep(Math.min(this.#left(), LONGEST_WAIT_MS), wake.signal);
    await Promise.race([this.#busy, sleep]);
    wake.abort();
  }

  #isFullWith(bytes: number): boolean {
    return this.#filling.length >= this.#size.most || this.#fillingBytes + bytes > BATCH_LIMITS.bytes;
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
    while (this.#sending.length > 0) {
      const permit = this.#route.permit();
      if (permit.kind === "off") return this.#drop(this.#sending, "withdrawn");
      // Unclear: somebody is changing a file that may hold a no.
      const batch = this.#queueOnly || permit.kind === "unclear" ? "store" : this.#admitSome(permit);
      const goesOn = batch === "store" ? await this.#storeSending() : batch.length === 0 || await this.#send(batch);
      if (!goesOn) return;
    }
    this.#countUnkept(0);
    if (this.#host.elapsed() >= this.#backlogAt) await this.#deliverBacklog();
  }

  /**
   * As many as one request may hold, after what never may leave was dropped; `"store"` where nothing may be sent just
   * now.
   */
  #admitSome(permit: Permit & { kind: "on" }): readonly Outgoing[] | "store" {
    const outgoing: Outgoing[] = [];
    let waits = false;
    for (const queued of this.#sending) {
      const admitted = admit(queued, permit, this.#route);
      if (typeof admitted === "object") outgoing.push(admitted);
      else if (admitted === "waits") waits = true;
      else this.#drop([queued], admitted);
    }
    return waits || this.#notes.isEarly() ? "store" : outgoing.slice(0, this.#size.most);
  }

  /** Makes one attempt. False where nothing is left to be sent now: it is on disk, or the queue was closed. */
  async #send(batch: readonly Outgoing[]): Promise<boolean> {
    const leftMs = Math.min(REQUEST_TIMEOUT_MS, this.#left());
    const options = { ...this.#watch, leftMs, notes: this.#notes };
    const attempted = await attempt(this.#host, this.#route, batch, options);
    switch (attempted) {
      case "abandoned":
        return false;
      case "forbidden":
        return true;
      case "unlocked":
      case "out of time":
      case "retry":
      case "aside":
        // What one report was refused for is found out from the disk, where it can wait behind the others.
        return await this.#storeSending();
      case "delivered":
        this.#delivered += batch.length;
        break;
      case "rejected":
        this.#rejected += batch.length;
        break;
      case "halve":
        break;
    }
    if (attempted !== "halve") {
      this.#removeCopies(this.#sending.slice(0, batch.length));
      this.#sending = this.#sending.slice(batch.length);
    }
    this.#size.learn(attempted, batch.length);
    return true;
  }

  /** Delivers the queue on disk, other processes' reports included, while requests succeed. */
  async #deliverBacklog(): Promise<void> {
    const { home } = this.#route;
    if (home === undefined || this.#closed) return;
    this.#backlogAt = this.#host.elapsed() + BACKLOG_EVERY_MS;
    const onDone: FlushOptions["onDone"] = (outcome, messageIds) => {
      const own = messageIds.filter((id) => this.#onDisk.delete(id)).length;
      if (outcome === "delivered") this.#delivered += own;
      else if (outcome === "rejected") this.#rejected += own;
      else this.#dropped += own;
    };
    // Bounded: other processes may keep queueing while our own batch waits.
    const until = Math.min(this.#until, this.#backlogAt);
    const options = { ...this.#watch, until, backOff: true, onDone };
    const { ended } = await flushQueue(this.#host, home, this.#route, options);
    if (["failed", "early", "timeout"].includes(ended)) this.#wakeLater(MAX_AGE_MS);
    else if (ended !== "empty" && this.#onDisk.size > 0) this.#wakeLater(BACKLOG_EVERY_MS);
  }

  /** Tries what was queued again when the wait is over, and not before `leastMs`, even if no other report comes. */
  #wakeLater(leastMs: number): void {
    if (this.#waking || this.#route.home === undefined || this.#queueOnly) return;
    this.#waking = true;
    const wait = Math.min(Math.max(this.#notes.waitMs(), leastMs), LONGEST_WAIT_MS);
    void this.#host.sleep(wait, this.#ended.signal).then(async () => {
      this.#waking = false;
      while (this.#busy !== undefined) await this.#busy;
      if (!this.#closed && this.#fault === undefined) this.#run(this.#deliverBacklog());
    });
  }

  #storeFilling(): void {
    this.#age.abort();
    this.#giveUp(this.#store(this.#filling));
    [this.#filling, this.#fillingBytes, this.#due] = [[], 0, false];
  }

  /**
   * Puts the batch that is on its way on disk. What a full disk refuses goes again after a pause, while memory has room
   * for what comes meanwhile; then it is given up. True where it goes again.
   */
  async #storeSending(): Promise<boolean> {
    this.#sending = this.#store(this.#sending.filter((queued) => !this.#isCopied(queued)));
    this.#backlogAt = 0;
    this.#wakeLater(MAX_AGE_MS);
    if (this.#sending.length > 0 && this.#isFullWith(0)) this.#giveUp(this.#sending.splice(0));
    if (this.#sending.length === 0 || this.#closed) return false;
    this.#pause = new AbortController();
    await this.#host.sleep(MAX_AGE_MS, AbortSignal.any([this.#pause.signal, this.#ended.signal]));
    return !this.#closed;
  }

  /** Puts reports on disk, and returns those that it has no room for. What else can't be kept is dropped. */
  #store(reports: readonly QueuedReport[]): QueuedReport[] {
    if (reports.length === 0) return [];
    const { files, dropped, unkept } = keepReports(this.#host, this.#route, reports, this.#until + SYNC_MS);
    this.#dropped += reports.length - files.length - unkept.length;
    for (const file of files) this.#onDisk.add(messageIdOf(file));
    this.#dropped += dropped.filter((id) => this.#onDisk.delete(id)).length;
    return [...unkept];
  }

  /** Drops reports that can be neither sent nor kept. */
  #giveUp(reports: readonly QueuedReport[]): void {
    this.#dropped += reports.length;
    this.#countUnkept(reports.length);
  }

  /** Counts what a full disk refused, once it takes that. */
  #countUnkept(count: number): void {
    const { home } = this.#route;
    this.#uncounted += count;
    if (home !== undefined && noteDropped(this.#host, home, this.#uncounted, "disk")) this.#uncounted = 0;
  }

  /** Takes reports out of what is being sent, and counts them. */
  #drop(reports: readonly QueuedReport[], reason: DroppedBy): void {
    const { home } = this.#route;
    this.#dropped += reports.length;
    if (home !== undefined) noteDropped(this.#host, home, reports.length, reason);
    this.#removeCopies(reports);
    const gone = new Set(reports);
    this.#sending = this.#sending.filter((queued) => !gone.has(queued));
  }

  #isCopied({ report }: QueuedReport): boolean {
    return this.#copies.has(report.messageId);
  }

  /** Removes the copies of what is settled. */
  #removeCopies(reports: readonly QueuedReport[]): void {
    const { home } = this.#route;
    const files = reports.flatMap(({ report }) => this.#copies.get(report.messageId) ?? []);
    if (home !== undefined && files.length > 0) removeQueued(this.#host, home, files);
    for (const { report } of reports) {
      if (this.#copies.delete(report.messageId)) this.#onDisk.delete(report.messageId);
    }
  }
}
