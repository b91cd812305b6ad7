import { pause, sleep } from "./waiting.ts";

/**
 * The standard streams. Another process that has the same pipe or terminal may have made it non-blocking, as Node does.
 * Then the system refuses a write that has no room and a read that finds nothing, instead of waiting, so we wait.
 */

/** The first wait and the longest, in milliseconds: each is twice as long as the one before. */
const WAITS_MS = { first: 1, longest: 20 } as const;

/** The most bytes of one read: what a pipe holds. */
const CHUNK_BYTES = 64 * 1024;

/**
 * What standard output takes whole or not at all, in bytes, up to a line feed: a pipe this much, a terminal a byte.
 * Source: POSIX's PIPE_BUF.
 */
const WHOLE_BYTES = { pipe: Deno.build.os === "linux" ? 4096 : 512, terminal: 1 } as const;
/**
 * Less than this without a line feed the runtime keeps where the system refuses it, and writes it with whatever comes
 * next, nothing included. More goes to the system directly. Source: tried; it is the buffer of Rust's standard output.
 */
const KEPT_BYTES = 1024;
const LINE_FEED = 0x0a;
const NOTHING = new Uint8Array();

/** The first fault that kept something from standard output, but for a reader that went away. */
let fault: string | undefined;

/** Why something could not be written on standard output, as a `Host` says it. */
export function outputFault(): string | undefined {
  return fault;
}

/**
 * Writes a text on standard output. Returns whether all of it was written; `outputFault` says why not. Where the system
 * refuses something the runtime doesn't say how much was taken, so it is given parts of which that is known.
 */
export function writeOutput(text: string): boolean {
  const whole = Deno.stdout.isTerminal() ? WHOLE_BYTES.terminal : WHOLE_BYTES.pipe;
  for (let bytes = new TextEncoder().encode(text); bytes.length > 0;) {
    const part = firstPart(bytes, whole);
    const isKept = part.length < KEPT_BYTES && part.at(-1) !== LINE_FEED;
    let taken = 0;
    const write = () => void (taken = Deno.stdout.writeSync(part));
    const writeKept = () => void (taken = part.length + Deno.stdout.writeSync(NOTHING));
    const problem = retry(write, isKept ? writeKept : write);
    if (problem !== undefined) {
      fault ??= faultOf(problem);
      return false;
    }
    bytes = bytes.subarray(taken);
  }
  return true;
}

/** As many whole lines as are surely taken whole; where that is none, the first line without its end. */
function firstPart(bytes: Uint8Array<ArrayBuffer>, whole: number): Uint8Array<ArrayBuffer> {
  const lines = bytes.subarray(0, whole).lastIndexOf(LINE_FEED) + 1;
  if (lines > 0) return bytes.subarray(0, lines);
  const end = bytes.indexOf(LINE_FEED);
  return end === -1 ? bytes : bytes.subarray(0, end);
}

/** Writes a text on standard error, as `writeOutput` does. Of that stream the runtime keeps nothing. */
export function writeError(text: string): boolean {
  let bytes = new TextEncoder().encode(text);
  const problem = retry(() => {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  });
  return problem === undefined;
}

/**
 * Does something, and once it was refused for now, `again` until it is done. Returns what was thrown where it can't be
 * done: the caller decides whether that matters to it.
 */
function retry(work: () => void, again = work): Error | undefined {
  let next = work;
  for (let wait: number = WAITS_MS.first;; wait = nextWait(wait)) {
    try {
      next();
      return undefined;
    } catch (error) {
      if (!isForNow(error)) return error instanceof Error ? error : new Error("It is no error", { cause: error });
      pause(wait);
      next = again;
    }
  }
}

/**
 * The system's name for what went wrong, or its message where the runtime knows no name. Undefined where a reader went
 * away, which is its own business.
 */
function faultOf(error: Error): string | undefined {
  if (error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : error.message;
}

/** Standard input, in chunks as they come. Cancelling ends a read that is under way. */
export function standardInput(): ReadableStream<Uint8Array> {
  const over = new AbortController();
  const buffer = new Uint8Array(CHUNK_BYTES);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const count = await readSome(buffer, over.signal);
      if (over.signal.aborted) return;
      if (count === null) controller.close();
      else controller.enqueue(buffer.slice(0, count));
    },
    cancel() {
      over.abort();
      // Whoever writes on need not wait for us. A read that is under way keeps it open until something comes.
      Deno.stdin.close();
    },
  }, { highWaterMark: 0 });
}

/** Reads what there is, once there is something. Null at the end, or where the signal is aborted. */
export async function readSome(into: Uint8Array, signal: AbortSignal): Promise<number | null> {
  for (let wait: number = WAITS_MS.first; !signal.aborted; wait = nextWait(wait)) {
    try {
      return await Deno.stdin.read(into);
    } catch (error) {
      if (!isForNow(error)) throw error;
      await sleep(wait, signal);
    }
  }
  return null;
}

/** Whether the same may succeed a moment later: there is no room, or nothing yet, or a signal came. */
function isForNow(error: unknown): boolean {
  return error instanceof Deno.errors.WouldBlock || error instanceof Deno.errors.Interrupted;
}

function nextWait(wait: number): number {
  return Math.min(2 * wait, WAITS_MS.longest);
}
