import type { Permit } from "../consent/permit.ts";
import type { Host } from "../host/host.ts";
import { admitter, attempt, BATCH_LIMITS, leftOf, type Outgoing, REQUEST_TIMEOUT_MS, sizeInBatch } from "./attempt.ts";
import { BatchSize } from "./batch_size.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { type DroppedBy, noteDropped } from "./disk_queue/files.ts";
import { type Due, Filling, MAX_AGE_MS } from "./filling.ts";
import { type FlushOptions, flushQueue } from "./flush_queue.ts";
import { logAttempted } from "./log_reports.ts";
import { type Soon, whenThere } from "../soon.ts";
import { OwnFiles } from "./own_files.ts";
import type { Route } from "./route.ts";
import { SharedNotes } from "./server_notes.ts";
import { LONGEST_WAIT_MS } from "./verdicts.ts";
import { Window } from "./window.ts";

/** How often what waits on disk is tried while reports go from memory, in milliseconds. */
const BACKLOG_EVERY_MS = 10_000;
/** How long after the deadline queued reports may still be made safe from power cuts, in milliseconds. */
const SYNC_MS = 250;

/**
 * How long what is kept before it is delivered may be made safe from power cuts, in milliseconds. Its host waits for
 * the end of it in a container, which ends with the host; a report that is written outlives that without a sync.
 */
const KEEP_MS = 100;

/** What became of the reports that a queue took. `dropped`: withdrawn, or neither delivered nor kept. */
export interface MemoryQueueCounts {
  readonly delivered: number;
  readonly queued: number;
  readonly rejected: number;
  readonly dropped: number;
}

/** A batch on its way, or what is delivered from disk. */
interface Shipment {
  /** What is not settled yet. What is delivered from disk is none of it. */
  reports: readonly QueuedReport[];
  /** What the request carries that is under way. */
  onWire: readonly Outgoing[];
}

/**
 * The queue in memory, for a process that reports for long: a few batches on the wire, one being filled, and no more.
 * What can't be delivered goes to the queue on disk, and from there to the server once it can be reached again.
 *
 * Full batches go beside each other, as far as the window allows. What is delivered from disk goes alone: a copy of a
 * batch that is on its way may be there.
 */
export class MemoryQueue {
  readonly #host: Host;
  readonly #route: Route;
  /** Nothing is sent, everything is queued on disk. */
  readonly #queueOnly: boolean;
  readonly #notes: SharedNotes;
  readonly #filling: Filling;
  readonly #window: Window<Shipment>;
  /** Settles when a shipment was handed over or has ended. */
  #moved = Promise.withResolvers<void>();
  readonly #size = new BatchSize(BATCH_LIMITS.reports);
  readonly #files: OwnFiles;
  /** When what waits on disk is tried next, by `host.elapsed()`. */
  #backlogAt = 0;
  /** What waits on disk: left there, tried once nothing is under way, or being delivered. */
  #backlog: "left" | "due" | "under way" = "left";
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
  /** Ends the pauses before what a full disk refused is tried again. */
  #pause = new AbortController();

  constructor(host: Host, route: Route, { queueOnly = false }: { readonly queueOnly?: boolean } = {}) {
    this.#host = host;
    this.#route = route;
    this.#queueOnly = queueOnly || route.obstacle !== undefined;
    this.#notes = new SharedNotes(host, route.home);
    this.#filling = new Filling(host, () => this.#start("alone"));
    this.#window = new Window(host);
    this.#files = new OwnFiles(host, route);
  }

  /**
   * Takes a report, once there is room for it. Throws errors of the program itself, never those of disk and network.
   */
  add(queued: QueuedReport): Soon<void> {
    const bytes = sizeInBatch(queued.report);
    const hasRoom = !this.#isLeaving && !this.#isFullWith(bytes);
    return whenThere(hasRoom ? undefined : this.#makeRoom(bytes), () => this.#take(queued));
  }

  /** Whether the caller waits until a request is handed over. Where time is short, it waits for nothing. */
  get #isLeaving(): boolean {
    return this.#window.isLeaving && this.#until === Infinity && this.#fault === undefined;
  }

  async #makeRoom(bytes: number): Promise<undefined> {
    while (this.#isLeaving) await this.#wait();
    while (this.#fault === undefined && this.#isFullWith(bytes)) {
      this.#start("beside");
      if (this.#filling.reports.length === 0) break;
      // As many as may be are on their way. The caller waits for the server, unless time is short. It doesn't wait for
      // room on the disk.
      this.#pause.abort();
      this.#pause = new AbortController();
      if (this.#until === Infinity) await this.#wait();
      else this.#storeFilling();
    }
  }

  #take(queued: QueuedReport): void {
    if (this.#fault !== undefined) throw this.#fault;
    this.#filling.add(queued);
    if (this.#filling.reports.length >= this.#size.most) this.#start("beside");
  }

  /**
   * Puts what is in memory on disk, because this process may be ended at any moment; `close` delivers it from there. Of
   * what is on its way there is a copy until the answer comes. What the disk refuses stays in memory.
   */
  keep(): void {
    if (this.#route.home === undefined || this.#fault !== undefined) return;
    const unsettled = this.#unsettled();
    const filling = this.#filling.reports;
    if (unsettled.length + filling.length === 0) return;
    const { unkept, gone } = this.#files.copy(unsettled, filling, this.#host.elapsed() + KEEP_MS);
    this.#dropped += gone;
    this.#filling.take(unkept);
    this.#startBacklog();
  }

  /**
   * Delivers what is in memory for at most `timeoutMs`, queues the rest on disk, and returns what became of everything.
   */
  async close(timeoutMs: number): Promise<MemoryQueueCounts> {
    this.shortenDeadline(timeoutMs);
    while (this.#isBusy() && this.#left() > 0 && this.#fault === undefined) {
      this.#start("beside");
      await this.#wait();
    }
    this.#closed = true;
    const { home, destination: { endpoint } } = this.#route;
    // Nobody waits for an answer, and the process ends: what is on its way may have left.
    const onWire = this.#window.underWay.flatMap((shipment) => shipment.onWire);
    if (home !== undefined) logAttempted(this.#host, home, onWire.map(leftOf), { endpoint });
    this.#ended.abort();
    const unsettled = this.#unsettled().filter((queued) => !this.#files.isCopied(queued.report));
    const rest = [...unsettled, ...this.#filling.take()];
    this.#giveUp(this.#store(rest));
    if (this.#fault !== undefined) throw this.#fault;
    return {
      delivered: this.#delivered,
      queued: this.#files.count,
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

  /** What is on its way from memory, oldest first. */
  #unsettled(): readonly QueuedReport[] {
    return this.#window.underWay.flatMap(({ reports }) => reports);
  }

  /** Whether there is anything in memory. */
  #isBusy(): boolean {
    return this.#window.underWay.length > 0 || this.#filling.reports.length > 0;
  }

  /** Waits until a shipment was handed over or has ended, or time is up. */
  async #wait(): Promise<void> {
    const wake = new AbortController();
    this.#wake = wake;
    const sleep = this.#host.sleep(Math.min(this.#left(), LONGEST_WAIT_MS), wake.signal);
    await Promise.race([this.#moved.promise, sleep]);
    wake.abort();
  }

  #isFullWith(bytes: number): boolean {
    return this.#filling.isFullWith(bytes, this.#size.most);
  }

  /** Sends off what is due, as far as there is room for a request. */
  #start(due: Due = "later"): void {
    this.#filling.makeDue(due);
    if (this.#closed || this.#fault !== undefined) return;
    if (this.#backlog !== "left") {
      if (this.#backlog === "under way" || !this.#window.hasRoom(false)) return;
      this.#backlog = "under way";
      return this.#run([], (shipment) => this.#deliverBacklog(shipment).finally(() => this.#backlog = "left"));
    }
    if (this.#filling.due === "later" || !this.#window.hasRoom(this.#filling.due === "beside")) return;
    this.#run(this.#filling.take(), (shipment) => this.#settle(shipment));
  }

  #run(reports: readonly QueuedReport[], work: (shipment: Shipment) => Promise<void>): void {
    const shipment: Shipment = { reports, onWire: [] };
    this.#window.begin(shipment);
    void work(shipment).then(
      () => this.#window.end(shipment),
      // What it carried is kept at the end.
      (error: unknown) => void (this.#fault = error),
    ).then(() => this.#goOn());
  }

  /** Lets the next one pass: this one was handed over, or isn't sent for now. */
  #pass(shipment: Shipment): void {
    this.#window.pass(shipment);
    this.#goOn();
  }

  #goOn(): void {
    this.#start();
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  async #settle(shipment: Shipment): Promise<void> {
    while (shipment.reports.length > 0) {
      const permit = this.#route.permit();
      if (permit.kind === "off") return this.#drop(shipment, shipment.reports, "withdrawn");
      // Unclear: somebody is changing a file that may hold a no.
      const isKept = this.#queueOnly || permit.kind === "unclear";
      const batch = isKept ? "store" : this.#admitSome(shipment, permit);
      const goesOn = batch === "store"
        ? await this.#storeShipment(shipment)
        : batch.length === 0 || await this.#send(shipment, batch);
      if (!goesOn) return;
    }
    this.#files.countUnkept(0);
    if (this.#host.elapsed() >= this.#backlogAt) this.#startBacklog();
  }

  /**
   * As many as one request may hold, after what never may leave was dropped; `"store"` where nothing may be sent just
   * now.
   */
  #admitSome(shipment: Shipment, permit: Permit & { kind: "on" }): readonly Outgoing[] | "store" {
    const outgoing: Outgoing[] = [];
    const admitOne = admitter(permit, this.#route);
    let waits = false;
    for (const queued of shipment.reports) {
      const admitted = admitOne(queued);
      if (typeof admitted === "object") outgoing.push(admitted);
      else if (admitted === "waits") waits = true;
      else this.#drop(shipment, [queued], admitted);
    }
    return waits || this.#notes.isEarly() ? "store" : outgoing.slice(0, this.#size.most);
  }

  /** Makes one attempt. False where nothing is left to be sent now: it is on disk, or the queue was closed. */
  async #send(shipment: Shipment, batch: readonly Outgoing[]): Promise<boolean> {
    const leftMs = Math.min(REQUEST_TIMEOUT_MS, this.#left());
    // Another request may have failed while this one was made ready.
    const isEarly = () => this.#notes.isEarly();
    const onHandedOver = () => this.#pass(shipment);
    const options = { ...this.#watch(shipment), isEarly, onHandedOver, leftMs, notes: this.#notes };
    const attempted = await attempt(this.#host, this.#route, batch, options);
    switch (attempted) {
      case "abandoned":
        return false;
      case "forbidden":
        return true;
      case "out of time":
      case "retry":
      case "aside":
        this.#window.fail();
        // What one report was refused for is found out from the disk, where it can wait behind the others.
        return await this.#storeShipment(shipment);
      case "unlocked":
        return await this.#storeShipment(shipment);
      case "delivered":
        this.#delivered += batch.length;
        break;
      case "rejected":
        this.#rejected += batch.length;
        break;
      case "halve":
        break;
    }
    this.#window.answer(shipment);
    if (attempted !== "halve") {
      this.#files.removeCopies(shipment.reports.slice(0, batch.length));
      shipment.reports = shipment.reports.slice(batch.length);
    }
    this.#size.learn(attempted, batch.length);
    return true;
  }

  /** By which requests tell what they carry, and ask whether somebody still waits for their answer. */
  #watch(shipment: Shipment): Pick<FlushOptions, "isWanted" | "onWire"> {
    return { isWanted: () => !this.#closed, onWire: (batch) => void (shipment.onWire = batch) };
  }

  /** Has what waits on disk delivered as soon as nothing is under way. */
  #startBacklog(): void {
    if (this.#backlog === "left" && this.#route.home !== undefined && !this.#queueOnly) this.#backlog = "due";
    this.#start();
  }

  /** Delivers the queue on disk, other processes' reports included, while requests succeed. */
  async #deliverBacklog(shipment: Shipment): Promise<void> {
    const { home } = this.#route;
    // It waits for nothing, and nothing begins meanwhile.
    this.#pass(shipment);
    if (home === undefined) return;
    this.#backlogAt = this.#host.elapsed() + BACKLOG_EVERY_MS;
    const onDone: FlushOptions["onDone"] = (outcome, messageIds) => {
      const own = this.#files.settle(messageIds);
      if (outcome === "delivered") this.#delivered += own;
      else if (outcome === "rejected") this.#rejected += own;
      else this.#dropped += own;
    };
    // Bounded: other processes may keep queueing while our own batch waits.
    const until = Math.min(this.#until, this.#backlogAt);
    const options = { ...this.#watch(shipment), until, backOff: true, onDone };
    const { ended } = await flushQueue(this.#host, home, this.#route, options);
    if (["failed", "early", "timeout"].includes(ended)) {
      this.#window.fail();
      this.#wakeLater(MAX_AGE_MS);
    } else if (ended !== "empty" && this.#files.count > 0) this.#wakeLater(BACKLOG_EVERY_MS);
  }

  /** Tries what was queued again when the wait is over, and not before `leastMs`, even if no other report comes. */
  #wakeLater(leastMs: number): void {
    if (this.#waking || this.#route.home === undefined || this.#queueOnly) return;
    this.#waking = true;
    const wait = Math.min(Math.max(this.#notes.waitMs(), leastMs), LONGEST_WAIT_MS);
    void this.#host.sleep(wait, this.#ended.signal).then(() => {
      this.#waking = false;
      this.#startBacklog();
    });
  }

  #storeFilling(): void {
    this.#giveUp(this.#store(this.#filling.take()));
  }

  /**
   * Puts a batch that is on its way on disk. What a full disk refuses goes again after a pause, while memory has room
   * for what comes meanwhile; then it is given up. True where it goes again.
   */
  async #storeShipment(shipment: Shipment): Promise<boolean> {
    shipment.reports = this.#store(shipment.reports.filter((queued) => !this.#files.isCopied(queued.report)));
    this.#backlogAt = 0;
    this.#wakeLater(MAX_AGE_MS);
    // The next batch is full, by its reports or its bytes: whoever adds to it waits for nothing here.
    if (shipment.reports.length > 0 && this.#filling.due === "beside") {
      this.#giveUp(shipment.reports);
      shipment.reports = [];
    }
    if (shipment.reports.length === 0 || this.#closed) return false;
    this.#pass(shipment);
    await this.#host.sleep(MAX_AGE_MS, AbortSignal.any([this.#pause.signal, this.#ended.signal]));
    return !this.#closed;
  }

  /** Puts reports on disk, and returns those that it has no room for. What else can't be kept is dropped. */
  #store(reports: readonly QueuedReport[]): readonly QueuedReport[] {
    const { unkept, gone } = this.#files.store(reports, this.#until + SYNC_MS);
    this.#dropped += gone;
    return unkept;
  }

  /** Drops reports that can be neither sent nor kept. */
  #giveUp(reports: readonly QueuedReport[]): void {
    this.#dropped += reports.length;
    this.#files.countUnkept(reports.length);
  }

  /** Takes reports out of a batch, and counts them. */
  #drop(shipment: Shipment, reports: readonly QueuedReport[], reason: DroppedBy): void {
    const { home } = this.#route;
    this.#dropped += reports.length;
    if (home !== undefined) noteDropped(this.#host, home, reports.length, reason);
    this.#files.removeCopies(reports);
    const gone = new Set(reports);
    shipment.reports = shipment.reports.filter((queued) => !gone.has(queued));
  }
}
