import { QUEUE_LIMITS } from "../../lib/sender/disk_queue/limits.ts";
import type { Place } from "./place.ts";
import type { Job, Run } from "./processes.ts";
import { counted, median } from "./statistics.ts";
import { beside, type Compared, compareWithPeers, requireAll } from "./stream.ts";
import type { Row, Section } from "./table.ts";

/** The most reports that wait at a time. */
const LIMIT = QUEUE_LIMITS.reports;

/** How many times the limit the larger backlog is. */
const TIMES = 10;
/** The goal: how many times as fast as the peers. */
const FASTER = 3;

/**
 * Measures the delivery of reports on disk, beside peers that send as many from memory, because they keep nothing on
 * disk.
 */
export async function measureBacklog(place: Place, rounds: number): Promise<Section> {
  const env = await place.home("backlog");
  const folder = `${env["HOME"]}/.config/rasa/telemetry`;
  const template = await takeTemplate(place, env, folder);
  const flush: Job = { name: "flush", argv: [place.binary, "flush", "--json"], env, cwd: place.project };
  const deliver = async (planted: number): Promise<Run> => {
    await plant(folder, template, planted);
    const [run] = (await place.measure([flush], { rounds: 1 })).get("flush") ?? [];
    if (run === undefined) throw new Error("Cannot measure: flush did not run");
    await requireAll(place, "flush", LIMIT);
    return run;
  };
  await place.collector.count();
  const once = await compareWithPeers(place, LIMIT, rounds, () => deliver(LIMIT));
  const often = await compareWithPeers(place, LIMIT * TIMES, Math.ceil(rounds / 2), async () => {
    const runs: Run[] = [];
    for (let time = 0; time < TIMES; time++) runs.push(await deliver(LIMIT));
    return { ...runs[0]!, ms: runs.reduce((sum, { ms }) => sum + ms, 0) };
  });
  const over: Run[] = [];
  for (let round = 0; round < rounds; round++) over.push(await deliver(LIMIT * TIMES));
  return { title: `Delivering a backlog, ${rounds} runs each, all arrived`, rows: rowsOf(once, often, over) };
}

/** `once`: as many reports as may wait; `often`: so many, several times; `over`: all of those at once. */
function rowsOf(once: Compared, often: Compared, over: readonly Run[]): Row[] {
  const rate = (count: number) => ({ ms }: Run) => count / (ms / 1000);
  const [single, ten] = [rate(LIMIT), rate(LIMIT * TIMES)];
  const goal = { compare: "times", least: FASTER } as const;
  const [few, many] = [counted(LIMIT), counted(LIMIT * TIMES)];
  const repeated = `flush, ${many} reports, ${TIMES} x ${few}`;
  const time = (runs: readonly Run[]) => median(runs.map(({ ms }) => ms));
  return [
    ...beside("events/s", `flush, ${few} reports`, once, single, goal),
    ...beside("events/s", repeated, often, ten, goal),
    {
      unit: "events/s",
      what: repeated,
      value: median(often.own.map(ten)),
      beside: `flush, ${few} reports`,
      besideValue: median(once.own.map(single)),
      goal: { compare: "times", least: 0.9 },
    },
    {
      unit: "ms",
      what: `flush, ${many} files at once`,
      value: time(over),
      beside: `flush, ${few} files`,
      besideValue: time(once.own),
      goal: { compare: "times", most: TIMES },
      note: `At most ${few} reports wait at a time: of ${many} files the oldest are dropped, and ${few} are delivered.`,
    },
  ];
}

/** A queued report as this program writes it. */
async function takeTemplate(place: Place, env: Record<string, string>, folder: string): Promise<string> {
  const argv = [place.binary, "track", "Training Completed", "--timeout", "0"];
  await place.measure([{ name: "track", argv, env, cwd: place.project }], { rounds: 1 });
  for await (const { name } of Deno.readDir(folder)) {
    if (!/^\d{15}-/.test(name)) continue;
    const text = await Deno.readTextFile(`${folder}/${name}`);
    await Deno.remove(`${folder}/${name}`);
    return text;
  }
  throw new Error("Cannot measure: nothing was queued");
}

/** Puts copies of a report into a queue, each with an id of its own. */
async function plant(folder: string, template: string, count: number): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  const queued = JSON.parse(template);
  const since = Date.now() - count;
  for (let index = 0; index < count; index++) {
    const messageId = crypto.randomUUID();
    const text = JSON.stringify({ ...queued, report: { ...queued.report, messageId } });
    const name = `${String(since + index).padStart(15, "0")}-${messageId}.asked.training-completed.json`;
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o600 });
  }
}
