import { installPeers, type Peer, peerJob, PEERS } from "./peers.ts";
import type { Place } from "./place.ts";
import type { Job, Run } from "./processes.ts";
import { counted, median } from "./statistics.ts";
import type { Goal, Row, Section } from "./table.ts";

/** How long the servers take to answer, in milliseconds. */
const DELAYS_MS = [0, 40] as const;
/** The goals: how many times as fast as each peer at least, and how much of its processor time at most. */
const FASTER: Readonly<Record<Peer, number>> = { segment: 3, posthog: 2 };
const CPU_SHARE: Readonly<Record<Peer, number>> = { segment: 0.25, posthog: 0.5 };
/** The program that does no more than send the same. */
const LEAST = "the least that sends them";
/** The goal: at most this many times the memory of a program that only ends. */
const MEMORY_GOAL = 1.4;

/**
 * Measures events a second from a long-lived caller, and memory after many more, beside the peers on the same
 * collector.
 */
export async function measureStream(
  place: Place,
  counts: { readonly events: number; readonly rounds: number; readonly many: number },
): Promise<Section[]> {
  const sections: Section[] = [];
  for (const delayMs of DELAYS_MS) {
    await place.collector.delay(delayMs);
    const least: Run[] = [];
    const found = await runInTurns(place, counts.events, counts.rounds, async () => {
      least.push(await runStream(place, LEAST, [place.streamFloor], counts.events));
    });
    await place.collector.delay(0);
    const rate = (run: Run) => counts.events / (run.ms / 1000);
    sections.push({
      title: `stream, a server ${delayMs} ms away: ${counted(counts.events)} events, ${counts.rounds} runs each`,
      rows: [
        ...beside("events/s", "stream", found, rate, (peer) => ({ compare: "times", least: FASTER[peer] })),
        besideLeast("events/s", "stream", found.own, least, rate),
        ...beside("ms", "its processor time, user and system", found, ({ userMs, systemMs }) => userMs + systemMs, (
          peer,
        ) => ({ compare: "times", most: CPU_SHARE[peer] })),
        besideLeast("ms", "its processor time", found.own, least, ({ userMs, systemMs }) => userMs + systemMs),
      ],
    });
  }
  const many = await runOwn(place, counts.many);
  const leastMany = await runStream(place, LEAST, [place.streamFloor], counts.many);
  const floorJob: Job = { name: "floor", argv: [place.floor], env: await place.home("on"), cwd: place.project };
  const floors = (await place.measure([floorJob], { rounds: 5 })).get("floor") ?? [];
  const floor = median(floors.map(({ kib }) => kib / 1024));
  sections.push({
    title: `stream: memory at its peak, ${counted(counts.many)} events, one run, all arrived`,
    rows: [{
      unit: "MiB",
      what: "stream",
      value: many.kib / 1024,
      beside: "a program that only ends",
      besideValue: floor,
      goal: { compare: "times", most: MEMORY_GOAL },
    }, besideLeast("MiB", "stream", [many], [leastMany], ({ kib }) => kib / 1024)],
  });
  return sections;
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
  goal: (peer: Peer) => Goal,
): Row[] {
  const value = median(own.map(figure));
  return namesOf(peers).map((peer) => {
    const found = peers[peer].length === 0 ? undefined : median(peers[peer].map(figure));
    return { unit, what, value, beside: PEERS[peer], besideValue: found, goal: goal(peer), note };
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

/** Each round runs this program, what `also` runs, and the peers. */
async function runInTurns(
  place: Place,
  count: number,
  rounds: number,
  also: () => Promise<void>,
): Promise<Compared> {
  await place.collector.count();
  return await compareWithPeers(place, count, rounds, async () => {
    await also();
    return await runOwn(place, count);
  });
}

async function runOwn(place: Place, count: number): Promise<Run> {
  return await runStream(place, "stream", [place.binary, "stream", "--json"], count);
}

/** Runs a program that sends the events on its standard input. Throws where not every one arrives exactly once. */
async function runStream(place: Place, name: string, argv: readonly string[], count: number): Promise<Run> {
  const env = await place.home("streaming");
  const stdin = await place.events(count);
  // The least one takes what it says of this machine from there.
  const home: Record<string, string> = name === "stream" ? {} : { RASA_TELEMETRY_HOME: place.body };
  const job: Job = { name, argv, env: { ...env, ...home }, cwd: place.project, stdin };
  const [run] = (await place.measure([job], { rounds: 1 })).get(name) ?? [];
  if (run === undefined) throw new Error(`Cannot measure: ${name} did not run`);
  await requireAll(place, name, count);
  return run;
}

/** What the least program that sends the same leaves room for. There is no goal: it checks and keeps nothing. */
function besideLeast(
  unit: Row["unit"],
  what: string,
  own: readonly Run[],
  least: readonly Run[],
  figure: (run: Run) => number,
): Row {
  const [value, besideValue] = [own, least].map((runs) => median(runs.map(figure)));
  return { unit, what, value, beside: LEAST, besideValue, goal: { compare: "times" } };
}

function namesOf(peers: Readonly<Record<Peer, unknown>>): Peer[] {
  // Object.keys forgets the names' type.
  return Object.keys(peers) as Peer[];
}
