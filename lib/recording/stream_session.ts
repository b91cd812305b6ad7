import type { BuildConfig } from "../build_config.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import { isEffective } from "../consent/effective.ts";
import type { Host } from "../host/host.ts";
import { noteDropped } from "../sender/disk_queue/files.ts";
import { MemoryQueue, type MemoryQueueCounts } from "../sender/memory_queue.ts";
import { type Soon, whenThere } from "../soon.ts";
import { safeJson } from "../terminal/printable.ts";
import { type Line, LineSplitter } from "./input/lines.ts";
import { readUntilEnd } from "./input/standard_input.ts";
import { parseStreamLine } from "./input/stream_line.ts";
import type { KeptOutcome } from "./keeper.ts";
import type { RecordResult } from "./outcome.ts";
import { sayOverruled } from "./overruled.ts";
import { isOn, mayRecord } from "./record.ts";
import { sayWithheld } from "./say_withheld.ts";
import { settleChanges } from "./settle_changes.ts";
import { Recorder } from "./recorder.ts";
import { giveSign, type Sign } from "./sign_of_life.ts";

/**
 * How long the rest may take once somebody asked the program to end, in milliseconds. It has two seconds; some of them
 * go into queueing.
 */
const END_REQUEST_MS = 1_200;
/** How many bad lines are named. The others are only counted: more lines help nobody. */
const MAX_NAMED_LINES = 20;

/** What `stream --json` prints at the end. */
export interface StreamResult extends MemoryQueueCounts {
  /** Lines that became reports. */
  readonly accepted: number;
}

/** How a stream is run. */
export interface StreamOptions {
  /** How long delivering may take once the input has ended, in seconds; 0: everything is only queued. */
  readonly timeoutS: number;
  /**
   * After how many seconds without input it ends. Then it gives signs on standard output, prints the reports of debug
   * mode on standard error, and puts on disk what it has at the end before it delivers that. Undefined: none of it.
   */
  readonly idleS: number | undefined;
}

/** What became of a stream. */
export interface Streamed {
  readonly result: StreamResult;
  /** How many lines could not be taken. */
  readonly badLines: number;
}

/**
 * How old a look at consent may be when a line comes, in milliseconds. What is recorded after a no is deleted before it
 * could leave, however old the look is: consent is asked for anew before each request. In local mode it may still be
 * kept on the machine.
 */
const LOOK_EVERY_MS = 50;

const QUEUED: KeptOutcome = { outcome: "queued", heldUntil: null };
const NOTHING: MemoryQueueCounts = { delivered: 0, queued: 0, rejected: 0, dropped: 0 };

/**
 * Records what standard input gives, an entry a line, until it ends, or is idle for too long. Names bad lines on
 * standard error. Where telemetry is off, the input is read and thrown away.
 */
export async function recordStream(host: Host, build: BuildConfig, options: StreamOptions): Promise<Streamed> {
  const { timeoutS, idleS } = options;
  // `by`: when everything must be over, by `host.elapsed()`. `tell` is there once the session is.
  const end: { by: number; tell?: () => void } = { by: Infinity };
  const sign = (word: Sign) => idleS !== undefined && giveSign(host, word);
  const input = readUntilEnd(host, {
    idleMs: idleS === undefined ? Infinity : idleS * 1000,
    onIdle: () => sign("ending"),
    onEndRequest() {
      sign("ending");
      end.by = Math.min(end.by, host.elapsed() + END_REQUEST_MS);
      end.tell?.();
    },
  });
  const consent = await readConsent(host, build);
  if (!consent.enabled) await settleChanges(host, consent);
  const session = isOn(host, consent, "properties") ? new StreamSession(host, build, consent, options) : undefined;
  sign("reading");
  if (!session?.isUseful) {
    host.leaveFolder();
    // The writer must not be stopped by a pipe that is closed or full.
    for await (const _ of input);
    return { result: { accepted: 0, ...NOTHING }, badLines: 0 };
  }
  sayOverruled(host, consent);
  end.tell = () => session.endBy(end.by);
  end.tell();
  try {
    for await (const chunk of input) await session.take(chunk);
    await session.takeLast();
    if (idleS !== undefined) session.keep();
    sign("kept");
  } catch (error) {
    // A fault of the program's own: what it was given until then is queued.
    await session.close(0);
    throw error;
  }
  return await session.close(Math.min(timeoutS * 1000, end.by - host.elapsed()));
}

/** One stream, from its first line to its end. */
class StreamSession {
  readonly #host: Host;
  readonly #consent: Consent;
  readonly #recorder: Recorder;
  readonly #lines = new LineSplitter();
  readonly #debug: boolean;
  readonly #print: (text: string) => void;
  #queue: MemoryQueue | undefined;
  #endBy = Infinity;
  #isOn = true;
  /** When consent was looked at, by `host.elapsed()`. */
  #lookedAt = -Infinity;
  #accepted = 0;
  #tooLarge = 0;
  #bad = 0;

  constructor(host: Host, build: BuildConfig, consent: Consent, { timeoutS, idleS }: StreamOptions) {
    const queueOnly = timeoutS === 0;
    this.#host = host;
    this.#consent = consent;
    this.#debug = isDebug(host);
    // The signs alone are on standard output.
    this.#print = (text) => idleS === undefined ? host.stdout(text) : host.say(text);
    this.#recorder = new Recorder(host, build, consent, !queueOnly, (route) => {
      const queue = this.#queue = new MemoryQueue(host, route, { queueOnly });
      this.endBy(this.#endBy);
      return { keep: (queued) => whenThere(queue.add(queued), () => QUEUED) };
    });
  }

  /** Whether anything could come of a line. */
  get isUseful(): boolean {
    return this.#recorder.isUseful && (this.#debug || isEffective(this.#host, this.#consent));
  }

  /** Leaves no time beyond a moment of `host.elapsed()` for what is still to be sent. */
  endBy(moment: number): void {
    this.#endBy = moment;
    if (moment !== Infinity) this.#queue?.shortenDeadline(moment - this.#host.elapsed());
  }

  async take(chunk: Uint8Array): Promise<void> {
    // Asked when the chunk comes: by the time the last of its lines is taken, a no and a new yes may have been stored.
    const isOn = this.#look();
    for (const line of this.#lines.push(chunk)) {
      const taken = this.#takeLine(line, isOn);
      if (taken !== undefined) await taken;
    }
  }

  /** Takes the last line, where nothing ended it. */
  async takeLast(): Promise<void> {
    const last = this.#lines.end();
    if (last !== undefined) await this.#takeLine(last, this.#look());
  }

  /** Puts what waits in memory on disk, where that can be done. */
  keep(): void {
    this.#queue?.keep();
  }

  async close(timeoutMs: number): Promise<Streamed> {
    const counts = await this.#queue?.close(timeoutMs) ?? NOTHING;
    const result = { accepted: this.#accepted, ...counts, rejected: counts.rejected + this.#tooLarge };
    if (this.#bad > MAX_NAMED_LINES) {
      const more = this.#bad - MAX_NAMED_LINES;
      this.#host.problem(`${more} more ${more === 1 ? "line" : "lines"} could not be taken`);
    }
    return { result, badLines: this.#bad };
  }

  /** Whether telemetry is on. */
  #look(): boolean {
    const now = this.#host.elapsed();
    if (now - this.#lookedAt >= LOOK_EVERY_MS) [this.#isOn, this.#lookedAt] = [this.#recorder.lookAgain(), now];
    return this.#isOn;
  }

  /** `isOn`: whether telemetry was on when the line came. Where it is off, nothing is made of it. */
  #takeLine(line: Line, isOn: boolean): Soon<undefined> {
    const entry = parseStreamLine(line);
    if (typeof entry === "string") return this.#refuse(line, entry);
    if ("unknown" in entry) {
      const { home } = this.#consent;
      if (isOn && home !== undefined && !this.#debug) noteDropped(this.#host, home, 1, "unknown");
      return this.#refuse(line, entry.unknown);
    }
    if (!isOn || !mayRecord(this.#consent, entry.recording.root)) return undefined;
    return whenThere(this.#recorder.record(entry), (result) => this.#count(result));
  }

  #count({ outcome, report, withheld, withheldUnknown }: RecordResult): undefined {
    this.#accepted++;
    if (outcome === "rejected") this.#tooLarge++;
    // The first report was made from what is in the working folder; the others need nothing of it.
    if (this.#accepted === 1) this.#host.leaveFolder();
    if (report === undefined) return;
    this.#print(safeJson(report) + "\n");
    sayWithheld(this.#host, { withheld, withheldUnknown });
  }

  #refuse({ number }: Line, why: string): undefined {
    if (++this.#bad <= MAX_NAMED_LINES) this.#host.problem(`Cannot take line ${number}: ${why}`);
  }
}
