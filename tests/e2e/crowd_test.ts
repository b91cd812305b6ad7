import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Arrival } from "../support/programs/collector.ts";
import { range } from "../support/inputs/numbered_events.ts";
import { messageIdsOf, unexplainedRepeats, writeKeyOf } from "../support/programs/arrivals.ts";
import { median, say } from "../support/programs/figures.ts";
import type { Ended } from "../support/programs/process.ts";
import { inParallel } from "../support/programs/waiting.ts";
import { KEYED } from "../support/scenes/endpoints.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";
import { letPass } from "../support/scenes/later.ts";

const RECORD = ["track", "Shell Started", "--json"] as const;
const TOLD = { RASA_TELEMETRY_ENABLED: "true" };
/** How long a process waits for an answer, in milliseconds. Then it ends, and the report is sent again: the server drops it. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Longest that a process is held back, in milliseconds: it waits no more than 5 s for the end of its input. */
const HOLD_MS = 500;
/** Longest that a member of a crowd may run, in milliseconds: all of them share the machine. */
const LONGEST_MS = 120_000;

endToEnd(
  "track by fifty processes at a time, a thousand in all, loses nothing and sends nothing twice",
  KEYED,
  async (here) => {
    const clock = timeArrivals(here);
    await here.run(["enable"]);
    const crowd = await gather(here, { width: 50, times: 1_000 });
    assertEquals(faultsOf(crowd), []);
    await assertFlushed(here);
    assertArrivedOnce(here, crowd, clock);
    say(`a caller in a crowd of 50 waits ${median(crowd.map(lifeOf)).toFixed(0)} ms (median of ${crowd.length})`);
  },
);

endToEnd(
  "track by processes at once within the hour keeps the earliest fifty, which arrive once it is over",
  KEYED,
  async (here) => {
    const told = await here.run(["init", "--json"]);
    assertEquals([told.code, JSON.parse(told.out).shown], [0, true]);
    const width = 10;
    const crowd = await gather(here, { width, times: 80 });
    assertEquals(crowd.filter(({ code, err, out }) => code !== 0 || err !== "" || !/"(held|dropped)"/.test(out)), []);
    const held = crowd.filter(({ out }) => JSON.parse(out).outcome === "held");
    // Those that look at the same moment don't see each other's.
    assert(held.length >= 50 && held.length < 50 + width, `${held.length} are held`);
    await assertFlushed(here, {}, held.length);
    assertEquals(here.collector.arrivals, []);
    await letPass(`${here.home}/.config/rasa`);
    await assertFlushed(here);
    assertArrivedOnce(here, held, new Map());
    const { droppedBy } = JSON.parse((await here.run(["status", "--json"])).out);
    assertEquals(droppedBy.limits, crowd.length - held.length);
  },
);

endToEnd("init by twenty processes at once shows the notice once", KEYED, async (here) => {
  const crowd = await Promise.all(range(0, 20).map(() => here.run(["init", "--json"], { longestMs: LONGEST_MS })));
  assertEquals(crowd.filter(({ code }) => code !== 0), []);
  const shown = crowd.filter(({ out }) => JSON.parse(out).shown);
  assertEquals([shown.length, crowd.filter(({ err }) => err !== "")], [1, shown]);
});

endToEnd("track by fifty processes at once on an empty home makes one machine id", KEYED, async (here) => {
  const clock = timeArrivals(here);
  // On a slow machine some are held for too long: they say so and take no part.
  const crowd = (await startTogether(here, 50)).filter(({ err }) => !err.endsWith("did not end within 5 s\n"));
  assert(crowd.length > 0);
  assertEquals(faultsOf(crowd), []);
  await assertFlushed(here, TOLD);
  assertArrivedOnce(here, crowd, clock);
  const [machineId, ...others] = new Set(here.collector.reports.map((report) => report["userId"]));
  assertMatch(String(machineId), /^[0-9a-f]{32}$/);
  assertEquals(others, []);
  assertEquals(JSON.parse((await here.run(["status", "--json"])).out).machineId, machineId);
});

endToEnd(
  "track started two hundred times during an outage makes at most ten requests, and loses nothing",
  KEYED,
  async (here) => {
    await here.run(["enable"]);
    here.collector.answer = () => new Response("try later", { status: 503 });
    const crowd = await gather(here, { width: 10, times: 200 });
    assertEquals([faultsOf(crowd), new Set(crowd.map(({ out }) => JSON.parse(out).outcome))], [
      [],
      new Set(["queued"]),
    ]);
    const requests = here.collector.arrivals.length;
    assert(requests >= 1 && requests <= 10, `${requests} requests`);
    say(`200 starts during an outage made ${requests} requests`);
    here.collector.reset();
    await assertFlushed(here);
    assertArrivedOnce(here, crowd, new Map());
  },
);

/** One `track` of a crowd. */
interface Member extends Ended {
  /** Of this process alone, so that every request tells which process made it. */
  readonly writeKey: string;
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Runs `track` `times` times, `width` at a time. */
async function gather(
  { run }: EndToEnd,
  { width, times }: { readonly width: number; readonly times: number },
): Promise<Member[]> {
  const crowd: Member[] = [];
  await inParallel(width, times, async (index) => {
    const writeKey = `process-${index}`;
    const startedAt = performance.now();
    const finished = await run(RECORD, { env: { RASA_TELEMETRY_WRITE_KEY: writeKey }, longestMs: LONGEST_MS });
    crowd.push({ ...finished, writeKey, startedAt, endedAt: performance.now() });
  });
  return crowd;
}

/**
 * Starts `count` `track`s and holds each back where it reads standard input, after it has found that there is no machine id
 * yet, until all are there or the first has waited long enough.
 */
async function startTogether(here: EndToEnd, count: number): Promise<Member[]> {
  const gate = Promise.withResolvers<void>();
  let timer: number | undefined;
  let arrived = 0;
  const hold = async () => {
    if (++arrived === 1) timer = setTimeout(gate.resolve, HOLD_MS);
    if (arrived === count) gate.resolve();
    await gate.promise;
  };
  try {
    return await Promise.all(Array.from({ length: count }, (_, index) => startHeld(here, `process-${index}`, hold)));
  } finally {
    clearTimeout(timer);
  }
}

async function startHeld(here: EndToEnd, writeKey: string, hold: () => Promise<void>): Promise<Member> {
  const startedAt = performance.now();
  const env = { RASA_TELEMETRY_WRITE_KEY: writeKey, ...TOLD };
  const running = here.start(RECORD, { env, stdin: null, longestMs: LONGEST_MS });
  const ended = running.ended();
  // More than a pipe holds: this ends only once the process reads.
  await running.stdin?.write(new Uint8Array(80 * 1024).fill(0x20));
  await hold();
  await running.stdin?.close();
  return { ...await ended, writeKey, startedAt, endedAt: performance.now() };
}

/** Those that failed, said something or didn't accept their report. */
function faultsOf(crowd: readonly Member[]): Member[] {
  return crowd.filter(({ code, out, err }) => code !== 0 || err !== "" || !/"outcome": "(delivered|queued)"/.test(out));
}

/** When each request arrives, from now on. */
function timeArrivals({ collector }: EndToEnd): ReadonlyMap<Arrival, number> {
  const clock = new Map<Arrival, number>();
  collector.answer = (arrival) => {
    clock.set(arrival, performance.now());
    return Response.json({ success: true });
  };
  return clock;
}

/** Asserts that flush delivers all that waits, but for what is held. */
async function assertFlushed(
  { run }: EndToEnd,
  env: Readonly<Record<string, string>> = {},
  held = 0,
): Promise<void> {
  const { code, out } = await run(["flush", "--json"], { env });
  const { rejected, left } = JSON.parse(out);
  assertEquals([code, rejected, left], [0, 0, held]);
}

/** Asserts that each report that was accepted arrived, and arrived once. */
function assertArrivedOnce(
  { collector: { arrivals } }: EndToEnd,
  crowd: readonly Member[],
  clock: ReadonlyMap<Arrival, number>,
): void {
  const arrived = new Set(arrivals.flatMap(messageIdsOf));
  const accepted = new Set(crowd.map(({ out }) => String(JSON.parse(out).messageId)));
  const members = new Map(crowd.map((member) => [member.writeKey, member]));
  const gaveUp = (writeKey: string) => {
    const member = members.get(writeKey);
    const before = arrivals.filter((arrival) => writeKeyOf(arrival) === writeKey).at(-2);
    // The last request began after the answer to the one before. A process that ended sooner didn't wait for its answer.
    return member !== undefined &&
      member.endedAt - (before === undefined ? member.startedAt : clock.get(before)!) >= REQUEST_TIMEOUT_MS;
  };
  // The first five of each kind say enough.
  assertEquals({
    lost: [...accepted.difference(arrived)].slice(0, 5),
    unexpected: [...arrived.difference(accepted)].slice(0, 5),
    repeated: unexplainedRepeats(arrivals, gaveUp).slice(0, 5),
    accepted: accepted.size,
  }, { lost: [], unexpected: [], repeated: [], accepted: crowd.length });
}

/** How long a caller waits for a process, in milliseconds. */
function lifeOf({ startedAt, endedAt }: Member): number {
  return endedAt - startedAt;
}
