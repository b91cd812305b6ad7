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
/** How long a server that is far away takes to answer, in milliseconds. */
const FAR_MS = 40;
/** The goal: the longest that a full queue may take with such a server, in milliseconds. */
const FAR_GOAL_MS = 1_000;

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
  const near = await compareWithPeers(place, LIMIT, rounds, () => deliver(LIMIT));
  await place.collector.delay(FAR_MS);
  const far = await compareWithPeers(place, LIMIT, rounds, () => deliver(LIMIT));
  await place.collector.delay(0);
  const over: Run[] = [];
  for (let round = 0; round < rounds; round++) over.push(await deliver(LIMIT * TIMES));
  return { title: `Delivering a backlog, ${rounds} runs each, all arrived`, rows: rowsOf(near, far, over) };
}

/** `near` and `far`: as many reports as may wait, and how far the server is; `over`: many more, all at once. */
function rowsOf(near: Compared, far: Compared, over: readonly Run[]): Row[] {
  const [few, many] = [counted(LIMIT), counted(LIMIT * TIMES)];
  const time = ({ ms }: Run) => ms;
  return [
    ...beside("ms", `flush, ${few} reports, server 0 ms away`, near, time, () => ({ compare: "times" })),
    ...beside("ms", `flush, ${few} reports, server ${FAR_MS} ms away`, far, time, () => ({
      compare: "itself",
      most: FAR_GOAL_MS,
    })),
    {
      unit: "ms",
      what: `flush, ${many} files at once`,
      value: median(over.map(time)),
      beside: `flush, ${few} files`,
      besideValue: median(near.own.map(time)),
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
