import { FileFault, type FileLock, type Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import type { Refusals } from "./refused.ts";
import {
  FIRST_STATE,
  isEarly,
  type MadeRequest,
  nextState,
  readServerState,
  type ServerState,
  stateAfterSameFailure,
  stateAfterShortDeadline,
  type Waits,
  writeServerState,
} from "./server_state.ts";

/** How often, at most, a success is noted for other processes, in milliseconds. */
const NOTE_EVERY_MS = 1_000;

/** Where an attempt leaves what its answer says of the server. */
export interface ServerNotes {
  /** A request was made, and this came of it. */
  note(request: MadeRequest): void;
  /** The caller's own short deadline ended a request. */
  noteShortDeadline(): void;
}

/** The notes of a single request, after which nobody asks. */
export const NO_NOTES: ServerNotes = { note() {}, noteShortDeadline() {} };

/** The notes of the process that holds the delivery lock: it alone writes them. */
export class LockedNotes implements ServerNotes {
  readonly #host: Host;
  readonly #home: Home;
  #state: ServerState;

  constructor(host: Host, home: Home) {
    this.#host = host;
    this.#home = home;
    this.#state = readServerState(host, home);
  }

  /** Names of files that the server has answered for, but that can't be removed. */
  get stuck(): readonly string[] {
    return this.#state.stuck;
  }

  /** Reports that something in the server's place refuses. */
  get refused(): Refusals {
    return this.#state.refused;
  }

  isEarly(waits: Waits): boolean {
    return isEarly(this.#state, this.#host.now(), waits);
  }

  note(request: MadeRequest): void {
    this.#write(nextState(this.#state, this.#host.now(), this.#host.random(), request));
  }

  noteShortDeadline(): void {
    this.#write(stateAfterShortDeadline(this.#state, this.#host.now(), this.#host.random()));
  }

  /** Remembers files that can't be removed, beside those that are remembered. */
  noteStuck(names: readonly string[]): void {
    if (names.length > 0) this.#write({ ...this.#state, stuck: [...this.#state.stuck, ...names] });
  }

  /** Remembers which reports are refused. */
  noteRefused(refused: Refusals): void {
    this.#write({ ...this.#state, refused });
  }

  /** Forgets files that are gone; it is written with what is noted next. */
  keepStuck(names: readonly string[]): void {
    this.#state = { ...this.#state, stuck: names };
  }

  #write(state: ServerState): void {
    this.#state = state;
    writeServerState(this.#host, this.#home, state);
  }
}

/** The notes of a process that sends from memory, beside others that may deliver: it takes the lock for each note. */
export class SharedNotes implements ServerNotes {
  readonly #host: Host;
  /** Undefined where nothing can be stored: then the process remembers for itself. */
  readonly #home: Home | undefined;
  #own: ServerState = FIRST_STATE;
  /** When a success was noted last, by `host.elapsed()`. */
  #notedAt = -Infinity;
  /** When a request of this process failed last, by `host.elapsed()`. */
  #failedAt = -Infinity;

  constructor(host: Host, home: Home | undefined) {
    this.#host = host;
    this.#home = home;
  }

  /** Whether it is too early for another request, by what is stored and by what this process knows. */
  isEarly(): boolean {
    const waits = { backOff: true, shortDeadline: false };
    return [this.#stored(), this.#own].some((state) => isEarly(state, this.#host.now(), waits));
  }

  /** How long until the stored waits are over, in milliseconds; below zero where they are. */
  waitMs(): number {
    const { notBefore, serverNotBefore } = this.#stored();
    return Math.max(notBefore, serverNotBefore) - this.#host.now().getTime();
  }

  note(request: MadeRequest): void {
    const [now, random] = [this.#host.now(), this.#host.random()];
    const elapsed = this.#host.elapsed();
    const delivered = request.verdict === "delivered";
    const failed = !delivered && request.verdict !== "rejected";
    // Requests that were under way together fail together, and whatever else they say is older than the failure.
    const isLate = request.begunAt < this.#failedAt;
    if (isLate && !failed) return;
    const change = isLate ? stateAfterSameFailure : nextState;
    this.#own = change(this.#own, now, random, request);
    if (failed) this.#failedAt = elapsed;
    // Where everything goes well, nobody needs to know it at once.
    if (delivered && elapsed - this.#notedAt < NOTE_EVERY_MS) return;
    const written = this.#underLock((stored) => change(stored, now, random, request));
    if (written) this.#notedAt = delivered ? elapsed : -Infinity;
  }

  noteShortDeadline(): void {
    // Its only short deadline is its end, which tells other processes nothing.
  }

  #stored(): ServerState {
    return this.#home === undefined ? FIRST_STATE : readServerState(this.#host, this.#home);
  }

  /** Returns whether it was written: not where another process holds the lock, which writes its own note. */
  #underLock(change: (stored: ServerState) => ServerState): boolean {
    if (this.#home === undefined) return false;
    let lock: FileLock | undefined;
    try {
      this.#host.files.makeDirectory(this.#home.telemetryDirectory);
      lock = this.#host.files.lock(this.#home.deliveryLock);
      if (lock === undefined) return false;
      writeServerState(this.#host, this.#home, change(this.#stored()));
      return true;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      return false;
    } finally {
      lock?.release();
    }
  }
}
