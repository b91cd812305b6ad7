import { EVENT } from "./events.ts";
import type { Place } from "./place.ts";
import { canBeCold, findProgram, type Job, type Run } from "./processes.ts";
import { median } from "./statistics.ts";
import type { Goal, Row, Section } from "./table.ts";

/** The processes that are measured, each with the one that it is compared with. */
const COMPARISONS = [
  { job: "off", what: "telemetry off (variable)", beside: "floor", besideName: "a program that only ends" },
  { job: "off by choice", what: "telemetry off (stored)", beside: "floor", besideName: "a program that only ends" },
  { job: "queued", what: "track --timeout 0, queued", beside: "floor", besideName: "a program that only ends" },
  { job: "init", what: "init, told", beside: "floor", besideName: "a program that only ends" },
  { job: "status", what: "status", beside: "floor", besideName: "a program that only ends" },
  { job: "disable", what: "disable", beside: "floor", besideName: "a program that only ends" },
  { job: "delivered", what: "track, delivered", beside: "fetch", besideName: "the same and one HTTPS fetch" },
] as const;

/** The goals: at most so many times the figure beside it; for the size of the binary, MiB more. */
const TIME_GOALS = {
  "off": 1.05,
  "off by choice": 1.05,
  "queued": 1.25,
  "init": 1.2,
  "status": 1.2,
  "disable": 1.2,
  "delivered": 1.1,
};
/** The goal: the longest that people wait for what was sent, in milliseconds, where the log is full. */
const FULL_LOG_MS = 300;
/** So many events fill the log. */
const FULL_LOG_EVENTS = 5_000;
const CPU_GOAL = 1.2;
const MEMORY_GOAL = 1.2;
const MORE_MIB = 1;

/** Measures time, processor time and memory of whole processes, warm and cold, and the size of the binary. */
export async function measureWholeProcess(place: Place, rounds: number, coldRounds: number): Promise<Section[]> {
  const jobs = await jobsOf(place);
  // The first runs fill the caches for all others.
  await place.measure(jobs, { rounds: 1 });
  const warm = await place.measure(jobs, { rounds });
  const cold = canBeCold() ? await place.measure(jobs, { rounds: coldRounds, cold: true }) : undefined;
  return [
    { title: `Whole process, warm, ${rounds} runs each`, rows: timeRows(warm) },
    { title: `Whole process, cold, ${coldRounds} runs each`, rows: timeRows(cold) },
    { title: `Processors of the whole process, user and system, ${rounds} runs each`, rows: cpuRows(warm) },
    { title: `Memory of track, and size`, rows: [...memoryRows(warm), await sizeRow(place)] },
    { title: `What was sent, with a full log, ${coldRounds} runs each`, rows: await fullLogRows(place, coldRounds) },
  ];
}

async function jobsOf(place: Place) {
  const { binary, floor, fetchFloor, project, event, body, endpoint, authority, home, homeOff } = place;
  const on = await home("on");
  const queueing = await home("queueing");
  const off = await homeOff("off by choice");
  const disabling = await homeOff("disabling");
  const shared = { cwd: project, stdin: event };
  const curl = [
    "--silent",
    "--fail",
    "--cacert",
    authority,
    "--user",
    "bench:",
    "--header",
    "content-type: application/json",
    "--data-binary",
    `@${body}`,
    `${endpoint}/v1/track`,
  ];
  const jobs: Job[] = [
    { name: "floor", argv: [floor], env: on, ...shared },
    {
      name: "off",
      argv: [binary, "track", EVENT],
      env: { ...on, RASA_TELEMETRY_ENABLED: "false" },
      ...shared,
    },
    { name: "off by choice", argv: [binary, "track", EVENT], env: off, ...shared },
    {
      name: "queued",
      argv: [binary, "track", EVENT, "--timeout", "0"],
      env: queueing,
      fresh: `${queueing["HOME"]}/.config/rasa/telemetry`,
      ...shared,
    },
    { name: "init", argv: [binary, "init"], env: on, ...shared },
    { name: "status", argv: [binary, "status"], env: on, ...shared },
    { name: "disable", argv: [binary, "disable"], env: disabling, ...shared },
    { name: "fetch", argv: [fetchFloor], env: { ...on, RASA_TELEMETRY_HOME: body }, ...shared },
    { name: "delivered", argv: [binary, "track", EVENT], env: on, ...shared },
  ];
  const path = await findProgram("curl");
  if (path !== undefined) jobs.push({ name: "curl", argv: [path, ...curl], env: {}, ...shared });
  return jobs;
}

function timeRows(runs: Map<string, Run[]> | undefined): Row[] {
  const figure = (job: string) => medianOf(runs?.get(job), ({ ms }) => ms);
  const note = runs === undefined ? "Not measured: emptying the page cache needs root on Linux." : undefined;
  const rows = COMPARISONS.map(({ job, what, beside, besideName }): Row => ({
    unit: "ms",
    what,
    value: figure(job),
    beside: besideName,
    besideValue: figure(beside),
    goal: { compare: "times", most: TIME_GOALS[job] },
    note,
  }));
  const curl: Row = {
    unit: "ms",
    what: "track, delivered",
    value: figure("delivered"),
    beside: "curl posting the same",
    besideValue: figure("curl"),
    goal: { compare: "times" },
    note,
  };
  return [...rows, curl];
}

function cpuRows(runs: Map<string, Run[]>): Row[] {
  const figure = (job: string) => medianOf(runs.get(job), ({ userMs, systemMs }) => userMs + systemMs);
  return COMPARISONS.map(({ job, what, beside, besideName }): Row => ({
    unit: "ms",
    what,
    value: figure(job),
    beside: besideName,
    besideValue: figure(beside),
    goal: { compare: "times", most: CPU_GOAL },
  }));
}

function memoryRows(runs: Map<string, Run[]>): Row[] {
  const figure = (job: string) => medianOf(runs.get(job), ({ kib }) => kib / 1024);
  const goal: Goal = { compare: "times", most: MEMORY_GOAL };
  const floor = { unit: "MiB", beside: "a program that only ends", besideValue: figure("floor"), goal } as const;
  const delivered = { unit: "MiB", what: "track, delivered, peak", value: figure("delivered") } as const;
  const fetching = { beside: "the same and one HTTPS fetch", besideValue: figure("fetch") };
  return [
    { ...floor, what: "track --timeout 0, peak", value: figure("queued") },
    { ...floor, ...delivered },
    { ...delivered, ...fetching, goal: { compare: "times" } },
  ];
}

/** How long people wait for what was sent. */
async function fullLogRows(
  { binary, floor, project, home, events, measure, collector }: Place,
  rounds: number,
) {
  const env = await home("full log");
  const shared = { env, cwd: project };
  const stream: Job = { name: "stream", argv: [binary, "stream"], ...shared, stdin: await events(FULL_LOG_EVENTS) };
  await measure([stream], { rounds: 1 });
  await collector.count();
  const commands = { "log": ["log"], "inspect --html": ["inspect", "--html", "-"] };
  const jobs = Object.entries(commands).map(([name, args]): Job => ({ name, argv: [binary, ...args], ...shared }));
  const runs = await measure([...jobs, { name: "floor", argv: [floor], ...shared }], { rounds });
  const figure = (job: string) => medianOf(runs.get(job), ({ ms }) => ms);
  return jobs.map(({ name }): Row => ({
    unit: "ms",
    what: name,
    value: figure(name),
    beside: "a program that only ends",
    besideValue: figure("floor"),
    goal: { compare: "itself", most: FULL_LOG_MS },
  }));
}

async function sizeRow({ binary, floor }: Place): Promise<Row> {
  const [own, bare] = await Promise.all([binary, floor].map(async (path) => (await Deno.stat(path)).size / 1024 ** 2));
  return {
    unit: "MiB",
    what: "size of the binary",
    value: own,
    beside: "a program that only ends",
    besideValue: bare,
    goal: { compare: "more", most: MORE_MIB },
  };
}

function medianOf(runs: readonly Run[] | undefined, figure: (run: Run) => number): number | undefined {
  return runs === undefined ? undefined : median(runs.map(figure));
}
