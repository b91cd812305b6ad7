import { assertEquals, assertMatch } from "@std/assert";
import { type Answer, NOON } from "../support/machine/memory_host.ts";
import { eventLine, eventLines, largeEventLines, numberOf } from "../support/inputs/numbered_events.ts";
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

Deno.test("stream says that it reads, and keeps what it has before it delivers it, where a host wants signs", async () => {
  const host: TimedHost = new TimedHost({
    ...SAID_YES,
    respond: () => (keptAt.push(waitingNumbers(host).length), 200),
  });
  const keptAt: number[] = [];
  host.feed(eventLines(0, 3));
  host.after(500, () => host.endInput());
  assertEquals(await host.until(runHere(host, "stream", "--idle", "60")), 0);
  assertEquals([host.out, host.err, keptAt], ["reading\nkept\n", "", [3]]);
  assertEquals([sentNumbers(host), waitingNumbers(host)], [[0, 1, 2], []]);
});

Deno.test("stream keeps a copy of what is on its way at the end, until the answer comes", async () => {
  for (const [answer, waits] of [[200, []], [503, [0, 1]], ["never", [0, 1]]] as const) {
    const host: TimedHost = new TimedHost({ ...SAID_YES, respond: () => host.sleep(700).then((): Answer => answer) });
    const copies: number[][] = [];
    host.feed(eventLines(0, 2));
    host.after(1_300, () => host.endInput());
    host.after(1_400, () => copies.push(waitingNumbers(host)));
    assertEquals(await host.until(runHere(host, "stream", "--idle", "60", "--json")), 0);
    const result = JSON.parse(host.out.slice(host.out.indexOf("{")));
    assertEquals([copies, waitingNumbers(host)], [[[0, 1]], waits]);
    assertEquals(result, { ...done({}).result, accepted: 2, delivered: 2 - waits.length, queued: waits.length });
    assertEquals(sentNumbers(host).slice(0, 2), [0, 1]);
  }
});

Deno.test("stream delivers from memory at the end what the disk refuses", async () => {
  const host = new TimedHost({ env: { RASA_TELEMETRY_ENABLED: "true" }, files: { "/home/ada/.config": "" } });
  host.feed(eventLines(0, 2));
  host.endInput();
  assertEquals(await host.until(runHere(host, "stream", "--idle", "60")), 0);
  assertEquals([host.out, sentNumbers(host)], ["reading\nkept\n", [0, 1]]);
});

Deno.test("stream that is idle says so, takes what comes within a second, and ends", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLine(0));
  host.after(50_000, () => host.feed(eventLine(1)));
  host.after(110_500, () => {
    assertEquals(host.out, "reading\nending\n");
    host.feed(eventLine(2));
  });
  host.after(112_000, () => host.feed(eventLine(3)));
  assertEquals(await host.until(runHere(host, "stream", "--idle", "60")), 0);
  assertEquals([host.out, host.err, sentNumbers(host)], ["reading\nending\nkept\n", "", [0, 1, 2]]);
  assertEquals(host.clock - NOON.getTime(), 111_000);
});

Deno.test("stream that is idle ends where telemetry is off, too", async () => {
  const host = new TimedHost({ env: { DO_NOT_TRACK: "1" } });
  host.feed(eventLine(0));
  assertEquals(await host.until(runHere(host, "stream", "--idle", "2.5")), 0);
  assertEquals([host.out, host.clock - NOON.getTime()], ["reading\nending\n", 3_500]);
});

Deno.test("stream waits for its input for ever where nobody wants signs", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLine(0));
  host.after(3_600_000, () => host.endInput());
  assertEquals(await stream(host), done({ accepted: 1, delivered: 1 }));
  assertEquals(host.clock - NOON.getTime(), 3_600_000);
});

Deno.test("stream prints reports of debug mode on standard error where signs are on standard output", async () => {
  const host = new TimedHost({ ...SAID_YES, env: { RASA_TELEMETRY_DEBUG: "1" } });
  host.feed(eventLines(0, 2));
  host.endInput();
  assertEquals(await host.until(runHere(host, "stream", "--idle", "60")), 0);
  assertEquals(host.out, "reading\nkept\n");
  assertEquals(host.err.trimEnd().split("\n").map((line) => numberOf(JSON.parse(line))), [0, 1]);
});

Deno.test("stream leaves the working folder once its first report is made", async () => {
  const host = new TimedHost(SAID_YES);
  const folders = [host.cwd()];
  host.feed(eventLine(0));
  host.after(10, () => folders.push(host.cwd()));
  host.after(20, () => host.endInput());
  await stream(host);
  assertEquals(folders, ["/project", "/"]);
});

Deno.test("stream leaves no wait behind, and none while it is idle", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLines(0, 3));
  let idle = 0;
  // Not at a full second: then that wait is just being made.
  host.after(60_500, () => idle = host.waitsNow);
  host.after(60_600, () => host.endInput());
  await stream(host);
  assertEquals([idle, host.waitsNow], [1, 0]);
});

Deno.test("stream refuses an operand and a time-out that is none", async () => {
  for (const args of [["Shell Started"], ["--timeout", "soon"], ["--timeout", "-1"]]) {
    const host = new TimedHost(SAID_YES);
    assertEquals(await host.until(runHere(host, "stream", ...args)), 2);
    assertMatch(host.err, /^rasa-telemetry: Cannot run "stream": .*; see rasa-telemetry stream --help\n$/);
  }
});
