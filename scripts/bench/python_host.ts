import { ask } from "../support/venv.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import type { Place } from "./place.ts";
import type { Job, Run } from "./processes.ts";
import { installPythonPeers, PYTHON_PEERS, type PythonPeer } from "./python_peers.ts";
import { median } from "./statistics.ts";
import type { Goal, Row, Section } from "./table.ts";

/** How long the servers take to answer, in milliseconds; null: one takes everything and never answers. */
const DELAYS_MS = [0, 50, 200, null] as const;
/** Between two events a program does something else, so many seconds. */
const PAUSE_S = 0.005;
/** The events of a whole program. */
const WHOLE = 200;
/** A peer waits for many seconds for a server that never answers. */
const UNANSWERED_ROUNDS = 1;
/** How long events may take to arrive after a program has ended, in milliseconds. */
const ARRIVAL_MS = 30_000;

/** The goals, in milliseconds. */
const GOALS = { alone: 15, beside: 3, told: 5, byVariable: 1, byChoice: 1, later: 0.1, whole: 30 };

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

type Way = "module" | "none" | PythonPeer;

/** What each program reports with, on one place. */
class Programs {
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
    { name = way, flags = [] }: { readonly name?: string; readonly flags?: readonly string[] } = {},
  ): Job {
    const { endpoint, authority, binary, project } = this.#place;
    const where = way === "module" ? `${ROOT}/python/src` : endpoint;
    const args = [way, where, String(count), String(pauseS), ...flags];
    const trust = { SSL_CERT_FILE: authority, REQUESTS_CA_BUNDLE: authority, RASA_TELEMETRY_BINARY: binary };
    return {
      name,
      argv: [this.#python, `${ROOT}/scripts/bench/host.py`, ...args],
      env: { PATH: Deno.env.get("PATH") ?? "", PYTHONPYCACHEPREFIX: `${this.#place.folder}/pycache`, ...env, ...trust },
      cwd: project,
    };
  }

  /** Runs programs in turns, after each has run once to fill the caches. */
  async run(jobs: readonly Job[], rounds: number, warm = true): Promise<Map<string, Run[]>> {
    if (warm) await this.#place.measure(jobs, { rounds: 1 });
    return await this.#place.measure(jobs, { rounds });
  }
}

/** Measures what a Python program pays, beside Segment's and PostHog's clients for Python. */
export async function measurePythonHost(place: Place, python: string, counts: Counts): Promise<Section[]> {
  const programs = await Programs.find(place, python);
  const sections = [await measureStart(place, programs, counts.rounds)];
  const [held, whole]: [Row[], Row[]] = [[], []];
  for (const delayMs of DELAYS_MS) {
    await place.collector.delay(delayMs);
    const env = await place.home(`python-${delayMs}`);
    const rounds = delayMs === null ? UNANSWERED_ROUNDS : Math.ceil(counts.rounds / 3);
    held.push(...await measureLater(place, programs, { delayMs, env, rounds, events: counts.events }));
    whole.push(...await measureWhole(place, programs, { delayMs, env, rounds }));
    await place.collector.delay(0);
  }
  return [
    ...sections,
    { title: `How long each later event holds a Python program, ${counts.events} events`, rows: held },
    { title: `A whole Python program of ${WHOLE} events, beside the same without any`, rows: whole },
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
  const runs = await programs.run(jobs, rounds);
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

/** A server, and a home for what talks to it. */
interface Server {
  readonly delayMs: number | null;
  readonly env: Record<string, string>;
  readonly rounds: number;
}

async function measureLater(
  place: Place,
  programs: Programs,
  { delayMs, env, rounds, events }: Server & { readonly events: number },
): Promise<Row[]> {
  await place.collector.count();
  const jobs = [
    programs.job("module", events, PAUSE_S, env),
    ...programs.peers.map((peer) => programs.job(peer, events, PAUSE_S, {}, { flags: flagsFor(delayMs) })),
  ];
  const runs = await programs.run(jobs, rounds, false);
  if (delayMs !== null) await requireAll(place, events * rounds * jobs.length);
  const figure = (job: string) => figureOf(runs.get(job), ({ each }) => median(each));
  const goal: Goal = { compare: "itself", most: GOALS.later };
  const what = `each later event, server ${placeOf(delayMs)}`;
  return besidePeers(programs, { unit: "ms", what, value: figure("module"), goal }, figure);
}

async function measureWhole(place: Place, programs: Programs, { delayMs, env, rounds }: Server): Promise<Row[]> {
  await place.collector.count();
  const ways: Way[] = ["none", "module", ...programs.peers];
  const runs = await programs.run(
    ways.map((way) => programs.job(way, WHOLE, 0, way === "module" ? env : {}, { flags: flagsFor(delayMs) })),
    rounds,
    false,
  );
  if (delayMs !== null) await requireAll(place, WHOLE * rounds * (ways.length - 1));
  const ms = (way: string) => median((runs.get(way) ?? []).map((run) => run.ms));
  const none = ms("none");
  return ["module" as const, ...programs.peers].map((way): Row => ({
    unit: "ms",
    what: `${way === "module" ? "rasa_telemetry" : PYTHON_PEERS[way]}, server ${placeOf(delayMs)}`,
    value: ms(way),
    beside: "the same without any",
    besideValue: none,
    goal: way === "module" ? { compare: "more", most: GOALS.whole } : { compare: "more" },
    note: programs.note,
  }));
}

/** Throws where an event was lost. What a program reported may arrive after its end. */
async function requireAll(place: Place, count: number): Promise<void> {
  let arrived = 0;
  for (const since = Date.now(); arrived < count && Date.now() - since < ARRIVAL_MS;) {
    arrived += (await place.collector.count()).distinct;
    if (arrived < count) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (arrived !== count) throw new Error(`Cannot compare: of ${count} events of Python programs ${arrived} arrived`);
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

/** Asked to send what they have, the peers would try for minutes with a server that never answers. */
function flagsFor(delayMs: number | null): readonly string[] {
  return delayMs === null ? ["leave"] : [];
}

function placeOf(delayMs: number | null): string {
  return delayMs === null ? "that never answers" : `${delayMs} ms away`;
}
