import { assertEquals } from "@std/assert";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { eventLine, eventLines, NO_COUNTS, range } from "../support/inputs/numbered_events.ts";
import { CONFIG_FILE, MACHINE_ID, QUEUE, queued, runHere, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";
import { done, SAID_YES, sent, sentNumbers, stream, streamAll } from "../support/scenes/stream_scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const ON = { RASA_TELEMETRY_ENABLED: "true" };
/** The settings after somebody said no and then yes again. */
const STORED_ANEW = STORED_ON.replaceAll(/date: .*/g, "date: 2026-03-01T12:00:30.000Z");

Deno.test("stream takes no more of its input than two batches while the server is slow", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(4_000).then(() => 200) });
  for (let chunk = 0; chunk < 40; chunk++) host.feed(eventLines(chunk * 50, chunk * 50 + 50));
  host.endInput();
  // A chunk whose events find no room is held, too.
  for (const [at, chunks] of [[3_900, 21], [7_900, 31], [11_900, 40]] as const) {
    host.after(at, () => assertEquals([at, host.chunksTaken], [at, chunks]));
  }
  assertEquals(await stream(host), done({ accepted: 2_000, delivered: 2_000 }));
  assertEquals([sentNumbers(host), host.mostRequests], [range(0, 2_000), 1]);
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
  assertEquals([code, result, err], [0, { ...NO_COUNTS, accepted: 8_000, delivered: 500, dropped: 7_500 }, ""]);
  assertEquals([sentNumbers(host), queued(host)], [range(0, 500), []]);
});

Deno.test("stream keeps nothing once telemetry is switched off while the server is down", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(100).then(() => 503) });
  host.feed(eventLines(0, 1_250));
  host.after(50, () => host.files.plant(CONFIG_FILE, STORED_OFF));
  host.after(1_000, () => host.feed(eventLines(1_250, 2_000)));
  host.after(3_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 2_000, dropped: 2_000 }));
  assertEquals([queued(host), host.requests.length], [[], 1]);
});

Deno.test("stream sends what comes after a new yes, and nothing from before it", async () => {
  const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(300).then(() => 200) });
  host.feed(eventLines(0, 1_250));
  host.after(100, () => host.files.plant(CONFIG_FILE, STORED_OFF));
  host.after(200, () => host.files.plant(CONFIG_FILE, STORED_ANEW));
  host.after(2_000, () => host.feed(eventLines(10_000, 10_750)));
  host.after(4_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 2_000, delivered: 1_250, dropped: 750 }));
  assertEquals([sentNumbers(host), queued(host)], [[...range(0, 500), ...range(10_000, 10_750)], []]);
});

Deno.test("stream started before anybody was told only queues, without any id, and goes on so after the notice", async () => {
  const host = new TimedHost();
  host.feed(eventLines(0, 3));
  host.after(5_000, () => host.files.plant(CONFIG_FILE, STORED_ON));
  host.after(6_000, () => host.feed(eventLines(3, 5)));
  host.after(9_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 5, queued: 5 }));
  assertEquals([host.requests, queued(host).map(({ report }) => report["userId"])], [[], Array(5).fill(null)]);
  assertEquals(queued(host).map(({ choice }) => choice === null), [true, true, true, false, false]);
});

Deno.test("stream under RASA_TELEMETRY_MACHINE_ID reports under it", async () => {
  const host = new TimedHost({ env: { ...ON, RASA_TELEMETRY_MACHINE_ID: "36E8E5E4-3FEF-4429-A2A0-1AD239D0081D" } });
  await streamAll(host, eventLine(0));
  assertEquals(sent(host).map((report) => report["userId"]), ["36e8e5e43fef4429a2a01ad239d0081d"]);
  const told = new TimedHost(SAID_YES);
  await streamAll(told, eventLine(0));
  assertEquals(sent(told).map((report) => report["userId"]), [MACHINE_ID]);
});
