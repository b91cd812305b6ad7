import type { Host } from "../host/host.ts";
import { BATCH_LIMITS, sizeInBatch } from "./attempt.ts";
import type { QueuedReport } from "./disk_queue/content.ts";

/** Longest wait before a batch that isn't full is sent, in milliseconds. */
export const MAX_AGE_MS = 1_000;

/** When a batch goes: not yet, once no request is under way, or beside others too. */
export type Due = "later" | "alone" | "beside";

/** The batch that is being filled. */
export class Filling {
  readonly #host: Host;
  /** Told when the batch has come of age. */
  readonly #onAge: () => void;
  #reports: QueuedReport[] = [];
  #bytes = 0;
  /** Ends the wait for the batch to come of age. */
  #age = new AbortController();
  #due: Due = "later";

  constructor(host: Host, onAge: () => void) {
    this.#host = host;
    this.#onAge = onAge;
  }

  get reports(): readonly QueuedReport[] {
    return this.#reports;
  }

  get due(): Due {
    return this.#due;
  }

  /** Makes it due. Never later than it was. */
  makeDue(due: Due): void {
    if (this.#reports.length > 0 && (this.#due === "later" || due === "beside")) this.#due = due;
  }

  /** Whether another report of this size is one too many: a batch has `most`. One alone always has room. */
  isFullWith(bytes: number, most: number): boolean {
    const { length } = this.#reports;
    return length > 0 && (length >= most || this.#bytes + bytes > BATCH_LIMITS.bytes);
  }

  add(queued: QueuedReport): void {
    if (this.#reports.length === 0) this.#awaitAge();
    this.#reports.push(queued);
    this.#bytes += sizeInBatch(queued.report);
  }

  /** Gives what is in it, and begins the next batch with `rest`. */
  take(rest: readonly QueuedReport[] = []): readonly QueuedReport[] {
    const taken = this.#reports;
    this.#age.abort();
    [this.#reports, this.#bytes, this.#due] = [[], 0, "later"];
    for (const queued of rest) this.add(queued);
    return taken;
  }

  #awaitAge(): void {
    const age = new AbortController();
    this.#age = age;
    void this.#host.sleep(MAX_AGE_MS, age.signal).then(() => {
      if (!age.signal.aborted) this.#onAge();
    });
  }
}
