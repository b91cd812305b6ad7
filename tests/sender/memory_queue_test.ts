import { assertEquals, assertRejects } from "@std/assert";
import { writeReport } from "../../lib/report/written_report.ts";
import { ConnectFault } from "../../lib/host/host.ts";
import type { Permit } from "../../lib/consent/permit.ts";
import { countDropped } from "../../lib/sender/disk_queue/files.ts";
import { readSentLog } from "../../lib/sender/sent_log.ts";
import { NOON } from "../support/machine/memory_host.ts";
import { range } from "../support/inputs/numbered_events.ts";
import {
  addAll,
  COUNTS,
  filled,
  HOME,
  LABEL,
  LARGE,
  memoryQueueOf,
  numbersIn,
  OpenReports,
  PERMIT,
  permitOf,
  report,
  sent,
  STATE,
  waiting,
} from "../support/scenes/memory_queue_scene.ts";
import { seededRandom } from "../support/machine/random.ts";
import {
  BUILD,
  CONFIG_FILE,
  OTHER_EPOCH,
  QUEUE,
  queued,
  RECORD_FILE,
  recordOf,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";
import type { SentRequest } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const OFF: Permit = { kind: "off" };

Deno.test("MemoryQueue sends a batch as soon as it has 500, and the rest when it is closed", async () => {
  const { host, queue } = await filled(1_250, 200);
  const since = host.clock;
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 1_250 });
  assertEquals(sent(host), [range(0, 500), range(500, 1_000), range(1_000, 1_250)]);
  assertEquals([host.clock - since, waiting(host), host.waitsNow, host.mostRequests], [0, [], 0, 1]);
});

Deno.test("MemoryQueue sends no more than 450 KB at a time", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 40), { filler: 30_000 }));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 40 });
  assertEquals(sent(host).map((numbers) => numbers.length), [15, 15, 10]);
  assertEquals(sent(host).flat(), range(0, 40));
});

Deno.test("MemoryQueue sends what is a second old, counted from the first of a batch", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, [0]));
  await host.pass(900);
  await host.until(addAll(queue, [1]));
  await host.pass(99);
  assertEquals(sent(host), []);
  await host.pass(1);
  assertEquals([sent(host), host.requests[0]?.url], [[[0, 1]], `${BUILD.endpoint}/v1/batch`]);
  await host.pass(500);
  await host.until(addAll(queue, [2]));
  await host.pass(999);
  assertEquals(sent(host).length, 1);
  await host.pass(1);
  assertEquals([sent(host)[1], host.requests[1]?.url], [[2], `${BUILD.endpoint}/v1/track`]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 3 });
});

Deno.test("MemoryQueue makes one request more each time that all were answered, four at most, and takes one batch more", async () => {
  const open = new OpenReports();
  const host: TimedHost = new TimedHost({
    respond: (request) => open.answer(request, () => host.sleep(3_000).then(() => 200)),
  });
  const queue = memoryQueueOf(host);
  let taken = 0;
  const work = (async () => {
    for (const number of range(0, 5_250)) {
      await addAll(queue, [number]);
      taken++;
    }
  })();
  for (const expected of [[1_000, 1], [2_000, 3], [3_500, 6], [5_250, 10]]) {
    await host.pass(2_999);
    assertEquals([taken, sent(host).length], expected);
    await host.pass(1);
  }
  await host.until(work);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 5_250 });
  assertEquals([sent(host).flat(), host.mostRequests, open.twice], [range(0, 5_250), 4, []]);
});

Deno.test("MemoryQueue sends what isn't full only once no request is under way", async () => {
  const host: TimedHost = new TimedHost({ respond: () => host.sleep(3_000).then(() => 200) });
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, [0]));
  await host.pass(4_000);
  await host.until(addAll(queue, range(1, 502)));
  await host.pass(2_999);
  assertEquals([sent(host), waiting(host)], [[[0], range(1, 501)], []]);
  await host.pass(1);
  assertEquals([sent(host).at(-1), host.mostRequests], [[501], 1]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 502 });
});

Deno.test("MemoryQueue begins no request after one of several has failed, and goes on with one", async () => {
  // One, two and three requests at a time, then four, of which the second is told to wait for a minute.
  const answers = [200, 200, 200, 200, 200, 200, 200, 429, 200, 503];
  const host: TimedHost = new TimedHost({
    respond: async () => {
      const status = answers[host.requests.length - 1] ?? 200;
      await host.sleep(status === 429 ? 100 : 300);
      return status === 429 ? new Response("", { status, headers: { "retry-after": "60" } }) : status;
    },
  });
  const queue = memoryQueueOf(host);
  const work = addAll(queue, range(0, 1_200), LARGE);
  await host.pass(2_000);
  assertEquals([sent(host).length, host.mostRequests], [10, 4]);
  await host.until(work);
  const { failures, serverNotBefore } = JSON.parse(host.files.text(STATE) ?? "");
  assertEquals([failures, serverNotBefore], [1, NOON.getTime() + 900 + 100 + 60_000]);
  await host.pass(58_000);
  assertEquals(sent(host).length, 10);
  await host.pass(10_000);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 1_200 });
});

Deno.test("MemoryQueue begins no request after a no, whenever it comes, and counts what was in memory", async () => {
  for (let at = 0; at <= 900; at += 30) {
    let permit: Permit = PERMIT;
    const open = new OpenReports();
    let begunAfter = 0;
    const host: TimedHost = new TimedHost({
      respond: (request) => {
        if (permit.kind === "off") begunAfter++;
        return open.answer(request, () => host.sleep(100 + 70 * (host.requests.length % 4)).then(() => 200));
      },
    });
    const queue = memoryQueueOf(host, { permit: () => permit });
    host.after(at, () => permit = OFF);
    await host.until(addAll(queue, range(0, 700), LARGE));
    const counts = await host.until(queue.close(10_000));
    const delivered = sent(host).flat();
    assertEquals([at, begunAfter, open.twice, waiting(host)], [at, 0, [], []]);
    assertEquals([counts, new Set(delivered).size], [
      { ...COUNTS, delivered: delivered.length, dropped: 700 - delivered.length },
      delivered.length,
    ]);
  }
});

Deno.test("MemoryQueue waits for none of several requests that nobody answers in time, and keeps what they carry", async () => {
  const host: TimedHost = new TimedHost({
    respond: () => host.requests.length > 6 ? "never" : host.sleep(10).then(() => 200),
  });
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 5_500)));
  const since = host.clock;
  assertEquals(await host.until(queue.close(1_200)), { ...COUNTS, delivered: 3_000, queued: 1_000, dropped: 1_500 });
  assertEquals([host.clock - since, host.mostRequests], [1_200, 4]);
  const logged = readSentLog(host, HOME).filter(({ outcome }) => outcome === "attempted");
  assertEquals(logged.length, 2_000);
});

Deno.test("MemoryQueue takes reports at once while there is room, however slow the server is", async () => {
  const { host, queue } = await filled(1_000, "never");
  assertEquals([host.clock, sent(host)], [new TimedHost().clock, [range(0, 500)]]);
  assertEquals(await host.until(queue.close(0)), { ...COUNTS, queued: 1_000 });
});

for (
  const [answer, counts, logged] of [
    [200, { delivered: 3 }, "delivered"],
    [404, { rejected: 3 }, "rejected"],
    [501, { rejected: 3 }, "rejected"],
    [Response.json({ success: false }), { rejected: 3 }, "rejected"],
    [401, { queued: 3 }, "attempted"],
    [429, { queued: 3 }, "attempted"],
    [503, { queued: 3 }, "attempted"],
    [new Response("<html>Sign in</html>"), { queued: 3 }, "attempted"],
    [new TypeError("connection closed"), { queued: 3 }, "attempted"],
    [new ConnectFault("No connection"), { queued: 3 }, undefined],
    ["never", { queued: 3 }, "attempted"],
  ] as const
) {
  const name = answer instanceof Response ? "HTTP 200 with another body" : String(answer);
  Deno.test(`MemoryQueue has ${JSON.stringify(counts)} of 3 after ${name}, and logs ${logged ?? "nothing"}`, async () => {
    const { host, queue } = await filled(3, answer instanceof Response ? () => answer.clone() : answer);
    assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, ...counts });
    assertEquals(waiting(host), "queued" in counts ? [0, 1, 2] : []);
    const log = host.files.text(`${QUEUE}/sent.log`)?.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(log?.map((entry) => entry.outcome), logged && [logged, logged, logged]);
    const last = JSON.parse(host.files.text(STATE) ?? "null").last;
    assertEquals([last.outcome, last.reports], ["queued" in counts ? "failed" : logged, 3]);
    assertEquals([host.files.held, host.requests.length], [[], 1]);
  });
}

Deno.test("MemoryQueue loses the one report that the server finds bad, and delivers the others", async () => {
  const { host, queue } = await filled(500, (request) => numbersIn(request).includes(42) ? 400 : 200);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 499, rejected: 1 });
  assertEquals(waiting(host), []);
});

Deno.test("MemoryQueue delivers the others where a filter refuses one report, which waits", async () => {
  const blocks = (request: SentRequest) => numbersIn(request).includes(42);
  const page = () => new Response("<html>Blocked</html>", { status: 400 });
  const { host, queue } = await filled(500, (request) => blocks(request) ? page() : 200);
  await host.pass(60_000);
  assertEquals(waiting(host), [42]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 499, queued: 1 });
});

Deno.test("MemoryQueue halves a batch that is too large, down to the one that is refused alone", async () => {
  const { host, queue } = await filled(
    500,
    (request) => numbersIn(request).length > 100 || numbersIn(request).includes(42) ? 413 : 200,
  );
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 499, rejected: 1 });
  const refused = host.requests.filter((request) => numbersIn(request).length === 1).map(numbersIn).flat();
  assertEquals([refused.includes(42), host.mostRequests, waiting(host)], [true, 1, []]);
});

Deno.test("MemoryQueue asks anew before each request whether anything may leave, also while it halves a batch", async () => {
  let permitted = true;
  const { host, queue } = await filled(500, () => {
    permitted = false;
    return 413;
  }, { permit: () => permitted ? PERMIT : OFF });
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, dropped: 500 });
  assertEquals([host.requests.length, waiting(host), countDropped(host, HOME).withdrawn], [1, [], 500]);
});

Deno.test("MemoryQueue keeps and sends nothing once a no stands, and counts it", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host, { permit: () => OFF });
  await host.until(addAll(queue, range(0, 3)));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, dropped: 3 });
  assertEquals([host.requests, waiting(host), countDropped(host, HOME).withdrawn], [[], [], 3]);
});

for (const timeoutMs of [0, 10_000]) {
  Deno.test(`MemoryQueue that is closed within ${timeoutMs} ms keeps what it has while nobody can tell whether it may`, async () => {
    const host = new TimedHost();
    const queue = memoryQueueOf(host, { permit: () => ({ kind: "unclear" }) });
    await host.until(addAll(queue, range(0, 3)));
    assertEquals(await host.until(queue.close(timeoutMs)), { ...COUNTS, queued: 3 });
    assertEquals([host.requests, waiting(host)], [[], range(0, 3)]);
  });
}

Deno.test("MemoryQueue delivers what it kept while nobody could tell, once somebody can", async () => {
  let permit: Permit = { kind: "unclear" };
  const { host, queue } = await filled(3, 200, { permit: () => permit });
  await host.pass(1_500);
  assertEquals([host.requests, waiting(host)], [[], range(0, 3)]);
  permit = PERMIT;
  await host.pass(20_000);
  assertEquals([sent(host), waiting(host)], [[range(0, 3)], []]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 3 });
});

Deno.test("MemoryQueue drops what was recorded in another epoch, and sends the rest", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 250), { label: { epoch: OTHER_EPOCH } }));
  await host.until(addAll(queue, range(250, 750)));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 500, dropped: 250 });
  assertEquals([sent(host), countDropped(host, HOME).withdrawn], [[range(250, 500), range(500, 750)], 250]);
});

Deno.test("MemoryQueue drops each report by its own rule", async () => {
  const host = new TimedHost();
  const { consent } = await permitOf({ files: TOLD });
  const queue = memoryQueueOf(host, { permit: () => ({ kind: "on", consent }) });
  await host.until(addAll(queue, [0], { label: { permission: "environment" } }));
  await host.until(addAll(queue, [1, 2], { label: { permission: "untold" } }));
  await host.until(addAll(queue, [3], { label: { permission: "told" } }));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 1, dropped: 3 });
  const { environment, untold } = countDropped(host, HOME);
  assertEquals([sent(host), environment, untold], [[[3]], 1, 2]);
});

Deno.test("MemoryQueue queues what has no machine id yet, and asks nobody", async () => {
  const host = new TimedHost();
  const asked = { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: BUILD.recipient };
  const record = recordOf({ asked, machineId: null, adoptsId: false });
  const permit = await permitOf({ files: { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: record } });
  const queue = memoryQueueOf(host, { permit: () => permit });
  await host.until(queue.add({ label: LABEL, report: writeReport({ ...report(0), userId: null }) }));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, queued: 1 });
  assertEquals([host.requests, queued(host).map((item) => item.report["userId"])], [[], [null]]);
});

Deno.test("MemoryQueue that only queues keeps everything in its order, each with its label, and asks nobody", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host, { queueOnly: true });
  await host.until(addAll(queue, range(0, 150), LARGE));
  await host.until(addAll(queue, range(150, 250), { ...LARGE, label: { permission: "environment" } }));
  assertEquals(await host.until(queue.close(0)), { ...COUNTS, queued: 250 });
  assertEquals([host.requests, waiting(host), host.waitsNow], [[], range(0, 250), 0]);
  assertEquals(queued(host).map(({ permission }) => permission), [
    ...Array(150).fill("asked"),
    ...Array(100).fill("environment"),
  ]);
});

/** A permit on a machine whose user was told at noon, by the clock of `host`. */
async function toldAtNoon(host: TimedHost): Promise<() => Permit> {
  const { consent } = await permitOf({ files: toldAt(NOON.toISOString()) });
  return () => ({ kind: "on", consent: { ...consent, standing: { ...consent.standing, now: host.now() } } });
}

Deno.test("MemoryQueue keeps on disk what is held, and delivers it once the hour is over, while it goes on", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host, { permit: await toldAtNoon(host) });
  const label = { permission: "told" } as const;
  for (let minute = 0; minute < 59; minute++) {
    await host.until(addAll(queue, [minute], { label }));
    await host.pass(60_000);
  }
  // The earliest 50 of the event.
  assertEquals([host.requests, waiting(host)], [[], range(0, 50)]);
  await host.pass(59_999);
  assertEquals(host.requests, []);
  await host.pass(10_001);
  assertEquals([sent(host), waiting(host)], [[range(0, 50)], []]);
  await host.until(addAll(queue, [100], { label }));
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 51, dropped: 9 });
  assertEquals([sent(host)[1], countDropped(host, HOME).limits], [[100], 9]);
});

Deno.test("MemoryQueue sends what is held at once after a yes", async () => {
  const host = new TimedHost();
  let permit = await toldAtNoon(host);
  const queue = memoryQueueOf(host, { permit: () => permit() });
  await host.until(addAll(queue, range(0, 5), { label: { permission: "told" } }));
  await host.pass(2_000);
  assertEquals([host.requests, waiting(host)], [[], range(0, 5)]);
  permit = () => PERMIT;
  await host.pass(12_000);
  assertEquals(sent(host), [range(0, 5)]);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 5 });
});

Deno.test("MemoryQueue looks for what is held now and then, and reads none of it", async () => {
  const host = new TimedHost();
  const queue = memoryQueueOf(host, { permit: await toldAtNoon(host) });
  await host.until(addAll(queue, range(0, 50), { label: { permission: "told" } }));
  await host.pass(2_000);
  const since = host.files.operations.length;
  await host.pass(10 * 60_000);
  const operations = host.files.operations.slice(since);
  const read = operations.filter(({ action, path }) => action === "read" && path.endsWith(".json"));
  const lists = operations.filter(({ action, path }) => action === "list" && path === QUEUE).length;
  assertEquals([read.filter(({ path }) => /\/\d{15}-/.test(path)), lists <= 3 * 60], [[], true]);
  await host.until(queue.close(0));
});

Deno.test("MemoryQueue makes no request where the lock for it can't be had, and keeps everything", async () => {
  const { host, queue } = await filled(3, 200);
  host.files.plantFolder(QUEUE);
  host.files.lockedElsewhere.add(`${QUEUE}/sending.lock`);
  assertEquals(await host.until(queue.close(1_000)), { ...COUNTS, queued: 3 });
  assertEquals([host.requests, waiting(host)], [[], range(0, 3)]);
});

for (const timeoutMs of [0, 1, 2_000, 4_999, 10_000]) {
  Deno.test(`MemoryQueue is closed within ${timeoutMs} ms where the server never answers, and all is queued`, async () => {
    const { host, queue } = await filled(750, "never");
    const since = host.clock;
    assertEquals(await host.until(queue.close(timeoutMs)), { ...COUNTS, queued: 750 });
    // A request has 5 s, and after it nobody tries again at once.
    assertEquals([host.clock - since, waiting(host).toSorted((left, right) => left - right)], [
      Math.min(timeoutMs, 5_000),
      range(0, 750),
    ]);
  });
}

Deno.test("MemoryQueue that is hurried lets go of whoever waits, sends nothing more once time is up, and keeps all", async () => {
  const host = new TimedHost({ respond: "never" });
  const queue = memoryQueueOf(host);
  const since = host.clock;
  const adding = addAll(queue, range(0, 230), LARGE);
  host.after(500, () => queue.shortenDeadline(2_000));
  host.after(600, () => queue.shortenDeadline(20_000));
  await host.until(adding);
  assertEquals(host.clock - since <= 2_500, true);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, queued: 230 });
  assertEquals([host.clock - since, sent(host)], [2_500, [range(0, 100)]]);
  assertEquals(waiting(host).toSorted((left, right) => left - right), range(0, 230));
});

Deno.test("MemoryQueue that was closed asks nothing and does nothing any more", async () => {
  const { host, queue } = await filled(750, 503);
  await host.until(queue.close(300));
  const [requests, operations] = [host.requests.length, host.files.operations.length];
  await host.pass(400_000);
  assertEquals([host.requests.length, host.files.operations.length, host.waitsNow], [requests, operations, 0]);
});

Deno.test("MemoryQueue with nothing to send waits for nothing", async () => {
  const { host, queue } = await filled(500, 200);
  await host.pass(20_000);
  assertEquals(host.waitsNow, 0);
  assertEquals(await host.until(queue.close(10_000)), { ...COUNTS, delivered: 500 });
});

Deno.test("MemoryQueue says what the program itself did wrong, and keeps what it had", async () => {
  let asked = 0;
  const host: TimedHost = new TimedHost({ respond: () => host.sleep(500).then(() => 413) });
  const queue = memoryQueueOf(host, {
    permit: () => {
      // Before the request, at its last moment, and then after it.
      if (++asked === 3) throw new RangeError("wrong");
      return PERMIT;
    },
  });
  await host.until(addAll(queue, range(0, 750)));
  await host.pass(5_000);
  await assertRejects(() => host.until(addAll(queue, [750])), RangeError, "wrong");
  await assertRejects(() => host.until(queue.close(10_000)), RangeError, "wrong");
  assertEquals(waiting(host).toSorted((left, right) => left - right), range(0, 750));
});

for (let seed = 1; seed <= 20; seed++) {
  Deno.test(`MemoryQueue accounts for every report, whatever happens to it (${seed})`, async () => {
    const random = seededRandom(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const taken: number[] = [];
    const open = new OpenReports();
    let statuses: readonly number[] = [200];
    const host: TimedHost = new TimedHost({
      respond: (request) =>
        open.answer(request, async () => {
          await host.sleep(below(4) === 0 ? below(4_900) : below(100));
          const status = statuses[below(statuses.length)] ?? 200;
          if (status === 200) taken.push(...numbersIn(request));
          return status;
        }),
    });
    const queue = memoryQueueOf(host);
    let next = 0;
    for (let step = 0; step < 25; step++) {
      statuses = [[200], [200], [200, 503], [503], [413, 200], [400, 200]][below(6)] ?? [200];
      const count = below(3) === 0 ? below(200) : below(20);
      await host.until(addAll(queue, range(next, next + count), LARGE));
      next += count;
      await host.pass(below(3) === 0 ? below(20_000) : below(1_500));
    }
    const counts = await host.until(queue.close(60_000));
    const { delivered, queued, rejected, dropped } = counts;
    const left = waiting(host);
    // A long outage fills the disk's part.
    const { limits } = countDropped(host, HOME);
    assertEquals([delivered + queued + rejected + dropped, dropped, open.twice], [next, limits, []]);
    assertEquals(host.mostRequests <= 4, true);
    const distinct = new Set(taken);
    const refused = range(0, next).filter((number) => !distinct.has(number) && !left.includes(number)).length;
    assertEquals([left.length, distinct.size, refused], [queued, delivered, rejected + dropped]);
  });
}

Deno.test("MemoryQueue that must end puts all on a slow disk in time, and makes safe from power cuts what there is time for", async () => {
  const { host, queue } = await filled(1_000, "never");
  const create = host.files.create.bind(host.files);
  let synced = 0;
  host.files.create = (path, content, mode, sync = true) => {
    if (sync) host.clock += 5;
    create(path, content, mode);
  };
  host.files.before = ({ action, path }) => {
    if (action !== "sync") return;
    host.clock += 5;
    if (path.endsWith(".json")) synced++;
  };
  const since = host.clock;
  const counts = await host.until(queue.close(1_200));
  assertEquals([counts, waiting(host)], [{ ...COUNTS, queued: 1_000 }, range(0, 1_000)]);
  assertEquals([host.clock - since < 1_500, synced], [true, 50]);
});

Deno.test("MemoryQueue makes safe from power cuts what it queues while it goes on", async () => {
  const { host, queue } = await filled(500, 503);
  await host.pass(100);
  const synced = host.files.operations.filter(({ action, path }) => action === "sync" && path.endsWith(".json"));
  assertEquals([waiting(host).length, synced.length], [500, 500]);
  await host.until(queue.close(0));
});
