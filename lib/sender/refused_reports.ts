import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { listQueue, type QueuedFile } from "./disk_queue/files.ts";
import { afterRefusal, isDue, isFinal } from "./refused.ts";
import type { LockedNotes } from "./server_notes.ts";

/**
 * What one delivery knows of reports that something in the server's place refuses. A filter that refuses everything
 * looks at first as one that refuses a single report: the first refusal only makes that report a suspect, until the
 * server has answered for another one.
 */
export class RefusedReports {
  readonly #host: Host;
  readonly #home: Home;
  readonly #notes: LockedNotes;
  /** The report that was refused alone since the server answered last. */
  #suspect: QueuedFile | undefined;

  constructor(host: Host, home: Home, notes: LockedNotes) {
    this.#host = host;
    this.#home = home;
    this.#notes = notes;
  }

  /** Whether a report was refused since the server answered last. */
  get hasSuspect(): boolean {
    return this.#suspect !== undefined;
  }

  /** Of the reports that wait, what goes next, oldest first: all that were never refused, then each other one alone. */
  next(waiting: readonly QueuedFile[]): readonly QueuedFile[] {
    const { refused } = this.#notes;
    const others = waiting.filter(({ name }) => name !== this.#suspect?.name && !(name in refused));
    if (others.length > 0) return others;
    return waiting.filter(({ name }) => name in refused && isDue(refused, name, this.#host.now())).slice(0, 1);
  }

  /**
   * Notes that a report was refused alone. `"all"`: it is the second since the server answered last, so that all are
   * refused. `"final"`: it has been refused for days. `"waits"`: it is left behind, and others may go.
   */
  refuse(file: QueuedFile): "all" | "final" | "waits" {
    if (this.#suspect !== undefined) return "all";
    const { refused } = this.#notes;
    if (isFinal(refused, file.name, this.#host.now())) return "final";
    if (file.name in refused) this.#note(file);
    else this.#suspect = file;
    return "waits";
  }

  /** The server has answered for others: a suspect is refused for what it is. */
  answered(): void {
    if (this.#suspect !== undefined) this.#note(this.#suspect);
    this.#suspect = undefined;
  }

  #note({ name }: QueuedFile): void {
    const waiting = listQueue(this.#host, this.#home).map((file) => file.name);
    this.#notes.noteRefused(afterRefusal(this.#notes.refused, name, this.#host.now(), waiting));
  }
}
