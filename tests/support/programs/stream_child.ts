import type { BinaryOptions, Ended, Place, Running } from "./isolation.ts";
import { NO_COUNTS } from "../inputs/numbered_events.ts";

/** Lets some time pass. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The end of a stream that did everything right. */
export function done(counts: Partial<typeof NO_COUNTS>): Ended {
  return { code: 0, signal: null, out: `${JSON.stringify({ ...NO_COUNTS, ...counts }, null, 2)}\n`, err: "" };
}

/** The arguments that every stream of the tests is started with. */
export const STREAM = ["stream", "--json"];

/** A stream that runs, and what was written to it. */
export class StreamChild {
  readonly running: Running;
  readonly #encoder = new TextEncoder();

  constructor(place: Place, options: Omit<BinaryOptions, "stdin"> = {}, args: readonly string[] = STREAM) {
    this.running = place.start(args, { ...options, stdin: null });
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

/** How much memory a process has resident, in MB. For Linux. */
export async function residentMb(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

/** How much processor time a process has taken so far, in milliseconds. For Linux. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Fields 14 and 15, in hundredths of a second on every Linux that is in use.
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
