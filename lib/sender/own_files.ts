import type { Host } from "../host/host.ts";
import type { WrittenReport } from "../report/written_report.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import { messageIdOf, noteDropped, type QueuedFile, removeQueued } from "./disk_queue/files.ts";
import { keepReports } from "./keep_reports.ts";
import type { Route } from "./route.ts";

/** What came of putting reports on disk. */
export interface Stored {
  /** Those that the disk has no room for. */
  readonly unkept: readonly QueuedReport[];
  /** How many are gone: of these, and of what had to make room for them. */
  readonly gone: number;
}

/** What the queue in memory has put on disk, and what a full disk refused. */
export class OwnFiles {
  readonly #host: Host;
  readonly #route: Route;
  /** The messageIds of what was put there and, as far as this process knows, still waits. */
  readonly #waiting = new Set<string>();
  /** The files of those that are on their way too. */
  readonly #copies = new Map<string, QueuedFile>();
  /** How many were given up because the disk is full, which could not be written there either. */
  #uncounted = 0;

  constructor(host: Host, route: Route) {
    this.#host = host;
    this.#route = route;
  }

  /** How many wait there. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Puts reports there, made safe from power cuts until `syncUntil`, by `host.elapsed()`. */
  store(reports: readonly QueuedReport[], syncUntil: number): Stored {
    if (reports.length === 0) return { unkept: [], gone: 0 };
    const { files, dropped, unkept } = keepReports(this.#host, this.#route, reports, syncUntil);
    for (const file of files) this.#waiting.add(messageIdOf(file));
    return { unkept, gone: reports.length - files.length - unkept.length + this.settle(dropped) };
  }

  /**
   * Puts there what is in memory, because the process may be ended at any moment; of what is on its way (`sending`) it
   * is a copy. `unkept`: what stays in memory of the others.
   */
  copy(sending: readonly QueuedReport[], others: readonly QueuedReport[], syncUntil: number): Stored {
    const onWay = new Set(sending.map(({ report }) => report.messageId));
    const { files, dropped, lost } = keepReports(this.#host, this.#route, [...sending, ...others], syncUntil);
    for (const file of files) {
      const id = messageIdOf(file);
      this.#waiting.add(id);
      if (onWay.has(id)) this.#copies.set(id, file);
    }
    const replaced = this.settle(dropped);
    const rest = others.filter(({ report }) => !this.#waiting.has(report.messageId));
    const unkept = lost === "unkept" ? rest : [];
    return { unkept, gone: replaced + rest.length - unkept.length };
  }

  /** Takes messageIds off what waits, and returns how many were among it. */
  settle(messageIds: readonly string[]): number {
    return messageIds.filter((id) => this.#waiting.delete(id)).length;
  }

  /** Whether there is a copy of a report that is on its way. */
  isCopied({ messageId }: WrittenReport): boolean {
    return this.#copies.has(messageId);
  }

  /** Removes the copies of what is settled. */
  removeCopies(reports: readonly QueuedReport[]): void {
    if (this.#copies.size === 0) return;
    const { home } = this.#route;
    const files = reports.flatMap(({ report }) => this.#copies.get(report.messageId) ?? []);
    if (home !== undefined && files.length > 0) removeQueued(this.#host, home, files);
    for (const { report } of reports) {
      if (this.#copies.delete(report.messageId)) this.#waiting.delete(report.messageId);
    }
  }

  /** Counts what a full disk refused, once it takes that. */
  countUnkept(count: number): void {
    const { home } = this.#route;
    this.#uncounted += count;
    if (home !== undefined && noteDropped(this.#host, home, this.#uncounted, "disk")) this.#uncounted = 0;
  }
}
