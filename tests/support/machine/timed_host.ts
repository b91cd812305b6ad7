import { setImmediate } from "node:timers";
import { MemoryHost, type MemoryHostOptions } from "./memory_host.ts";

interface Wait {
  readonly until: number;
  readonly end: () => void;
}

/** Turns of the event loop without anything new after which the program has nothing left to do but wait. */
const QUIET_TURNS = 5;
/** How long a program that waits for nothing may take to go on, in real milliseconds. */
const PATIENCE_MS = 5_000;
/** The longest that a program may take, in milliseconds of its own time: a day, so that only one that never ends takes longer. */
const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * A `MemoryHost` on which everything happens in its order: each wait ends when it is due, and only once there is nothing else
 * left to do. Standard input is fed as the test goes, and taken chunk by chunk.
 */
export class TimedHost extends MemoryHost {
  /** How many chunks of standard input the program has taken. */
  chunksTaken = 0;
  /** How many requests were under way at the same time, at most. */
  mostRequests = 0;
  readonly #underWay = new Set<Request>();
  readonly #waiting = new Set<Wait>();
  readonly #chunks: Uint8Array[] = [];
  #inputEnded = false;
  #inputComes: () => void = () => {};
  #requestsStarted = 0;
  #activity = 0;

  constructor(options: Omit<MemoryHostOptions, "stdin"> = {}) {
    super(options);
  }

  /** Writes to the program's standard input. */
  feed(content: string | Uint8Array): void {
    this.#chunks.push(typeof content === "string" ? new TextEncoder().encode(content) : content);
    this.#inputComes();
  }

  /** Closes the program's standard input. */
  endInput(): void {
    this.#inputEnded = true;
    this.#inputComes();
  }

  /** Does something in `milliseconds` from now. */
  after(milliseconds: number, work: () => void): void {
    void this.sleep(milliseconds).then(work);
  }

  /** How many waits have not come to their end. */
  get waitsNow(): number {
    return this.#waiting.size;
  }

  /** Lets time pass until the work is done. Throws where that takes more than a day, or where it waits for nothing. */
  async until<T>(work: T | Promise<T>): Promise<T> {
    let done = false;
    const marked = Promise.resolve(work).finally(() => done = true);
    // The error is thrown where `marked` is awaited below.
    marked.catch(() => {});
    const from = this.clock;
    for (;;) {
      await this.#untilQuiet(() => done);
      if (done) return await marked;
      const next = [...this.#waiting].reduce<Wait | undefined>(
        (first, wait) => first === undefined || wait.until < first.until ? wait : first,
        undefined,
      );
      if (next === undefined && await this.#happens(() => done)) continue;
      if (next === undefined || next.until - from > LONGEST_MS) throw new Error("It never ends");
      this.clock = Math.max(this.clock, next.until);
      next.end();
    }
  }

  /** Lets so much time pass. */
  async pass(milliseconds: number): Promise<void> {
    await this.until(this.sleep(milliseconds));
  }

  override get stdin(): ReadableStream<Uint8Array> {
    let cancelled = false;
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      while (this.#chunks.length === 0 && !this.#inputEnded) {
        await new Promise<void>((resolve) => this.#inputComes = resolve);
      }
      this.#activity++;
      if (cancelled) return;
      const chunk = this.#chunks.shift();
      if (chunk === undefined) return controller.close();
      this.chunksTaken++;
      controller.enqueue(chunk);
    };
    const cancel = () => {
      cancelled = true;
      this.#inputComes();
    };
    // As with a pipe, nothing is taken before it is asked for.
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }

  override sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.#activity++;
    this.waits.push(milliseconds);
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        this.#activity++;
        this.#waiting.delete(wait);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const wait = { until: this.clock + milliseconds, end };
      this.#waiting.add(wait);
      signal?.addEventListener("abort", end);
    });
  }

  override async fetch(request: Request, authorities: readonly string[]): Promise<Response> {
    this.#requestsStarted++;
    this.#underWay.add(request);
    this.mostRequests = Math.max(this.mostRequests, this.#underWay.size);
    // A request that was given up is not under way, whatever the server still does with it.
    const end = () => this.#underWay.delete(request);
    request.signal.addEventListener("abort", end, { once: true });
    try {
      return await super.fetch(request, authorities);
    } finally {
      this.#activity++;
      end();
    }
  }

  /** Whether the program goes on by itself, where it waits for nothing: a busy machine takes its time for a hash. */
  async #happens(isDone: () => boolean): Promise<boolean> {
    const before = this.#activity;
    const since = performance.now();
    while (performance.now() - since < PATIENCE_MS) {
      await new Promise<void>((resolve) => setTimeout(resolve, 1));
      if (isDone() || this.#activity !== before) return true;
    }
    return false;
  }

  async #untilQuiet(isDone: () => boolean): Promise<void> {
    let seen = -1;
    for (let quiet = 0; quiet < QUIET_TURNS && !isDone(); quiet++) {
      // A request whose body is still being read has yet to be answered.
      if (seen !== this.#activity || this.requests.length < this.#requestsStarted) quiet = 0;
      seen = this.#activity;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }
}
