import { assert, assertEquals } from "@std/assert";
import { QUEUE_LIMITS } from "../../lib/sender/disk_queue/limits.ts";
import { queueOf, tellUser, waitingIn } from "../support/inputs/queue_folder.ts";
import {
  eventLine,
  eventLines,
  largeEventLines,
  NO_COUNTS,
  numberOf,
  range,
} from "../support/inputs/numbered_events.ts";
import { done, StreamChild } from "../support/programs/stream_child.ts";
import { messageIdsOf, repeatsIn } from "../support/programs/arrivals.ts";
import { ON_POSIX } from "../support/programs/conditions.ts";
import { say } from "../support/programs/figures.ts";
import { pause, until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";
import { letPass } from "../support/scenes/later.ts";

/** The numbers of the events that arrived, in the order in which they came. */
function arrived({ collector }: EndToEnd): number[] {
  return collector.reports.map(numberOf);
}

/** The numbers of the events that wait. */
async function waiting(queue: string): Promise<number[]> {
  const files = (await waitingIn(queue)).map((name) => Deno.readTextFile(`${queue}/${name}`));
  return (await Promise.all(files)).map((text) => numberOf(JSON.parse(text).report));
}

/** Holds back all answers until it is told to let them go, or its block ends. */
function holdAnswers({ collector }: EndToEnd): { release(): void; [Symbol.dispose](): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  collector.answer = () => promise.then(() => Response.json({ success: true }));
  return { release: resolve, [Symbol.dispose]: resolve };
}

const inOrder = (numbers: readonly number[]): number[] => numbers.toSorted((left, right) => left - right);

endToEnd("stream delivers one event, whole, before its input ends", async (here) => {
  await tellUser(here.home);
  const child = new StreamChild(here);
  await child.write(eventLine(3));
  await until("it arrives", () => here.collector.arrivals.length === 1);
  assertEquals([here.collector.arrivals[0]?.path, arrived(here)], ["/v1/track", [3]]);
  assertEquals(await child.close(), done({ accepted: 1, delivered: 1 }));
});

endToEnd("stream delivers 20,000 events of all sizes, each once", async (here) => {
  const queue = await tellUser(here.home);
  const child = new StreamChild(here);
  const since = performance.now();
  for (let from = 0; from < 20_000; from += 400) await child.write(eventLines(from, from + 400));
  assertEquals(await child.close(), done({ accepted: 20_000, delivered: 20_000 }));
  say(`20,000 events through one stream: ${(20_000_000 / (performance.now() - since)).toFixed(0)} a second`);
  assertEquals([inOrder(arrived(here)), repeatsIn(here.collector.arrivals.flatMap(messageIdsOf))], [
    range(0, 20_000),
    [],
  ]);
  assertEquals([here.collector.arrivals.length, await waitingIn(queue)], [40, []]);
});

endToEnd("stream holds what it takes within the hour, and delivers it by itself once that is over", async (here) => {
  const queue = queueOf(here.home);
  assertEquals(JSON.parse((await here.run(["init", "--json"])).out).shown, true);
  const child = new StreamChild(here, { longestMs: 60_000 });
  await child.write(eventLines(0, 10));
  await until("they are held", async () => (await waitingIn(queue)).length === 10);
  assertEquals(here.collector.arrivals, []);
  await letPass(`${here.home}/.config/rasa`);
  await child.write(eventLines(10, 12));
  await until("all arrive", () => arrived(here).length === 12);
  assertEquals(await child.close(), done({ accepted: 12, delivered: 12 }));
  assertEquals([inOrder(arrived(here)), await waitingIn(queue)], [range(0, 12), []]);
});

endToEnd("stream reads no further while the server is slow, and loses nothing", async (here) => {
  await tellUser(here.home);
  using answers = holdAnswers(here);
  const child = new StreamChild(here);
  let written = 0;
  const writing = (async () => {
    for (let from = 0; from < 4_000; from += 10) {
      await child.write(eventLines(from, from + 10));
      written = from + 10;
    }
  })();
  let before = -1;
  // The pipe and the stream hold no more: a second in which nothing is taken says so.
  for (; before !== written || written === 0; await pause(1_000)) before = written;
  // Two batches, what was read with them and a pipe of 64 KiB; Windows' is smaller.
  assert(before >= 1_000 && before < 3_000, `${before} events were taken`);
  assertEquals(here.collector.arrivals.length, 1);
  answers.release();
  here.collector.answer = async () => {
    await pause(50);
    return Response.json({ success: true });
  };
  await writing;
  assertEquals(await child.close(), done({ accepted: 4_000, delivered: 4_000 }));
  // Batches that are under way beside each other arrive in any order.
  assertEquals(inOrder(arrived(here)), range(0, 4_000));
});

endToEnd("stream queues while the server is down, and delivers all of it once it is up again", async (here) => {
  const queue = await tellUser(here.home);
  here.collector.answer = () => new Response("try later", { status: 503 });
  const child = new StreamChild(here);
  await child.write(eventLines(0, 700));
  await until("all is queued", async () => (await waitingIn(queue)).length === 700);
  const requests = here.collector.arrivals.length;
  here.collector.reset();
  await until("all has arrived", () => here.collector.reports.length === 700);
  assertEquals(await child.close(), done({ accepted: 700, delivered: 700 }));
  assertEquals([inOrder(arrived(here)), await waitingIn(queue)], [range(0, 700), []]);
  assert(requests <= 3, `${requests} requests while the server was down`);
});

endToEnd("stream keeps the newest of what the queue can hold, and says how many it dropped", async (here) => {
  const queue = await tellUser(here.home);
  const { reports } = QUEUE_LIMITS;
  here.collector.answer = () => new Response("try later", { status: 503 });
  const child = new StreamChild(here);
  await child.write(eventLines(0, reports + 650));
  assertEquals(await child.close(), done({ accepted: reports + 650, queued: reports, dropped: 650 }));
  assertEquals(await waiting(queue), range(650, reports + 650));
  here.collector.reset();
  assertEquals((await here.run(["flush"])).err, `${reports} delivered, 0 rejected, 0 left\n`);
  assertEquals(arrived(here), range(650, reports + 650));
});

/** Runs ten streams at a time to their end, each with `events` events of its own. */
async function runTen(here: EndToEnd, events: number): Promise<Record<string, number>[]> {
  const ended = await Promise.all(
    range(0, 10).map(async (stream) => {
      const child = new StreamChild(here);
      const [first, last] = [stream * events, (stream + 1) * events];
      for (let from = first; from < last; from += 50) await child.write(eventLines(from, Math.min(from + 50, last)));
      return await child.close();
    }),
  );
  assertEquals(ended.map(({ code, signal, err }) => [code, signal, err]), Array(10).fill([0, null, ""]));
  return ended.map(({ out }) => JSON.parse(out));
}

endToEnd("stream by ten processes on one home loses nothing and sends nothing twice", async (here) => {
  const queue = await tellUser(here.home);
  assertEquals(await runTen(here, 2_500), Array(10).fill({ ...NO_COUNTS, accepted: 2_500, delivered: 2_500 }));
  assertEquals([inOrder(arrived(here)), await waitingIn(queue)], [range(0, 25_000), []]);
});

endToEnd(
  "stream by ten processes on one home, while the server is down, loses nothing and makes at most twenty requests",
  async (here) => {
    const queue = await tellUser(here.home);
    here.collector.answer = () => new Response("try later", { status: 503 });
    assertEquals(await runTen(here, 90), Array(10).fill({ ...NO_COUNTS, accepted: 90, queued: 90 }));
    const requests = here.collector.arrivals.length;
    assertEquals(inOrder(await waiting(queue)), range(0, 900));
    here.collector.reset();
    assertEquals((await here.run(["flush"])).err, "900 delivered, 0 rejected, 0 left\n");
    assertEquals([inOrder(arrived(here)), repeatsIn(here.collector.arrivals.flatMap(messageIdsOf))], [
      range(0, 900),
      [],
    ]);
    // Each stream may have begun a request before it could know of the others'.
    assert(requests <= 20, `${requests} requests while the server was down`);
  },
);

endToEnd("stream names the line in the middle of which its input ended, and delivers the others", async (here) => {
  await tellUser(here.home);
  const child = new StreamChild(here);
  await child.write(eventLines(0, 5) + eventLine(5).slice(0, 40));
  const { code, out, err } = await child.close();
  const counts = { ...NO_COUNTS, accepted: 5, delivered: 5 };
  assertEquals([code, JSON.parse(out), err.replace(/;.*/, "")], [
    2,
    counts,
    "rasa-telemetry: Cannot take line 6: it is not JSON\n",
  ]);
  assertEquals(arrived(here), range(0, 5));
});

for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  endToEnd(
    `stream that waits for an answer ends at ${name}, and loses nothing that it was given`,
    { needs: ON_POSIX },
    async (here) => {
      const queue = await tellUser(here.home);
      using answers = holdAnswers(here);
      const child = new StreamChild(here);
      // Two batches, and what is not yet read: no more than a pipe takes.
      await child.write(largeEventLines(0, 230));
      await until("a request", () => here.collector.arrivals.length === 1);
      const since = performance.now();
      child.running.child.kill(name);
      const ended = await child.running.ended();
      const took = performance.now() - since;
      // 2 s are promised for what the program does, not for a busy machine.
      assert(took < 4_000, `${took} ms`);
      assertEquals([ended, inOrder(await waiting(queue))], [
        done({ accepted: 230, queued: 230 }),
        range(0, 230),
      ]);
      answers.release();
    },
  );
}

endToEnd("stream that idles ends at once at a signal", { needs: ON_POSIX }, async (here) => {
  await tellUser(here.home);
  const child = new StreamChild(here);
  await child.write(eventLine(0));
  await until("it arrives", () => here.collector.arrivals.length === 1);
  child.running.child.kill("SIGTERM");
  assertEquals(await child.running.ended(), done({ accepted: 1, delivered: 1 }));
});

/** How many events a second come where the last of them are counted. */
const RATE = 500;

endToEnd(
  "stream that is killed loses at most its last batch and its last second",
  { needs: ON_POSIX },
  async (here) => {
    const queue = await tellUser(here.home);
    const child = new StreamChild(here);
    const times: number[] = [];
    for (const since = performance.now(); times.length < 5 * RATE;) {
      const number = times.length;
      if ((performance.now() - since) / 1000 < number / RATE) await pause(5);
      else {
        await child.write(eventLine(number));
        times.push(performance.now());
      }
    }
    const killed = performance.now();
    child.running.child.kill("SIGKILL");
    await child.running.ended();
    const known = inOrder([...new Set([...arrived(here), ...await waiting(queue)])]);
    assertEquals(known, range(0, known.length));
    const late = times.filter((time) => time > killed - 1_000).length;
    const lost = times.length - known.length;
    say(`a kill cost ${lost} of ${times.length} events at ${RATE} a second`);
    // Half a second more for a busy machine.
    assert(lost <= 500 + late + RATE / 2, `${lost} events were lost`);
    assertEquals(repeatsIn(here.collector.arrivals.flatMap(messageIdsOf)), []);
  },
);

endToEnd("stream that is idle says so, takes what comes within the second after it, and ends", async (here) => {
  await tellUser(here.home);
  const child = new StreamChild(here, {}, ["stream", "--idle", "0.5"]);
  await child.write(eventLine(0));
  await pause(1_000);
  await child.write(eventLine(1));
  const { code, out, err } = await child.running.ended();
  assertEquals([code, out, err], [0, "reading\nending\nkept\n", ""]);
  assertEquals(arrived(here), [0, 1]);
});

endToEnd("stream in debug mode prints each report on a line, and sends and keeps nothing", async (here) => {
  const queue = await tellUser(here.home);
  const child = new StreamChild(here, { env: { RASA_TELEMETRY_DEBUG: "true" } }, ["stream"]);
  await child.write(eventLines(0, 50));
  const { code, out, err } = await child.close();
  assertEquals([code, err, out.trimEnd().split("\n").map((line) => numberOf(JSON.parse(line)))], [0, "", range(0, 50)]);
  assertEquals([await waitingIn(queue), here.collector.arrivals], [[], []]);
});

endToEnd("stream discards its input where telemetry is off, however much comes", async (here) => {
  const child = new StreamChild(here, { env: { DO_NOT_TRACK: "1" } });
  for (let from = 0; from < 5_000; from += 500) await child.write(eventLines(from, from + 500));
  assertEquals(await child.close(), done({}));
  assertEquals([here.collector.arrivals, await Array.fromAsync(Deno.readDir(here.home))], [[], []]);
});
