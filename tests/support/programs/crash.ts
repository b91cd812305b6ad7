import { binaryPath, endpointPort, withFolder } from "./binary.ts";
import { type Arrival, Collector } from "./collector.ts";

/** A process that has ended, by itself or by a kill. */
export interface Ended {
  /** Its write key, so that every request tells which process made it. */
  readonly carrier: string;
  /** Whether the kill came while it was alive. */
  readonly killed: boolean;
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** How long it lived, in milliseconds. */
  readonly lifeMs: number;
}

/** How to start a process of a storm. */
export interface StormStart {
  /** The home's folder; the storm's own unless given. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** When to kill it, in milliseconds from its start; undefined: not at all. */
  readonly killAfterMs?: number;
}

/** What a test that kills processes has. */
export interface Storm {
  readonly collector: Collector;
  readonly folder: string;
  readonly home: string;
  /** From 0 to 1; the same sequence for the same seed. For the moments of kills alone, or they would not come again. */
  readonly random: () => number;
  readonly run: (args: readonly string[], start?: StormStart) => Promise<Ended>;
}

/**
 * Between which shares of a usual life a kill may come, in turn: anywhere, and beyond the end, so that those that live longer are
 * met there too; and where the program itself is at work, because the first half is the runtime's own start.
 */
const MOMENTS = [[0, 1.3], [0.5, 1.1]] as const;
/** One start in so many is left alone, to see how long a life is at the moment, and so many of the last ones tell. */
const LEFT_ALONE = 5;
const RECENT = 9;
/** Starts per wanted kill after which something is wrong: usually two in three meet a process alive. */
const STARTS_PER_KILL = 6;
const SEED = Number(Deno.env.get("TELEMETRY_TEST_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);

/** An end-to-end test that kills processes. TELEMETRY_TEST_SEED chooses the same moments again. */
export function storm(name: string, work: (storm: Storm) => Promise<void>): void {
  // Windows has no signal that would tell a killed process from one that failed.
  const ignore = Deno.build.os === "windows";
  Deno.test({ name, ignore, fn: () => withFolder((folder) => runStorm(name, folder, work)) });
}

async function runStorm(name: string, folder: string, work: (storm: Storm) => Promise<void>): Promise<void> {
  say(`${name}: TELEMETRY_TEST_SEED=${SEED}`);
  const collector = new Collector(endpointPort());
  const home = `${folder}/home`;
  let started = 0;
  const run = (args: readonly string[], start: StormStart = {}) =>
    runToItsEnd(`carrier-${started++}`, args, `${folder}/project`, { home, ...start });
  try {
    await work({ collector, folder, home, random: seededRandom(SEED), run });
  } finally {
    await collector.close();
  }
}

async function runToItsEnd(
  carrier: string,
  args: readonly string[],
  cwd: string,
  start: StormStart & { readonly home: string },
): Promise<Ended> {
  const since = performance.now();
  const child = new Deno.Command(binaryPath(), {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { HOME: start.home, RASA_TELEMETRY_WRITE_KEY: carrier, ...start.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = start.killAfterMs === undefined ? undefined : setTimeout(() => kill(child), start.killAfterMs);
  const { code, signal, stdout, stderr } = await child.output();
  clearTimeout(timer);
  return {
    carrier,
    killed: signal === "SIGKILL",
    code,
    out: new TextDecoder().decode(stdout),
    err: new TextDecoder().decode(stderr),
    lifeMs: performance.now() - since,
  };
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    // It has just ended by itself.
    if (!(error instanceof TypeError)) throw error;
  }
}

/**
 * Starts processes, so many at a time, until so many kills met one alive, each at a random moment (`MOMENTS`). `start` is given
 * the moment, or undefined where the process is to be left alone. Throws where too few are met.
 */
export async function killUntil(
  { kills, width, random }: { readonly kills: number; readonly width: number; readonly random: () => number },
  start: (killAfterMs: number | undefined, index: number) => Promise<readonly Ended[]>,
): Promise<Ended[]> {
  const ended: Ended[] = [];
  const lives: number[] = [];
  let met = 0;
  await inParallel(width, kills * STARTS_PER_KILL, async (index) => {
    if (met >= kills) return;
    const leftAlone = index < RECENT || index % LEFT_ALONE === 0;
    const [earliest, latest] = MOMENTS[index % MOMENTS.length]!;
    const moment = earliest + random() * (latest - earliest);
    const processes = await start(leftAlone ? undefined : moment * median(lives.slice(-RECENT)), index);
    if (leftAlone) lives.push(...processes.map(({ lifeMs }) => lifeMs));
    met += processes.filter(({ killed }) => killed).length;
    ended.push(...processes);
  });
  const life = `a usual life of ${median(lives).toFixed(0)} ms`;
  if (met < kills) throw new Error(`Only ${met} of ${ended.length} processes with ${life} were met alive`);
  say(`${met} kills among ${ended.length} processes with ${life}`);
  return ended;
}

/** Does something so many times, so many at a time. */
export async function inParallel(width: number, times: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < times; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** The middle one, or the upper of the two. Throws where there is none. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error("there is no median of nothing");
  return middle;
}

/** The messageIds of the reports that a request carried. */
export function messageIdsOf({ body }: Arrival): string[] {
  const reports: Record<string, unknown>[] = Array.isArray(body["batch"]) ? body["batch"] : [body];
  return reports.map((report) => String(report["messageId"]));
}

/** The requests that a process made. */
export function arrivalsOf(arrivals: readonly Arrival[], processes: readonly Ended[]): Arrival[] {
  const carriers = new Set(processes.map(({ carrier }) => carrier));
  return arrivals.filter((arrival) => carriers.has(carrierOf(arrival)));
}

/**
 * The messageIds that came more often than is explained by requests whose answer nobody lived, or waited, to see. Such a request
 * is the last of its process: before the next one, what was answered for is removed.
 */
export function unexplainedRepeats(arrivals: readonly Arrival[], unanswered: (carrier: string) => boolean): string[] {
  const lastOf = new Map(arrivals.map((arrival) => [carrierOf(arrival), arrival]));
  const cutOff = (arrival: Arrival) => lastOf.get(carrierOf(arrival)) === arrival && unanswered(carrierOf(arrival));
  return repeatsIn(arrivals.filter((arrival) => !cutOff(arrival)).flatMap(messageIdsOf));
}

/** Tells whether a process was killed, by its carrier. */
export function wasKilled(processes: readonly Ended[]): (carrier: string) => boolean {
  const killed = new Set(processes.filter((process) => process.killed).map(({ carrier }) => carrier));
  return (carrier) => killed.has(carrier);
}

/** Every value but the first of its kind. */
export function repeatsIn(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}

/** The process that made a request, by the write key that it was given. */
export function carrierOf({ authorization }: Arrival): string {
  return atob(authorization?.replace(/^Basic /, "") ?? "").replace(/:$/, "");
}

/** Numbers from 0 to 1 that depend on the seed alone: a linear congruence modulo 2^32, whose upper bits are well mixed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Tells the person who runs the tests a figure that decides nothing. */
export function say(text: string): void {
  // deno-lint-ignore no-console -- a seed or a time that is asserted nowhere has no other way out
  console.error(text);
}
