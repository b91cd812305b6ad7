import { installPeers, type Peer, peerJob, PEERS } from "./peers.ts";
import type { Place } from "./place.ts";
import type { Job, Run } from "./processes.ts";
import { counted, median } from "./statistics.ts";
import type { Goal, Row, Section } from "./table.ts";

/** The goal: how many times as fast as the peers. */
const FASTER = 3;
/** The goal: at most this many times the memory of a program that only ends. */
const MEMORY_GOAL = 1.5;

/**
 * Measures events a second from a long-lived caller, and memory after many more, beside the peers on the same
 * collector.
 */
export async function measureStream(
  place: Place,
  counts: { readonly events: number; readonly rounds: number; readonly many: number },
): Promise<Section[]> {
  const few = await runInTurns(place, counts.events, counts.rounds);
  const many = await runInTurns(place, counts.many, 1);
  const floorJob: Job = { name: "floor", argv: [place.floor], env: await place.home("on"), cwd: place.project };
  const floors = (await place.measure([floorJob], { rounds: 5 })).get("floor") ?? [];
  const floor = median(floors.map(({ kib }) => kib / 1024));
  return [
    {
      title: `stream: events a second, ${counted(counts.events)} events, ${counts.rounds} runs each, all arrived`,
      rows: [
        ...beside("events/s", "stream", few, (run) => counts.events / (run.ms / 1000), {
          compare: "times",
          least: FASTER,
        }),
        ...beside("ms", "its processor time, user and system", few, ({ userMs, systemMs }) => userMs + systemMs, {
          compare: "times",
        }),
      ],
    },
    {
      title: `stream: memory at its peak, ${counted(counts.many)} events, one run each, all arrived`,
      rows: [
        {
          unit: "MiB",
          what: "stream",
          value: memory(many.own),
          beside: "a program that only ends",
          besideValue: floor,
          goal: { compare: "times", most: MEMORY_GOAL },
        },
        ...beside("MiB", "stream", many, ({ kib }) => kib / 1024, { compare: "times" }),
        ...beside("events/s", "stream", many, (run) => counts.many / (run.ms / 1000), {
          compare: "times",
          least: FASTER,
        }),
      ],
    },
  ];
}

/** Runs of this program and of the peers. */
export interface Compared {
  readonly own: readonly Run[];
  /** Empty for a peer that can't be run here. */
  readonly peers: Readonly<Record<Peer, readonly Run[]>>;
  /** Why the peers were not run; undefined where they were. */
  readonly note: string | undefined;
}

/** One figure of this program beside that of each peer. */
export function beside(
  unit: Row["unit"],
  what: string,
  { own, peers, note }: Compared,
  figure: (run: Run) => number,
  goal: Goal,
): Row[] {
  const value = median(own.map(figure));
  return namesOf(peers).map((peer) => {
    const found = peers[peer].length === 0 ? undefined : median(peers[peer].map(figure));
    return { unit, what, value, beside: PEERS[peer], besideValue: found, goal, note };
  });
}

/** Runs this program and the peers in turns, each with the same number of events. */
export async function compareWithPeers(
  place: Place,
  count: number,
  rounds: number,
  runOwn: () => Promise<Run>,
): Promise<Compared> {
  const installed = await installPeers();
  const own: Run[] = [];
  const peers: Record<Peer, Run[]> = { segment: [], posthog: [] };
  for (let round = 0; round < rounds; round++) {
    own.push(await runOwn());
    if (typeof installed === "string") continue;
    for (const peer of namesOf(peers)) {
      const job = await peerJob(place, installed, peer, count);
      const runs = (await place.measure([job], { rounds: 1 })).get(peer) ?? [];
      peers[peer].push(...runs);
      await requireAll(place, peer, count);
    }
  }
  return { own, peers, note: typeof installed === "string" ? `Not measured: ${installed}.` : undefined };
}

/** Throws where not every event has arrived exactly once. */
export async function requireAll(place: Place, name: string, count: number): Promise<void> {
  const { reports, distinct } = await place.collector.count();
  if (reports !== count || distinct !== count) {
    throw new Error(`Cannot compare: of ${count} events of ${name} ${distinct} arrived, in ${reports} reports`);
  }
}

async function runInTurns(place: Place, count: number, rounds: number): Promise<Compared> {
  const env = await place.home("streaming");
  const stdin = await place.events(count);
  const job: Job = { name: "stream", argv: [place.binary, "stream", "--json"], env, cwd: place.project, stdin };
  await place.collector.count();
  return await compareWithPeers(place, count, rounds, async () => {
    const [run] = (await place.measure([job], { rounds: 1 })).get("stream") ?? [];
    if (run === undefined) throw new Error("Cannot measure: stream did not run");
    await requireAll(place, "stream", count);
    return run;
  });
}

function memory(runs: readonly Run[]): number {
  return median(runs.map(({ kib }) => kib / 1024));
}

function namesOf(peers: Readonly<Record<Peer, unknown>>): Peer[] {
  // Object.keys forgets the names' type.
  return Object.keys(peers) as Peer[];
}
