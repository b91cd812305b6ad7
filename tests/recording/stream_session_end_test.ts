import { assertEquals, assertMatch } from "@std/assert";
import { type Answer, NOON } from "../support/machine/memory_host.ts";
import { eventLine, eventLines, largeEventLines, range } from "../support/inputs/numbered_events.ts";
import { runHere } from "../support/scenes/scene.ts";
import { done, SAID_YES, sentNumbers, stream, streamAll, waitingNumbers } from "../support/scenes/stream_scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

Deno.test("stream gives the end 10 s, or as long as --timeout says, and queues the rest", async () => {
  for (const [args, tookMs] of [[[], 5_000], [["--timeout", "3"], 3_000], [["--timeout", "1.5"], 1_500]] as const) {
    const host = new TimedHost({ ...SAID_YES, respond: "never" });
    assertEquals(await streamAll(host, eventLines(0, 500), ...args), done({ accepted: 500, queued: 500 }));
    assertEquals([host.clock - NOON.getTime(), host.requests.length], [tookMs, 1]);
  }
  const slow: TimedHost = new TimedHost({ ...SAID_YES, respond: () => slow.sleep(3_000).then(() => 200) });
  slow.feed(eventLines(0, 1_000));
  slow.endInput();
  assertEquals(await stream(slow), done({ accepted: 1_000, delivered: 1_000 }));
  assertEquals(slow.clock - NOON.getTime(), 6_000);
});

/** Moments at which somebody asks the stream to end, each with what the server does. */
const ENDINGS: readonly {
  readonly name: string;
  readonly respond: (host: TimedHost) => Answer | Promise<Answer>;
  readonly chunks: number;
  readonly endInputAt?: number;
  readonly askAt: number;
}[] = [
  { name: "while it is idle", respond: () => 200, chunks: 1, askAt: 30_000 },
  { name: "before it has anything", respond: () => 200, chunks: 0, askAt: 30_000 },
  { name: "while a batch comes of age", respond: () => 200, chunks: 1, askAt: 500 },
  { name: "while a request is under way", respond: (host) => host.sleep(4_000).then(() => 200), chunks: 2, askAt: 500 },
  {
    name: "while the input waits for the server",
    respond: (host) => host.sleep(1_500).then(() => 200),
    chunks: 9,
    askAt: 100,
  },
  { name: "while the server never answers", respond: () => "never", chunks: 9, askAt: 1_500 },
  { name: "while the server is down", respond: () => 503, chunks: 9, askAt: 1_500 },
  {
    name: "during the last delivery",
    respond: (host) => host.sleep(4_000).then(() => 200),
    chunks: 2,
    endInputAt: 100,
    askAt: 1_000,
  },
  {
    name: "during the last delivery, with no answer",
    respond: () => "never",
    chunks: 2,
    endInputAt: 100,
    askAt: 1_000,
  },
];

for (const { name, respond, chunks, endInputAt, askAt } of ENDINGS) {
  Deno.test(`stream that is asked to end ${name} ends within 2 s, and nothing it was given is lost`, async () => {
    const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => respond(host) });
    for (let chunk = 0; chunk < chunks; chunk++) host.feed(largeEventLines(chunk * 100, chunk * 100 + 100));
    if (endInputAt !== undefined) host.after(endInputAt, () => host.endInput());
    host.after(askAt, () => host.requestEnd?.());
    host.after(askAt + 100, () => host.requestEnd?.());
    const { code, result, err } = await stream(host);
    const took = host.clock - NOON.getTime() - askAt;
    assertEquals([code, err, took <= 2_000 ? "in time" : took], [0, "", "in time"]);
    const { accepted, delivered, queued: kept, rejected, dropped } = result;
    assertEquals([accepted, Number(delivered) + Number(kept), rejected, dropped], [chunks * 100, chunks * 100, 0, 0]);
    const known = new Set([...sentNumbers(host), ...waitingNumbers(host)]);
    assertEquals([known.size, waitingNumbers(host).length, host.mostRequests <= 1], [chunks * 100, kept, true]);
  });
}

Deno.test("stream that is asked to end takes what still comes at once, and ends within 2 s all the same", async () => {
  const host = new TimedHost({ ...SAID_YES, respond: "never" });
  const ask = 5_000;
  host.after(ask, () => host.requestEnd?.());
  host.after(ask + 200, () => host.feed(eventLine(0)));
  host.after(ask + 400, () => host.feed(eventLine(1)));
  assertEquals(await stream(host), done({ accepted: 2, queued: 2 }));
  const took = host.clock - NOON.getTime() - ask;
  assertEquals(took <= 2_000 ? "in time" : took, "in time");
});

Deno.test("stream that is asked to end does so although its input never pauses", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLine(0));
  for (let at = 50; at < 20_000; at += 50) host.after(at, () => host.feed(eventLine(at)));
  host.after(5_000, () => host.requestEnd?.());
  const { code, result } = await stream(host);
  const took = host.clock - NOON.getTime() - 5_000;
  assertEquals([code, result["accepted"] === result["delivered"], took <= 2_000 ? "in time" : took], [
    0,
    true,
    "in time",
  ]);
});

Deno.test("stream whose parent is gone takes what was written before, and ends within a few seconds", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLine(0));
  host.after(10_300, () => {
    host.parentId = 1;
    for (let chunk = 1; chunk < 10; chunk++) host.feed(eventLine(chunk));
  });
  assertEquals(await stream(host), done({ accepted: 10, delivered: 10 }));
  assertEquals([sentNumbers(host), host.clock - NOON.getTime() < 13_000], [range(0, 10), true]);
});

for (
  const [name, respond] of [
    ["slow", (host: TimedHost) => host.sleep(900).then((): Answer => 200)],
    ["down, as far as can be told by waiting", (): Answer => "never"],
  ] as const
) {
  Deno.test(`stream whose parent is gone takes what was written before, also where the server is ${name}`, async () => {
    const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => respond(host) });
    for (let chunk = 0; chunk < 8; chunk++) host.feed(largeEventLines(chunk * 100, chunk * 100 + 100));
    host.after(500, () => host.parentId = 1);
    const { code, result, err } = await stream(host);
    const kept = [...sentNumbers(host), ...waitingNumbers(host)];
    assertEquals([code, result["accepted"], err, new Set(kept).size], [0, 800, "", 800]);
    // A request has 5 s, the end 10.
    assertEquals(host.clock - NOON.getTime() < 20_000, true);
  });
}

Deno.test("stream whose parent is gone ends although others go on writing", async () => {
  const host = new TimedHost(SAID_YES);
  let over = false;
  const write = () => {
    if (over) return;
    host.feed(eventLine(1));
    host.after(100, write);
  };
  write();
  host.after(5_000, () => host.parentId = 1);
  host.after(60_000, () => over = true);
  const { code, result } = await stream(host);
  over = true;
  const took = host.clock - NOON.getTime() - 5_000;
  assertEquals([code, result["accepted"] === result["delivered"], took <= 15_000 ? "in time" : took], [
    0,
    true,
    "in time",
  ]);
});

Deno.test("stream is not disturbed by a parent that is process 1 from the beginning", async () => {
  const host = new TimedHost(SAID_YES);
  host.parentId = 1;
  for (let second = 0; second < 30; second += 10) host.after(second * 1_000, () => host.feed(eventLine(second)));
  host.after(40_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 3, delivered: 3 }));
  assertEquals(host.clock - NOON.getTime(), 40_000);
});

Deno.test("stream where its parent can't be told ends with its input", async () => {
  const host = new TimedHost(SAID_YES);
  Object.defineProperty(host, "parent", { value: () => undefined });
  host.feed(eventLine(0));
  host.after(100_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 1, delivered: 1 }));
});

Deno.test("stream whose parent is gone where telemetry is off ends, too", async () => {
  const host = new TimedHost({ env: { DO_NOT_TRACK: "1" } });
  host.feed(eventLine(0));
  host.after(5_000, () => host.parentId = 1);
  assertEquals(await stream(host), done({}));
});

Deno.test("stream leaves no wait behind, and while idle only that for its parent", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLines(0, 3));
  let idle = 0;
  // Not at a full second: then that wait is just being made.
  host.after(60_500, () => idle = host.waitsNow);
  host.after(60_600, () => host.endInput());
  await stream(host);
  assertEquals([idle, host.waitsNow], [2, 0]);
});

Deno.test("stream refuses an operand and a time-out that is none", async () => {
  for (const args of [["Shell Started"], ["--timeout", "soon"], ["--timeout", "-1"]]) {
    const host = new TimedHost(SAID_YES);
    assertEquals(await host.until(runHere(host, "stream", ...args)), 2);
    assertMatch(host.err, /^rasa-telemetry: Cannot run "stream": .*; see rasa-telemetry stream --help\n$/);
  }
});
