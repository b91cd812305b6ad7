import { assertEquals } from "@std/assert";
import { countDropped } from "../../lib/sender/disk_queue/files.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { eventLine, eventLines, NO_COUNTS, numberOf, range } from "../support/inputs/numbered_events.ts";
import {
  BUILD,
  choiceOf,
  CONFIG_FILE,
  EPOCH,
  MACHINE_ID,
  QUEUE,
  queued,
  RECORD_FILE,
  recordOf,
  runHere,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";
import { done, SAID_YES, sent, sentNumbers, stream, streamAll } from "../support/scenes/stream_scene.ts";
import { HOME } from "../support/scenes/memory_queue_scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const HOUR_MS = 60 * 60 * 1000;
const ON = { RASA_TELEMETRY_ENABLED: "true" };
/** The settings after somebody said no and then yes again. */
const STORED_ANEW = STORED_ON.replaceAll(/date: .*/g, "date: 2026-03-01T12:00:30.000Z");

Deno.test("stream takes two batches of its input at first, and then three and four, while the server is slow", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(4_000).then(() => 200) });
  for (let chunk = 0; chunk < 80; chunk++) host.feed(eventLines(chunk * 50, chunk * 50 + 50));
  host.endInput();
  // A chunk whose events find no room is held, too.
  for (const [at, chunks] of [[3_900, 21], [7_900, 41], [11_900, 71], [15_900, 80]] as const) {
    host.after(at, () => assertEquals([at, host.chunksTaken], [at, chunks]));
  }
  assertEquals(await stream(host), done({ accepted: 4_000, delivered: 4_000 }));
  assertEquals([sentNumbers(host), host.mostRequests], [range(0, 4_000), 3]);
});

Deno.test("stream delivers what waits from before, and counts only its own", async () => {
  const host = new TimedHost(SAID_YES);
  host.input = undefined;
  const before = new MemoryHost(SAID_YES);
  for (let run = 0; run < 3; run++) {
    before.clock += 1_000;
    await runHere(before, "track", "Shell Started", "--timeout", "0");
  }
  for (const name of before.files.names(QUEUE)) {
    host.files.plant(`${QUEUE}/${name}`, before.files.text(`${QUEUE}/${name}`) ?? "");
  }
  host.clock = before.clock;
  assertEquals(await streamAll(host, eventLine(7)), done({ accepted: 1, delivered: 1 }));
  assertEquals([sent(host).length, queued(host)], [4, []]);
});

Deno.test("stream delivers later what it had to queue, although no other event comes", async () => {
  const host: TimedHost = new TimedHost({
    ...SAID_YES,
    respond: () => host.clock < NOON.getTime() + 30_000 ? 503 : 200,
  });
  host.feed(eventLines(0, 3));
  host.after(200_000, () => assertEquals([queued(host), host.requests.length < 15], [[], true]));
  host.after(200_001, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 3, delivered: 3 }));
});

Deno.test("stream gives up the environment and the system before its first request, and asks for nothing later", async () => {
  const relinquished = new Set<boolean>();
  const host: TimedHost = new TimedHost({
    ...SAID_YES,
    respond: () => {
      relinquished.add(host.relinquished);
      return host.requests.length % 3 === 0 ? 503 : 200;
    },
  });
  for (let second = 0; second < 30; second++) {
    host.after(second * 1_000, () => host.feed(eventLines(second * 250, second * 250 + 250)));
  }
  host.after(40_000, () => host.endInput());
  const { code, result, err } = await stream(host);
  // The memory host throws where it is asked for more; that would be exit code 1.
  assertEquals([code, result["accepted"], err, [...relinquished]], [0, 7_500, "", [true]]);
});

Deno.test("stream sends and keeps nothing more once telemetry is switched off", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(100).then(() => 200) });
  host.feed(eventLines(0, 1_250));
  host.after(50, () => host.files.plant(CONFIG_FILE, STORED_OFF));
  for (let second = 1; second < 10; second++) {
    host.after(second * 1_000, () => host.feed(eventLines(second * 10_000, second * 10_000 + 750)));
  }
  host.after(12_000, () => host.endInput());
  const { code, result, err } = await stream(host);
  // What comes while telemetry is off isn't taken.
  assertEquals([code, result, err], [0, { ...NO_COUNTS, accepted: 1_250, delivered: 500, dropped: 750 }, ""]);
  assertEquals([sentNumbers(host), queued(host)], [range(0, 500), []]);
  assertEquals(countDropped(host, HOME).withdrawn, 750);
});

Deno.test("stream keeps nothing once telemetry is switched off while the server is down", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(100).then(() => 503) });
  host.feed(eventLines(0, 1_250));
  host.after(50, () => host.files.plant(CONFIG_FILE, STORED_OFF));
  host.after(1_000, () => host.feed(eventLines(1_250, 2_000)));
  host.after(3_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 1_250, dropped: 1_250 }));
  assertEquals([queued(host), host.requests.length], [[], 1]);
  assertEquals(countDropped(host, HOME).withdrawn, 1_250);
});

/** What `disable` and then `enable` leave: another choice, a new epoch, and the user's own yes. */
const ENABLED_ANEW = {
  [CONFIG_FILE]: STORED_ANEW,
  [RECORD_FILE]: recordOf({
    epoch: "30000000-0000-4000-8000-000000000000",
    choice: choiceOf(STORED_ANEW),
    asked: { at: "2026-03-01T12:00:00.200Z", notice: 1, addressee: BUILD.recipient },
  }),
};

function plant(host: TimedHost, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) host.files.plant(path, text);
}

/** A no and a new yes while a batch is on its way and another is being filled. */
const CHANGES: readonly (readonly [
  what: string,
  change: (host: TimedHost) => void,
  came: Partial<typeof NO_COUNTS>,
  permission: string | undefined,
])[] = [
  ["disable and enable", (host) => plant(host, ENABLED_ANEW), { delivered: 10 }, undefined],
  ["a no and a yes of Rasa's own", (host) => plant(host, { [CONFIG_FILE]: STORED_ANEW }), { queued: 10 }, "untold"],
];

for (const [what, change, came, permission] of CHANGES) {
  Deno.test(`stream sends nothing from before ${what}, and takes what comes after as what holds then`, async () => {
    const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(300).then(() => 200) });
    host.feed(eventLines(0, 1_250));
    host.after(100, () => host.files.plant(CONFIG_FILE, STORED_OFF));
    host.after(200, () => change(host));
    host.after(2_000, () => host.feed(eventLines(10_000, 10_010)));
    host.after(4_000, () => host.endInput());
    const delivered = 500 + (came.delivered ?? 0);
    assertEquals(await stream(host), done({ accepted: 1_260, dropped: 750, ...came, delivered }));
    assertEquals(sentNumbers(host).slice(500), came.delivered === undefined ? [] : range(10_000, 10_010));
    assertEquals(
      queued(host).map((item) => item.permission),
      permission === undefined ? [] : Array(10).fill(permission),
    );
    assertEquals(countDropped(host, HOME).withdrawn, 750);
  });
}

Deno.test("stream takes its first line as what holds when it comes, not when it was started", async () => {
  const host = new TimedHost(SAID_YES);
  host.after(1_000, () => host.files.plant(CONFIG_FILE, STORED_OFF));
  host.after(2_000, () => plant(host, ENABLED_ANEW));
  host.after(3_000, () => host.feed(eventLine(0)));
  host.after(5_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 1, delivered: 1 }));
  const off = new TimedHost(SAID_YES);
  off.after(1_000, () => off.files.plant(CONFIG_FILE, STORED_OFF));
  off.after(3_000, () => off.feed(eventLine(0)));
  off.after(5_000, () => off.endInput());
  assertEquals(await stream(off), done({}));
});

Deno.test("stream takes an empty global.yml for what it was, while Rasa writes it", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(300).then(() => 200) });
  let writing = false;
  const pause = host.pause.bind(host);
  host.pause = (milliseconds) => {
    pause(milliseconds);
    // Rasa has been at it for 30 ms when it is done.
    if (writing && host.clock - emptiedAt >= 30) {
      writing = false;
      host.files.plant(CONFIG_FILE, STORED_ON);
    }
  };
  let emptiedAt = 0;
  for (let second = 1; second < 10; second++) {
    host.after(second * 1_000, () => {
      [writing, emptiedAt] = [true, host.clock];
      host.files.plant(CONFIG_FILE, "");
      host.feed(eventLine(second));
    });
  }
  host.after(12_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 9, delivered: 9 }));
  assertEquals([JSON.parse(host.files.text(RECORD_FILE) ?? "").epoch, countDropped(host, HOME).withdrawn], [EPOCH, 0]);
});

Deno.test("stream keeps what comes while global.yml can't be understood, and delivers it once it can", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLine(0));
  host.after(5_000, () => host.files.plant(CONFIG_FILE, "metrics: ["));
  host.after(6_000, () => host.feed(eventLines(1, 3)));
  host.after(9_000, () => assertEquals([sentNumbers(host), queued(host).length], [[0], 2]));
  host.after(10_000, () => host.files.plant(CONFIG_FILE, STORED_ON));
  host.after(40_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 3, delivered: 3 }));
});

/** What `init` leaves in another process: the notice was shown, and there is an id. */
function tell(host: TimedHost): void {
  const record = JSON.parse(host.files.text(RECORD_FILE) ?? "");
  const told = {
    at: host.now().toISOString(),
    first: host.now().toISOString(),
    notice: 1,
    addressee: BUILD.recipient,
    terminal: false,
  };
  host.files.plant(RECORD_FILE, JSON.stringify({ ...record, told, machineId: record.machineId ?? MACHINE_ID }));
}

Deno.test("stream started before anybody was told holds everything, and delivers it an hour after the notice", async () => {
  const host = new TimedHost();
  host.feed(eventLines(0, 3));
  host.after(5_000, () => tell(host));
  host.after(6_000, () => host.feed(eventLines(3, 5)));
  host.after(9_000, () => {
    assertEquals(queued(host).map(({ permission, report }) => [permission, report["userId"]]), [
      ...Array(3).fill(["untold", null]),
      ...Array(2).fill(["told", null]),
    ]);
  });
  host.after(HOUR_MS + 4_999, () => assertEquals(host.requests, []));
  host.after(HOUR_MS + 20_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 5, delivered: 5 }));
  assertEquals(sent(host).map((report) => [report["messageId"] !== undefined, report["userId"]]), [
    ...Array(5).fill([true, MACHINE_ID]),
  ]);
  assertEquals(sentNumbers(host), range(0, 5));
});

Deno.test("stream that nobody is told of keeps nothing for more than an hour", async () => {
  const host = new TimedHost();
  host.feed(eventLines(0, 3));
  host.after(HOUR_MS - 1, () => assertEquals(queued(host).length, 3));
  host.after(HOUR_MS + 20_000, () => assertEquals(queued(host), []));
  host.after(HOUR_MS + 30_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 3, dropped: 3 }));
  assertEquals([host.requests, countDropped(host, HOME).untold], [[], 3]);
});

Deno.test("stream in local mode keeps what comes in the local log, and sends nothing", async () => {
  const files = {
    [CONFIG_FILE]: STORED_OFF,
    [RECORD_FILE]: recordOf({ local: true, choice: choiceOf(STORED_OFF) }),
  };
  const host = new TimedHost({ files });
  host.feed(eventLines(0, 3));
  // Somebody else stores a no: that ends it.
  host.after(5_000, () => host.files.plant(CONFIG_FILE, STORED_OFF.replaceAll("2025", "2026")));
  host.after(6_000, () => host.feed(eventLines(3, 5)));
  host.after(9_000, () => host.endInput());
  const { code, result } = await stream(host);
  assertEquals([code, result["accepted"], host.requests, queued(host)], [0, 3, [], []]);
  const logged = host.files.text(`${QUEUE}/local.log`)?.match(/.+/g)?.map((line) => JSON.parse(line).report);
  assertEquals(logged?.map(numberOf), range(0, 3));
});

Deno.test("stream under RASA_TELEMETRY_MACHINE_ID reports under it", async () => {
  const host = new TimedHost({ env: { ...ON, RASA_TELEMETRY_MACHINE_ID: "36E8E5E4-3FEF-4429-A2A0-1AD239D0081D" } });
  await streamAll(host, eventLine(0));
  assertEquals(sent(host).map((report) => report["userId"]), ["36e8e5e43fef4429a2a01ad239d0081d"]);
  const told = new TimedHost(SAID_YES);
  await streamAll(told, eventLine(0));
  assertEquals(sent(told).map((report) => report["userId"]), [MACHINE_ID]);
});
