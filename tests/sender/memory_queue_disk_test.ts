import { assertEquals } from "@std/assert";
import type { Permit } from "../../lib/consent/permit.ts";
import { FileFault } from "../../lib/host/host.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { FIRST_STATE } from "../../lib/sender/server_state.ts";
import { enqueue } from "../../lib/sender/disk_queue/enqueue.ts";
import { countDropped } from "../../lib/sender/disk_queue/files.ts";
import { readSentLog } from "../../lib/sender/sent_log.ts";
import { QUEUE_LIMITS } from "../../lib/sender/disk_queue/limits.ts";
import type { Answer } from "../support/machine/memory_host.ts";
import { range } from "../support/inputs/numbered_events.ts";
import {
  addAll,
  COUNTS,
  filled,
  HOME,
  LABEL,
  LARGE,
  memoryQueueOf,
  OpenReports,
  PERMIT,
  permitOf,
  report,
  sent,
  STATE,
  waiting,
} from "../support/scenes/memory_queue_scene.ts";
import { ASKED, QUEUE } from "../support/scenes/scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const OFF: Permit = { kind: "off" };
/** What holds where the environment says on. */
const BY_VARIABLE = await permitOf({ files: ASKED, env: { RASA_TELEMETRY_ENABLED: "true" } });

/** Does something again and again until it is told to stop. */
function setEvery(host: TimedHost, milliseconds: number, work: () => void): AbortController {
  const over = new AbortController();
  const repeat = () => {
    if (over.signal.aborted) return;
    work();
    host.after(milliseconds, repeat);
  };
  host.after(milliseconds, repeat);
  return over;
}

Deno.test("MemoryQueue queues without a request while the back-off lasts, and delivers by itself when it is over", async () => {
  let answer: Answer = 503;
  const { host, queue } = await filled(500, () => answer);
  await host.until(addAll(queue, range(500, 1_000)));
  await host.pass(500);
  assertEquals([sent(host), waiting(host)], [[range(0, 500)], range(0, 1_000)]);
  answer = 200;
  await host.pass(10_000);
  assertEquals([sent(host).slice(1), waiting(host)], [[range(0, 500), range(500, 1_000)], []]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 1_000 });
});

Deno.test("MemoryQueue counts what it queued and the server then refused", async () => {
  let answer: Answer = 503;
  const { host, queue } = await filled(500, () => answer);
  await host.pass(100);
  answer = 400;
  await host.pass(10_000);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, rejected: 500 });
});

for (const notBefore of ["notBefore", "serverNotBefore"] as const) {
  Deno.test(`MemoryQueue queues without a request before the stored ${notBefore}`, async () => {
    const host = new TimedHost();
    host.files.plant(STATE, JSON.stringify({ ...FIRST_STATE, [notBefore]: host.clock + 60_000 }));
    const queue = memoryQueueOf(host);
    await host.until(addAll(queue, range(0, 500)));
    await host.pass(59_000);
    assertEquals([sent(host), waiting(host)], [[], range(0, 500)]);
    await host.pass(2_000);
    assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 500 });
    assertEquals(sent(host), [range(0, 500)]);
  });
}

Deno.test("MemoryQueue lets the server have the time it asks for where nothing can be kept", async () => {
  const host = new TimedHost({
    respond: () => new Response("", { status: 429, headers: { "retry-after": "60" } }),
  });
  const queue = memoryQueueOf(host, { home: undefined, permit: () => BY_VARIABLE });
  await host.until(addAll(queue, range(0, 500)));
  await host.pass(100);
  for (const number of range(500, 530)) {
    await host.until(addAll(queue, [number]));
    await host.pass(1_500);
  }
  assertEquals(sent(host), [range(0, 500)]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, dropped: 530 });
});

Deno.test("MemoryQueue delivers what others left, too, and counts only its own", async () => {
  const host = new TimedHost();
  for (const number of range(0, 5)) enqueue(host, HOME, [{ label: LABEL, report: writeReport(report(number)) }]);
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, [5]));
  await host.pass(1_000);
  assertEquals([sent(host), waiting(host)], [[[5], range(0, 5)], []]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 1 });
});

Deno.test("MemoryQueue keeps all before its end, and makes safe from power cuts what there is a moment for", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host, { queueOnly: true });
  await host.until(addAll(queue, range(0, 200)));
  host.files.before = ({ action }) => void (action === "sync" && (host.clock += 5));
  const since = host.clock;
  queue.keep();
  const taken = host.clock - since;
  assertEquals([waiting(host), taken >= 100 && taken <= 120], [range(0, 200), true]);
  assertEquals(await host.until(queue.close(0)), { ...COUNTS, queued: 200 });
});

Deno.test("MemoryQueue that may only queue sends nothing of what it keeps before its end either", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host, { queueOnly: true });
  await host.until(addAll(queue, range(0, 5)));
  queue.keep();
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, queued: 5 });
  assertEquals([sent(host), waiting(host)], [[], range(0, 5)]);
});

Deno.test("MemoryQueue sends each report once, and loses none, where the wait for what is queued ends meanwhile", async () => {
  let down = true;
  const open = new OpenReports();
  const host: TimedHost = new TimedHost({
    respond: (request) =>
      open.answer(request, async () => {
        if (down) return 503;
        await host.sleep(700);
        return 200;
      }),
  });
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 500)));
  await host.pass(300);
  down = false;
  // The wait ends while the batch before is on its way and the next one is full.
  await host.pass(650);
  await host.until(addAll(queue, range(500, 2_000)));
  await host.pass(60_000);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 2_000 });
  assertEquals([open.twice, sent(host).slice(1).flat().toSorted((left, right) => left - right), waiting(host)], [
    [],
    range(0, 2_000),
    [],
  ]);
});

Deno.test("MemoryQueue gives each request from the queue its time, also where that is long", async () => {
  let down = true;
  const host: TimedHost = new TimedHost({
    respond: async () => {
      if (down) return 503;
      await host.sleep(3_000);
      return 200;
    },
  });
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 800), LARGE));
  // Until the last of them are old enough to be queued, too.
  await host.pass(1_000);
  down = false;
  await host.pass(60_000);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 800 });
  // The first two requests failed; each other one was answered.
  assertEquals(sent(host).slice(2), range(0, 8).map((batch) => range(batch * 100, batch * 100 + 100)));
});

Deno.test("MemoryQueue counts what went from the queue until its time was up", async () => {
  let down = true;
  const host: TimedHost = new TimedHost({
    respond: async () => {
      if (down) return 503;
      await host.sleep(1_000);
      return 200;
    },
  });
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 800), LARGE));
  // Until the last of them are old enough to be queued, too.
  await host.pass(1_000);
  down = false;
  // What waits is tried again a second and a half after the second failure.
  await host.pass(2_000);
  assertEquals(await host.until(queue.close(4_000)), { ...COUNTS, delivered: 400, queued: 400 });
  assertEquals(waiting(host), range(400, 800));
});

Deno.test("MemoryQueue counts as dropped what the full disk doesn't take", async () => {
  const host = new TimedHost({ respond: 503 });
  let room = 60;
  host.files.before = ({ action, path }) => {
    const isReport = action === "create" && /\/\d{15}-/.test(path);
    if (isReport && room-- <= 0) throw new FileFault("create a file", "ENOSPC");
  };
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 750)));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, queued: 60, dropped: 690 });
  assertEquals(waiting(host), range(0, 60));
});

Deno.test("MemoryQueue drops what can't be delivered where nothing can be kept, and sends what can", async () => {
  let answer: Answer = 503;
  const { host, queue } = await filled(500, () => answer, { home: undefined, permit: () => BY_VARIABLE });
  await host.pass(400_000);
  answer = 200;
  await host.until(addAll(queue, range(500, 550)));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 50, dropped: 500 });
  assertEquals(host.files.writes, []);
});

Deno.test("MemoryQueue takes back what it queued where telemetry was switched off meanwhile", async () => {
  let written = 0;
  const host = new TimedHost({ respond: 503 });
  host.files.before = ({ action, path }) => {
    if (action === "rename" && /\/\d{15}-/.test(path)) written++;
  };
  // Somebody says no while they are written.
  const queue = memoryQueueOf(host, { permit: () => written > 100 ? OFF : PERMIT });
  await host.until(addAll(queue, range(0, 500)));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, dropped: 500 });
  assertEquals([written, waiting(host), countDropped(host, HOME).withdrawn], [500, [], 500]);
});

Deno.test("MemoryQueue knows that the queue has limits: what went over them was dropped", async () => {
  const { host, queue } = await filled(QUEUE_LIMITS.reports + 1_000, 503, { queueOnly: true });
  const counts = await host.until(queue.close(0));
  assertEquals([counts, waiting(host).length], [
    { ...COUNTS, queued: QUEUE_LIMITS.reports, dropped: 1_000 },
    QUEUE_LIMITS.reports,
  ]);
});

Deno.test("MemoryQueue has nothing to wait for where it may not touch the disk, or may send nothing more", async () => {
  const unwritable = new TimedHost();
  unwritable.files.before = ({ action }) => {
    if (["create", "makeDirectory", "lock", "append"].includes(action)) throw new FileFault("write", "EROFS");
  };
  let permitted = true;
  const forbidden: TimedHost = new TimedHost({
    respond: () => {
      permitted = false;
      return 503;
    },
  });
  for (
    const [host, order] of [[unwritable, {}], [forbidden, { permit: () => permitted ? PERMIT : OFF }]] as const
  ) {
    const queue = memoryQueueOf(host, order);
    await host.until(addAll(queue, range(0, 3)));
    await host.pass(20_000);
    const [operations, since] = [host.files.operations.length, host.clock];
    await host.pass(100_000);
    const perMinute = (host.files.operations.length - operations) / ((host.clock - since) / 60_000);
    assertEquals(perMinute <= 60 ? "now and then" : perMinute, "now and then");
    await host.until(queue.close(10_000));
  }
});

Deno.test("MemoryQueue sends what it is brought although others queue all the time", async () => {
  const host: TimedHost = new TimedHost({ respond: () => host.sleep(300).then(() => 200) });
  let next = 10_000;
  const others = setEvery(
    host,
    200,
    () => enqueue(host, HOME, [{ label: LABEL, report: writeReport(report(next++)) }]),
  );
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, [0]));
  await host.pass(5_000);
  const adding = addAll(queue, range(1, 1_250));
  await host.pass(30_000);
  const own = sent(host).flat().filter((number) => number < 10_000).length;
  others.abort();
  await host.until(adding);
  await host.until(queue.close(10_000));
  assertEquals(own, 1_250);
});

/** What the log says became of reports: the outcome of each. */
function logged(host: TimedHost): string[] {
  return readSentLog(host, HOME).map(({ outcome }) => outcome);
}

Deno.test("MemoryQueue logs nothing at its end of what was still waiting for the lock of requests", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host);
  host.files.lockedElsewhere.add(`${QUEUE}/sending.lock`);
  await host.until(addAll(queue, range(0, 3)));
  assertEquals(await host.until(queue.close(500)), { ...COUNTS, queued: 3 });
  assertEquals([sent(host), logged(host), waiting(host)], [[], [], range(0, 3)]);
});

Deno.test("MemoryQueue logs at its end what is on the wire from memory", async () => {
  const host = new TimedHost({ respond: "never" });
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 3)));
  await host.pass(1_000);
  assertEquals(await host.until(queue.close(500)), { ...COUNTS, queued: 3 });
  assertEquals([sent(host), logged(host)], [[range(0, 3)], Array(3).fill("attempted")]);
});

Deno.test("MemoryQueue logs at its end what is on the wire from disk", async () => {
  // The first request is answered, and what waits on disk follows it.
  const host: TimedHost = new TimedHost({ respond: () => host.requests.length === 1 ? 200 : "never" });
  for (const number of range(0, 5)) enqueue(host, HOME, [{ label: LABEL, report: writeReport(report(number)) }]);
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, [5]));
  await host.pass(1_000);
  assertEquals(await host.until(queue.close(500)), { ...COUNTS, delivered: 1 });
  assertEquals([sent(host), logged(host).sort()], [[[5], range(0, 5)], [...Array(5).fill("attempted"), "delivered"]]);
});
