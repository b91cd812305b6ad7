import type { Place } from "./place.ts";
import type { Run } from "./processes.ts";
import { PYTHON_PEERS, type PythonPeer } from "./python_peers.ts";
import { DELAYS_MS, flagsFor, placeOf, Programs, requireAll } from "./python_programs.ts";
import { measureWhole } from "./python_whole.ts";
import { median } from "./statistics.ts";
import type { Goal, Row, Section } from "./table.ts";

/** Between two events a program does something else, so many seconds. */
const PAUSE_S = 0.005;
/** A peer waits for many seconds for a server that never answers. */
const UNANSWERED_ROUNDS = 1;
/** What an event can't do without. */
const BARE = "a bare json.dumps, os.write and two polls";
/** The goals, in milliseconds. */
const GOALS = { alone: 15, beside: 3, told: 5, byVariable: 1, byChoice: 1, later: 0.1 };

/** How often each is measured. */
interface Counts {
  readonly events: number;
  readonly rounds: number;
}

/** What a program says of itself, in milliseconds. */
interface Taken {
  readonly import: number;
  readonly first: number;
  readonly each: readonly number[];
}

/** Measures what a Python program pays, beside Segment's and PostHog's clients for Python. */
export async function measurePythonHost(place: Place, python: string, counts: Counts): Promise<Section[]> {
  const programs = await Programs.find(place, python);
  const start = await measureStart(place, programs, counts.rounds);
  const held: Row[] = [];
  for (const delayMs of DELAYS_MS) {
    await place.collector.delay(delayMs);
    held.push(...await measureLater(place, programs, delayMs, counts));
    await place.collector.delay(0);
  }
  return [
    start,
    { title: `How long each later event holds a Python program, ${counts.events} events`, rows: held },
    ...await measureWhole(place, programs, Math.ceil(counts.rounds / 3)),
  ];
}

/** Import and first event. */
async function measureStart(place: Place, programs: Programs, rounds: number): Promise<Section> {
  const told = await place.home("python-told");
  const off = await place.homeOff("python-off");
  const jobs = [
    programs.job("module", 1, 0, told),
    programs.job("module", 1, 0, told, { name: "beside", flags: ["beside"] }),
    programs.job("module", 1, 0, { ...told, RASA_TELEMETRY_ENABLED: "false" }, { name: "byVariable" }),
    programs.job("module", 1, 0, off, { name: "byChoice" }),
    ...programs.peers.flatMap((peer) => [
      programs.job(peer, 1, 0, {}),
      programs.job(peer, 1, 0, {}, { name: `${peer} beside`, flags: ["beside"] }),
    ]),
  ];
  // The first runs fill the caches for all others.
  await programs.run(jobs, { rounds: 1 });
  const runs = await programs.run(jobs, { rounds });
  const figure = (job: string, of: (taken: Taken) => number) => figureOf(runs.get(job), of);
  const own = (what: string, job: string, of: (taken: Taken) => number, most: number, suffix = ""): Row[] =>
    besidePeers(
      programs,
      { unit: "ms", what, value: figure(job, of), goal: { compare: "itself", most } },
      (peer) => figure(peer + suffix, of),
    );
  const [loaded, first] = [(taken: Taken) => taken.import, (taken: Taken) => taken.first];
  return {
    title: `Import and first event of a Python program, ${rounds} runs each`,
    rows: [
      ...own("import, alone", "module", loaded, GOALS.alone),
      ...own("import, beside what Rasa has loaded", "beside", loaded, GOALS.beside, " beside"),
      ...own("first event, told", "module", first, GOALS.told),
      ...own("first event, off by a variable", "byVariable", first, GOALS.byVariable),
      ...own("first event, off by choice", "byChoice", first, GOALS.byChoice),
    ],
  };
}

/** How long an event holds its program, beside peers and the bare calls that one takes. */
async function measureLater(
  place: Place,
  programs: Programs,
  delayMs: number | null,
  { events, rounds: wanted }: Counts,
): Promise<Row[]> {
  const rounds = delayMs === null ? UNANSWERED_ROUNDS : Math.ceil(wanted / 3);
  const env = await place.home(`python-${delayMs}`);
  await place.collector.count();
  const jobs = [
    programs.job("module", events, PAUSE_S, env),
    programs.job("bare", events, PAUSE_S, {}),
    ...programs.peers.map((peer) => programs.job(peer, events, PAUSE_S, {}, { flags: flagsFor(delayMs) })),
  ];
  const runs = await programs.run(jobs, { rounds });
  if (delayMs !== null) await requireAll(place, events * rounds * (jobs.length - 1));
  const figure = (job: string) => figureOf(runs.get(job), ({ each }) => median(each));
  const goal: Goal = { compare: "itself", most: GOALS.later };
  const what = `each later event, server ${placeOf(delayMs)}`;
  const row = { unit: "ms", what, value: figure("module"), goal } as const;
  return [...besidePeers(programs, row, figure), { ...row, beside: BARE, besideValue: figure("bare") }];
}

function besidePeers(
  programs: Programs,
  row: Pick<Row, "unit" | "what" | "value" | "goal">,
  figure: (peer: PythonPeer) => number | undefined,
): Row[] {
  const peers: readonly PythonPeer[] = ["segment", "posthog"];
  return peers.map((peer) => ({
    ...row,
    beside: PYTHON_PEERS[peer],
    besideValue: programs.note === undefined ? figure(peer) : undefined,
    note: programs.note,
  }));
}

function figureOf(runs: readonly Run[] | undefined, of: (taken: Taken) => number): number | undefined {
  if (runs === undefined) return undefined;
  return median(runs.map(({ out }) => of(JSON.parse(out))));
}
