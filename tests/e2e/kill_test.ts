import { assert, assertEquals } from "@std/assert";
import { QUEUE_LIMITS } from "../../lib/sender/disk_queue/limits.ts";
import { filesIn } from "../support/inputs/folders.ts";
import { messageIdIn, queueOf } from "../support/inputs/queue_folder.ts";
import { arrivalsWith, messageIdsOf, repeatsIn, unexplainedRepeats } from "../support/programs/arrivals.ts";
import type { Arrival } from "../support/programs/collector.ts";
import { say } from "../support/programs/figures.ts";
import { type KillableRun, type KillTest, killTest, killUntil, wasKilled } from "../support/programs/kills.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { inParallel, pause } from "../support/programs/waiting.ts";
import { KEYED } from "../support/scenes/endpoints.ts";
import { letPass } from "../support/scenes/later.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

const RECORD = ["track", "Shell Started", "--json"] as const;
const ONLY_QUEUE = [...RECORD, "--timeout", "0"] as const;
const TOLD = { RASA_TELEMETRY_ENABLED: "true" };

endToEnd(
  "track that is killed while it queues loses no acknowledged report and repeats none",
  { ...KEYED, needs: ON_POSIX },
  async (here) => {
    const test = killTest(here);
    await test.run(["enable"]);
    const processes = await killUntil(
      { kills: 180, width: 3, random: test.random },
      async (killAfterMs) => [await test.run(ONLY_QUEUE, during(killAfterMs))],
    );
    assertEquals(test.collector.arrivals, []);
    await assertAllArrived(test, processes, acknowledged(processes));
  },
);

endToEnd(
  "track and flush that are killed while they deliver lose nothing, and repeat only what was cut off",
  { ...KEYED, needs: ON_POSIX },
  async (here) => {
    const test = killTest(here);
    await test.run(["enable"]);
    test.collector.answer = async () => {
      // Some answers come at once, some late, so that kills fall before the answer and after it.
      await pause(test.collector.arrivals.length * 37 % 60);
      return Response.json({ success: true });
    };
    const sample = await sampleOf(test);
    const planted: string[] = [];
    const processes = await killUntil({ kills: 150, width: 3, random: test.random }, async (killAfterMs, index) => {
      if (index % 4 === 0) planted.push(...await plant(test, sample, 5));
      return [await test.run(index % 4 === 0 ? ["flush"] : RECORD, during(killAfterMs))];
    });
    await assertAllArrived(test, processes, [...acknowledged(processes), ...planted]);
  },
);

endToEnd(
  "disable that is killed at any moment leaves a yes or a no, and nothing that waits goes after the next one",
  { ...KEYED, needs: ON_POSIX },
  async (here) => {
    const test = killTest(here);
    await killUntil({ kills: 15, width: 1, random: test.random }, async (killAfterMs) => {
      assertEquals((await test.run(["enable", "--json"])).code, 0);
      await plant(test, await sampleOf(test), 20);
      const disabled = await test.run(["disable"], during(killAfterMs));
      const { enabled } = await readStatus(test, {});
      assert(disabled.killed || !enabled);
      await assertStops(test, test.home);
      assertEquals((await readStatus(test, {})).queued, 0);
      await test.run(["enable"]);
      assertEquals((await test.run(["flush", "--json"])).code, 0);
      assertEquals(test.collector.arrivals, []);
      return [disabled];
    });
  },
);

endToEnd(
  "track that is killed while it trims a full queue loses only the oldest",
  { ...KEYED, needs: ON_POSIX },
  async (here) => {
    const test = killTest(here);
    await test.run(["enable"]);
    // Both limits are reached at the same time.
    const size = Math.floor(QUEUE_LIMITS.bytes / QUEUE_LIMITS.reports);
    const planted = await plant(test, await sampleOf(test), QUEUE_LIMITS.reports, size);
    const processes = await killUntil(
      { kills: 110, width: 3, random: test.random },
      async (killAfterMs) => [await test.run(ONLY_QUEUE, during(killAfterMs))],
    );
    processes.push(await test.run(ONLY_QUEUE));
    const { queued, dropped } = await readStatus(test, {});
    const files = (await filesIn(queueOf(test.home))).filter((name) => /^\d{15}-.*\.json$/.test(name));
    const waiting = files.map((name) => messageIdIn(name));
    const left = planted.filter((messageId) => waiting.includes(messageId));
    assertEquals([queued, waiting.length], [QUEUE_LIMITS.reports, QUEUE_LIMITS.reports]);
    assertEquals(left, planted.slice(planted.length - left.length));
    // A process that is killed between removing and counting leaves one out; none is ever counted twice.
    const gone = planted.length - left.length;
    assert(dropped > 0 && dropped <= gone, `${dropped} counted of ${gone} dropped`);
    say(`${gone} dropped, ${dropped} of them counted`);
    await assertAllArrived(test, processes, [...acknowledged(processes), ...left]);
  },
);

/** The commands that write first, and how they are run again after a kill. */
const FIRST_RUNS = [
  { args: RECORD, env: TOLD, again: assertRecords },
  { args: ["init", "--json"], env: {}, again: assertTellsOnce },
  { args: ["enable", "--json"], env: {}, again: assertEnables },
  { args: ["disable", "--json"], env: {}, again: assertStops },
] as const;

endToEnd(
  "track, init, enable and disable that are killed during the first run leave a home that works, with one machine id",
  { ...KEYED, needs: ON_POSIX },
  async (here) => {
    const test = killTest(here);
    // Two are killed in each home, and two homes are written at a time.
    const perHome = 2;
    await killUntil({ kills: 100, width: 2, random: test.random }, async (killAfterMs, index) => {
      const other = test.random();
      const moments = killAfterMs === undefined ? [] : [killAfterMs, killAfterMs * (0.5 + other)];
      const home = `${test.folder}/home-${index}`;
      await Deno.mkdir(home);
      const { args, env, again } = FIRST_RUNS[index % FIRST_RUNS.length]!;
      const processes: KillableRun[] = [];
      await inParallel(perHome, perHome, async (which) => {
        processes.push(await test.run(args, { home, env, ...during(moments[which]) }));
      });
      assertEquals(faultsOf(processes), []);
      const before = await machineIdsIn(home);
      assert(before.length <= 1, `the record holds ${before.length} machine ids`);
      await again(test, home, processes);
      const [machineId, ...others] = await machineIdsIn(home);
      assertEquals([others, before.length === 0 ? machineId : before[0]], [[], machineId]);
      assertEquals((await readStatus(test, { home, env })).machineId, machineId ?? null);
      await assertStops(test, home);
      return processes;
    });
  },
);

/** After killed `track`s under a variable that says on: the next one delivers everything, its own report too. */
async function assertRecords(test: KillTest, home: string, killed: readonly KillableRun[]): Promise<void> {
  const next = await test.run(RECORD, { home, env: TOLD });
  assertEquals([next.code, next.err, resultOf(next)?.["outcome"]], [0, "", "delivered"]);
  const processes = [...killed, next];
  const arrivals = arrivalsOf(test, processes);
  const arrived = arrivals.flatMap(messageIdsOf);
  assertEquals(acknowledged(processes).filter((messageId) => !arrived.includes(messageId)), []);
  assertEquals(unexplainedRepeats(arrivals, wasKilled(processes)), []);
  assertEquals(userIdsOf(arrivals), await machineIdsIn(home));
}

/** After killed `init`s: the notice was shown whole, by one of them or by the next one. */
async function assertTellsOnce(test: KillTest, home: string, killed: readonly KillableRun[]): Promise<void> {
  const next = await test.run(["init", "--json"], { home });
  const { leavesFrom, shown, ...told } = resultOf(next) ?? {};
  assertEquals([next.code, told], [0, { answer: null, enabled: true }]);
  assert(!Number.isNaN(Date.parse(String(leavesFrom))), `the hour has no end: ${leavesFrom}`);
  const isTold = [...killed, next].some(({ err }) => /Nothing leaves before .*\.\n$/.test(err));
  assert(isTold, `nobody was told, and the next one says ${shown}`);
  await letPass(`${home}/.config/rasa`);
  await assertDeliversOne(test, home);
}

async function assertEnables(test: KillTest, home: string): Promise<void> {
  const next = await test.run(["enable", "--json"], { home });
  assertEquals([next.code, resultOf(next)], [0, { enabled: true, decidedBy: "configuration" }]);
  await assertDeliversOne(test, home);
}

async function assertDeliversOne(test: KillTest, home: string): Promise<void> {
  const next = await test.run(RECORD, { home });
  assertEquals([next.code, next.err, resultOf(next)?.["outcome"]], [0, "", "delivered"]);
  const arrivals = arrivalsOf(test, [next]);
  assertEquals(arrivals.flatMap(messageIdsOf), acknowledged([next]));
  assertEquals(userIdsOf(arrivals), await machineIdsIn(home));
}

async function assertStops(test: KillTest, home: string): Promise<void> {
  const off = await test.run(["disable", "--json"], { home });
  assertEquals([off.code, resultOf(off)], [0, { enabled: false, decidedBy: "configuration" }]);
  const next = await test.run(RECORD, { home });
  assertEquals([next.code, resultOf(next)?.["outcome"]], [0, "disabled"]);
  assertEquals(arrivalsOf(test, [off, next]), []);
}

/** Delivers what waits in the test's own home, and asserts that all that was acknowledged arrived. */
async function assertAllArrived(
  test: KillTest,
  ran: readonly KillableRun[],
  accepted: readonly string[],
): Promise<void> {
  assertEquals(faultsOf(ran), []);
  const flush = await test.run(["flush", "--json"]);
  assertEquals([flush.code, resultOf(flush)?.["rejected"], resultOf(flush)?.["left"]], [0, 0, 0]);
  const processes = [...ran, flush];
  const { arrivals } = test.collector;
  const arrived = arrivals.flatMap(messageIdsOf);
  const distinct = new Set(arrived);
  assertEquals(accepted.filter((messageId) => !distinct.has(messageId)), []);
  assertEquals(repeatsIn(accepted), []);
  assertEquals(unexplainedRepeats(arrivals, wasKilled(processes)), []);
  // What arrived without having been acknowledged was killed between keeping it and saying so.
  const unsaid = distinct.size - accepted.length;
  const silenced = ran.filter((process) => process.killed && resultOf(process) === undefined).length;
  assert(unsaid <= silenced, `${unsaid} reports that nobody made`);
  say(`${distinct.size} reports, ${unsaid} of them unacknowledged, ${repeatsIn(arrived).length} repeats`);
  const [machineId, ...others] = await machineIdsIn(test.home);
  assertEquals([userIdsOf(arrivals), others], [[machineId], []]);
  const status = await readStatus(test, {});
  assertEquals([status.enabled, status.machineId, status.queued], [true, machineId, 0]);
  assertEquals((await filesIn(queueOf(test.home))).filter((name) => name.endsWith(".broken")), []);
  const log = (await test.run(["log", "--json", "--last", "0"])).out.trim().split("\n");
  assertEquals(new Set(log.map((line) => JSON.parse(line).report.messageId)), distinct);
}

function during(killAfterMs: number | undefined): { readonly killAfterMs?: number } {
  return killAfterMs === undefined ? {} : { killAfterMs };
}

/** What a process printed; undefined where it was killed before all of it was out. */
function resultOf({ out }: KillableRun): Record<string, unknown> | undefined {
  try {
    return JSON.parse(out);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The messageIds of the reports that processes said they had accepted. */
function acknowledged(processes: readonly KillableRun[]): string[] {
  return processes.map(resultOf)
    .filter((result) => ["queued", "delivered", "held"].includes(String(result?.["outcome"])))
    .map((result) => String(result?.["messageId"]));
}

/** Those that weren't killed and yet failed. Only `flush` may leave something (exit code 4). */
function faultsOf(processes: readonly KillableRun[]): KillableRun[] {
  return processes.filter(({ killed, code, out, err }) =>
    !killed && (code === 4 ? out !== "" : code !== 0 || /^rasa-telemetry:/.test(err))
  );
}

function userIdsOf(arrivals: readonly { readonly body: Record<string, unknown> }[]): unknown[] {
  const reports = arrivals.flatMap(({ body }) => Array.isArray(body["batch"]) ? body["batch"] : [body]);
  return [...new Set(reports.map((report: Record<string, unknown>) => report["userId"]))];
}

/** The machine id in a home's record; none where there is no record. Throws where the record isn't whole. */
async function machineIdsIn(home: string): Promise<string[]> {
  try {
    const { machineId, formerIds } = JSON.parse(await Deno.readTextFile(`${queueOf(home)}/consent.json`));
    assertEquals(formerIds, []);
    return machineId === null ? [] : [machineId];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function readStatus(
  test: KillTest,
  start: { readonly home?: string; readonly env?: Readonly<Record<string, string>> },
): Promise<{ enabled: boolean; machineId: string | null; queued: number; dropped: number }> {
  const { code, out, err } = await test.run(["status", "--json"], start);
  assertEquals([code, err], [0, ""]);
  return JSON.parse(out);
}

/** The requests that processes made. */
function arrivalsOf({ collector }: KillTest, processes: readonly KillableRun[]): Arrival[] {
  return arrivalsWith(collector.arrivals, processes.map(({ writeKey }) => writeKey));
}

/** The text of a queue file as the binary itself writes it; the file is gone then. */
async function sampleOf(test: KillTest): Promise<string> {
  await test.run(ONLY_QUEUE);
  const [name] = (await filesIn(queueOf(test.home))).filter((name) => name.endsWith(".json"));
  const path = `${queueOf(test.home)}/${name}`;
  const text = await Deno.readTextFile(path);
  await Deno.remove(path);
  return text;
}

/** Puts reports into the queue that differ from the sample in nothing but the messageId, and gives those, oldest first. */
async function plant(test: KillTest, sample: string, count: number, size = 0): Promise<string[]> {
  const messageIds: string[] = [];
  for (let index = 0; index < count; index++) {
    const messageId = crypto.randomUUID();
    const place = String(Date.now() - count + index).padStart(15, "0");
    const path = `${queueOf(test.home)}/${place}-${messageId}.asked.shell-started.json`;
    const text = sample.replace(/(?<="messageId":")[^"]+/, messageId).padEnd(size);
    // As the binary does it: a process that is delivering must not meet half a file.
    await Deno.writeTextFile(`${path}.tmp`, text, { mode: 0o600 });
    await Deno.rename(`${path}.tmp`, path);
    messageIds.push(messageId);
  }
  return messageIds;
}
