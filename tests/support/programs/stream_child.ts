import { NO_COUNTS } from "../inputs/numbered_events.ts";
import type { EndToEnd, RunOptions } from "../scenes/end_to_end.ts";
import type { Ended, Running } from "./process.ts";

/** Streams of the binary that a test writes to as it goes, and what they cost. */

/** How a stream ends that did everything right. */
export function done(counts: Partial<typeof NO_COUNTS>): Ended {
  return { code: 0, signal: null, out: `${JSON.stringify({ ...NO_COUNTS, ...counts }, null, 2)}\n`, err: "" };
}

/** The arguments that every stream of the tests is started with. */
export const STREAM = ["stream", "--json"];

/** A stream that runs, with an input that stays open until `close`. */
export class StreamChild {
  readonly running: Running;
  readonly #encoder = new TextEncoder();

  constructor(here: EndToEnd, options: Omit<RunOptions, "stdin"> = {}, args: readonly string[] = STREAM) {
    this.running = here.start(args, { ...options, stdin: null });
  }

  get pid(): number {
    return this.running.child.pid;
  }

  /** Resolves once the stream, or the pipe to it, has taken the text. */
  async write(text: string): Promise<void> {
    await this.running.stdin?.write(this.#encoder.encode(text));
  }

  /** Ends its input and waits for its end. Throws where that takes too long. */
  async close(): Promise<Ended> {
    const ended = this.running.ended();
    await this.running.stdin?.close();
    return await ended;
  }
}

/** How much memory a process has resident, in MB. Linux only. */
export async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** How much processor time a process has taken so far, in milliseconds. Linux only. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Fields 14 and 15, in hundredths of a second on every Linux that is in use.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
