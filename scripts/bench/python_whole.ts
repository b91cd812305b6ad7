import type { Place } from "./place.ts";
import type { Run } from "./processes.ts";
import { PYTHON_PEERS, type PythonPeer } from "./python_peers.ts";
import { DELAYS_MS, flagsFor, placeOf, type Programs, requireAll } from "./python_programs.ts";
import { median } from "./statistics.ts";
import { insideContainer, outsideContainers, type Surroundings } from "./surroundings.ts";
import type { Goal, Row, Section } from "./table.ts";

/** The events of a whole program. */
const WHOLE = 200;
/** The goal, in milliseconds more than the same program without any event. */
const MOST_MORE = 30;
const NOT_OUTSIDE = "Not measured: this machine is a container, and only root on Linux can hide that.";
const NOT_INSIDE = "Not measured: a process namespace needs root on Linux.";

/** Measures whole Python programs: outside of containers beside the peers, and as process 1 of one. */
export async function measureWhole(place: Place, programs: Programs, rounds: number): Promise<Section[]> {
  const outside = await outsideContainers(place.folder);
  const inside = await insideContainer();
  const [rows, rowsInside]: [Row[], Row[]] = [[], []];
  for (const delayMs of DELAYS_MS) {
    await place.collector.delay(delayMs);
    const plain = outside && await measureOwn(place, programs, { delayMs, rounds, name: "outside", ...outside });
    const first = inside && await measureOwn(place, programs, { delayMs, rounds, name: "inside", ...inside });
    const peers = await measurePeers(place, programs, { delayMs, rounds: delayMs === null ? 1 : rounds });
    await place.collector.delay(0);
    const row = (what: string, runs: Runs | undefined, job: string, goal: Goal, note: string | undefined): Row => ({
      unit: "ms",
      what: `${what}, server ${placeOf(delayMs)}`,
      value: msOf(runs, job),
      beside: "the same without any",
      besideValue: msOf(runs, "none"),
      goal,
      note: runs === undefined ? note : undefined,
    });
    rows.push(row("rasa_telemetry", plain, "module", { compare: "more", most: MOST_MORE }, NOT_OUTSIDE));
    for (const peer of ["segment", "posthog"] as const) {
      rows.push(row(PYTHON_PEERS[peer], peers, peer, { compare: "more" }, programs.note));
    }
    rowsInside.push(row("rasa_telemetry", first, "module", { compare: "more" }, NOT_INSIDE));
  }
  return [
    { title: `A whole Python program of ${WHOLE} events, beside the same without any`, rows },
    { title: `The same as process 1 of a container, whose end it is`, rows: rowsInside },
  ];
}

type Runs = Map<string, Run[]>;

/** A server, and how often each program runs beside it. */
interface Server {
  readonly delayMs: number | null;
  readonly rounds: number;
}

async function measureOwn(
  place: Place,
  programs: Programs,
  { delayMs, rounds, name, ...surroundings }: Server & Surroundings & { readonly name: string },
): Promise<Runs> {
  const { through, wrap } = surroundings;
  const env = await place.home(`python-${name}-${delayMs}`, surroundings);
  await place.collector.count();
  const job = (way: "none" | "module") => programs.job(way, WHOLE, 0, env, { wrap });
  const jobs = [job("none"), job("module")];
  // The first runs fill the caches for all others, and the home with what is known about consent.
  await programs.run(jobs, { rounds: 1, through });
  const runs = await programs.run(jobs, { rounds, through });
  if (delayMs !== null) {
    // What the end of a container has cut off waits on disk. Elsewhere the streams go on, and deliver by themselves.
    const flush = { name: "flush", argv: [place.binary, "flush"], env, cwd: place.project };
    if (wrap.length > 0) await place.measure([flush], { rounds: 1, through });
    await requireAll(place, WHOLE * (1 + rounds));
  }
  return runs;
}

async function measurePeers(place: Place, programs: Programs, { delayMs, rounds }: Server): Promise<Runs | undefined> {
  if (programs.note !== undefined) return undefined;
  await place.collector.count();
  const ways: ("none" | PythonPeer)[] = ["none", ...programs.peers];
  const jobs = ways.map((way) => programs.job(way, WHOLE, 0, {}, { flags: flagsFor(delayMs) }));
  const runs = await programs.run(jobs, { rounds });
  if (delayMs !== null) await requireAll(place, WHOLE * rounds * programs.peers.length);
  return runs;
}

function msOf(runs: Runs | undefined, job: string): number | undefined {
  return runs && median((runs.get(job) ?? []).map(({ ms }) => ms));
}
