import { seededRandom } from "../machine/random.ts";
import type { EndToEnd } from "../scenes/end_to_end.ts";
import type { Collector } from "./collector.ts";
import { median, say } from "./figures.ts";
import { type Ended, killQuietly } from "./process.ts";
import { inParallel } from "./waiting.ts";

/** Processes that are killed at random moments of their life. TELEMETRY_TEST_SEED chooses the same moments again. */

/** A process that has ended, by itself or by a kill. */
export interface KillableRun extends Ended {
  /** Of this process alone, so that every request tells which process made it. */
  readonly writeKey: string;
  /** Whether the kill came while it was alive. */
  readonly killed: boolean;
  /** How long it lived, in milliseconds. */
  readonly lifeMs: number;
}

/** How to start a process that can be killed. */
export interface KillableStart {
  /** The home's folder; the test's own unless given. */
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** When to kill it, in milliseconds from its start; undefined: not at all. */
  readonly killAfterMs?: number | undefined;
}

/** What a test that kills processes has. */
export interface KillTest {
  readonly collector: Collector;
  readonly folder: string;
  readonly home: string;
  /** From 0 to 1; the same sequence for the same seed. For the moments of kills alone, or they would not come again. */
  readonly random: () => number;
  run(args: readonly string[], start?: KillableStart): Promise<KillableRun>;
}

/**
 * Between which shares of a usual life a kill may come, in turn: anywhere, and beyond the end, so that processes that live
 * longer are met there too; and where the program itself is at work, because the first half is the runtime's own start.
 */
const MOMENTS = [[0, 1.3], [0.5, 1.1]] as const;
/** Every so many starts one process is left alone, to learn how long a life is at the moment. */
const LEFT_ALONE = 5;
/** How many of the last lives say how long a usual one is. */
const RECENT = 9;
/** Starts per wanted kill after which something is wrong: usually two in three meet a process alive. */
const STARTS_PER_KILL = 6;
/** Longest life, in milliseconds: several processes at a time share the machine. */
const LONGEST_MS = 60_000;
const SEED = Number(Deno.env.get("TELEMETRY_TEST_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);

/** Makes such a test out of an end-to-end test. Prints the seed. */
export function killTest(here: EndToEnd): KillTest {
  say(`TELEMETRY_TEST_SEED=${SEED}`);
  const { collector, folder, home } = here;
  let started = 0;
  return {
    collector,
    folder,
    home,
    random: seededRandom(SEED),
    run: (args, start = {}) => runKillable(here, `process-${started++}`, args, start),
  };
}

async function runKillable(
  here: EndToEnd,
  writeKey: string,
  args: readonly string[],
  { home = here.home, env = {}, killAfterMs }: KillableStart,
): Promise<KillableRun> {
  const since = performance.now();
  const running = here.start(args, {
    home,
    env: { RASA_TELEMETRY_WRITE_KEY: writeKey, ...env },
    longestMs: LONGEST_MS,
  });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => killQuietly(running.child), killAfterMs);
  const ended = await running.ended();
  clearTimeout(timer);
  return { ...ended, writeKey, killed: ended.signal === "SIGKILL", lifeMs: performance.now() - since };
}

/**
 * Starts processes, `width` at a time, until `kills` of the kills met one alive, each at a random moment (`MOMENTS`). `start`
 * is given the moment, or undefined where the process is to be left alone. Throws where too few are met.
 */
export async function killUntil(
  { kills, width, random }: { readonly kills: number; readonly width: number; readonly random: () => number },
  start: (killAfterMs: number | undefined, index: number) => Promise<readonly KillableRun[]>,
): Promise<KillableRun[]> {
  const ended: KillableRun[] = [];
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

/** Tells of a write key whether its process was killed. */
export function wasKilled(processes: readonly KillableRun[]): (writeKey: string) => boolean {
  const killed = new Set(processes.filter((process) => process.killed).map(({ writeKey }) => writeKey));
  return (writeKey) => killed.has(writeKey);
}
