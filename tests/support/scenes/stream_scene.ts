import { loadCommands } from "../../../lib/cli.ts";
import type { MemoryHost } from "../machine/memory_host.ts";
import { NO_COUNTS, numberOf } from "../inputs/numbered_events.ts";
import { ASKED, queued, runHere } from "./scene.ts";
import type { TimedHost } from "../machine/timed_host.ts";

/** What tests of `stream` need: to run it, and to see what became of what it was given. */

// On a `TimedHost` time passes while nothing happens, and loading takes time of its own.
await loadCommands();

/** The options of a host whose user said yes. */
export const SAID_YES = { files: ASKED };

/** How a stream ended. */
export interface Streamed {
  readonly code: number;
  readonly result: Record<string, unknown>;
  readonly err: string;
}

/** How a stream ends that did everything right. */
export function done(result: Partial<typeof NO_COUNTS>): Streamed {
  return { code: 0, result: { ...NO_COUNTS, ...result }, err: "" };
}

/** Runs `stream --json` to its end. */
export async function stream(host: TimedHost, ...args: readonly string[]): Promise<Streamed> {
  const code = await host.until(runHere(host, "stream", "--json", ...args));
  return { code, result: JSON.parse(host.out), err: host.err };
}

/** Runs `stream --json` to its end, with an input that is there from the beginning. */
export async function streamAll(host: TimedHost, input: string | Uint8Array, ...args: string[]): Promise<Streamed> {
  host.feed(input);
  host.endInput();
  return await stream(host, ...args);
}

/** The reports of all requests, in order. */
export function sent({ requests }: MemoryHost): Record<string, unknown>[] {
  return requests.flatMap(({ body }) => Array.isArray(body["batch"]) ? body["batch"] : [body]);
}

/** The numbers of the events that went, in order. */
export function sentNumbers(host: MemoryHost): number[] {
  return sent(host).map(numberOf);
}

/** The numbers of the events that wait, oldest first. */
export function waitingNumbers(host: MemoryHost): number[] {
  return queued(host).map(({ report }) => numberOf(report));
}
