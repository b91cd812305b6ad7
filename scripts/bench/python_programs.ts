import { ask } from "../support/venv.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import type { Place } from "./place.ts";
import type { Job, Run, Turns } from "./processes.ts";
import { installPythonPeers, type PythonPeer } from "./python_peers.ts";

/** What the Python programs of the benchmark are, and whether all that they report arrives. */

/** How long the servers take to answer, in milliseconds; null: one takes everything and never answers. */
export const DELAYS_MS = [0, 50, 200, null] as const;
/** How long events may take to arrive after a program has ended, in milliseconds. */
const ARRIVAL_MS = 30_000;

/** What a program reports with: this package, a peer, nothing; or it makes the bare calls that an event takes. */
export type Way = "module" | "none" | "bare" | PythonPeer;

/** How one program differs from another that reports in the same way. */
interface JobOptions {
  readonly name?: string;
  readonly flags?: readonly string[];
  /** What it is started through. */
  readonly wrap?: readonly string[];
}

/** What each program reports with, on one place. */
export class Programs {
  readonly #place: Place;
  readonly #python: string;
  /** Whether the peers can be run here, and why not. */
  readonly note: string | undefined;

  private constructor(place: Place, python: string, note: string | undefined) {
    this.#place = place;
    this.#python = python;
    this.note = note;
  }

  static async find(place: Place, python: string): Promise<Programs> {
    const installed = await installPythonPeers(python);
    if (typeof installed === "string") {
      const path = (await ask(python, ["-c", "import sys; print(sys.executable)"])).trim();
      return new Programs(place, path, `Not measured: ${installed}.`);
    }
    return new Programs(place, installed.python, undefined);
  }

  get peers(): readonly PythonPeer[] {
    return this.note === undefined ? ["segment", "posthog"] : [];
  }

  /** A program that reports so many events in this way. */
  job(
    way: Way,
    count: number,
    pauseS: number,
    env: Record<string, string>,
    { name = way, flags = [], wrap = [] }: JobOptions = {},
  ): Job {
    const { endpoint, authority, binary, project } = this.#place;
    const where = way === "module" ? `${ROOT}/python/src` : endpoint;
    const args = [way, where, String(count), String(pauseS), ...flags];
    const trust = { SSL_CERT_FILE: authority, REQUESTS_CA_BUNDLE: authority, RASA_TELEMETRY_BINARY: binary };
    return {
      name,
      argv: [...wrap, this.#python, `${ROOT}/scripts/bench/host.py`, ...args],
      env: { PATH: Deno.env.get("PATH") ?? "", PYTHONPYCACHEPREFIX: `${this.#place.folder}/pycache`, ...env, ...trust },
      cwd: project,
    };
  }

  /** Runs programs in turns. */
  async run(jobs: readonly Job[], turns: Turns): Promise<Map<string, Run[]>> {
    return await this.#place.measure(jobs, turns);
  }
}

/** Throws where an event was lost. What a program reported may arrive after its end. */
export async function requireAll(place: Place, count: number): Promise<void> {
  let arrived = 0;
  for (const since = Date.now(); arrived < count && Date.now() - since < ARRIVAL_MS;) {
    arrived += (await place.collector.count()).distinct;
    if (arrived < count) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (arrived !== count) throw new Error(`Cannot compare: of ${count} events of Python programs ${arrived} arrived`);
}

/** Asked to send what they have, the peers would try for minutes with a server that never answers. */
export function flagsFor(delayMs: number | null): readonly string[] {
  return delayMs === null ? ["leave"] : [];
}

/** How far away a server is, in words. */
export function placeOf(delayMs: number | null): string {
  return delayMs === null ? "that never answers" : `${delayMs} ms away`;
}
