// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { homeAt } from "../../lib/home.ts";
import { countDropped } from "../../lib/sender/disk_queue/files.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MAX_LINE_BYTES } from "../../lib/recording/input/lines.ts";
import { TRAINING_STARTED } from "../support/inputs/documented.ts";
import type { Operation } from "../support/machine/memory_files.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { eventLine, eventLines, NO_COUNTS, range } from "../support/inputs/numbered_events.ts";
import { ASKED, CONFIG_FILE, runHere, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";
import { done, SAID_YES, sent, sentNumbers, stream, streamAll } from "../support/scenes/stream_scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const ON = { RASA_TELEMETRY_ENABLED: "true" };

Deno.test("stream makes the same report as track, with the time the line gives", async () => {
  const context = { python: "3.7.5", rasa_pro: "3.8.0", hostname: "secret" };
  const properties = { ...TRAINING_STARTED, secret: "sk-live-51Hxyz" };
  const tracked = new MemoryHost({
    ...SAID_YES,
    stdin: { properties: TRAINING_STARTED, context: { ...context, hostname: undefined } },
  });
  await runHere(tracked, "track", "Training Started");
  const { sentAt: _, ...expected } = tracked.requests[0]?.body ?? {};
  const host = new TimedHost(SAID_YES);
  const event = { event: "Training Started", properties, context };
  const later = { ...event, timestamp: "2026-02-28T01:02:03.456789+01:00" };
  assertEquals(
    await streamAll(host, `${JSON.stringify(event)}\n${JSON.stringify(later)}\n`),
    done({ accepted: 2, delivered: 2 }),
  );
  const messageId = "00000000-0000-4000-8000-00000000000";
  const made = sent(host);
  assertEquals(made, [
    { type: "track", ...expected, messageId: made[0]?.["messageId"] },
    { type: "track", ...expected, messageId: made[1]?.["messageId"], timestamp: "2026-02-28T00:02:03.456Z" },
  ]);
  assertEquals(Object.keys(made[0] ?? {}).slice(1), Object.keys(expected));
  assertMatch(String(made[0]?.["messageId"]), new RegExp(`^${messageId}`));
  assertEquals(JSON.stringify([host.requests, host.out, host.err]).includes("sk-live"), false);
});

Deno.test("stream gives an event without a time the moment at which its line came", async () => {
  const host = new TimedHost(SAID_YES);
  host.feed(eventLine(0));
  host.after(400, () => host.feed(eventLine(1)));
  host.after(500, () => host.endInput());
  await stream(host);
  const times = sent(host).map((report) => Date.parse(String(report["timestamp"])) - NOON.getTime());
  assertEquals(times, [0, 400]);
});

Deno.test("stream takes traits and events in their order", async () => {
  const host = new TimedHost(SAID_YES);
  const traits = JSON.stringify({ traits: { tracing_backend: "jaeger", anonymization_rules: { a: 1 } } });
  assertEquals(await streamAll(host, `${eventLine(0)}${traits}\n${eventLine(1)}`), done({ accepted: 3, delivered: 3 }));
  assertEquals(sent(host).map(({ type, traits }) => [type, traits]), [
    ["track", undefined],
    ["identify", { tracing_backend: "jaeger", anonymization_rules: true }],
    ["track", undefined],
  ]);
});

Deno.test("stream leaves traits out where their own switch in global.yml says no, whatever the variable says", async () => {
  const files = { ...ASKED, [CONFIG_FILE]: STORED_ON.replace(/(traits:\n {2}enabled: )true/, "$1false") };
  for (const env of [{}, ON]) {
    const host = new TimedHost({ files, env });
    const streamed = await streamAll(host, `{"traits": {"tracing_backend": "jaeger"}}\n${eventLine(0)}`);
    assertEquals(streamed, done({ accepted: 1, delivered: 1 }));
  }
});

Deno.test("stream rejects a report that is too large for the server, and goes on", async () => {
  const entry = {
    name: "SingleStepLLMCommandGenerator",
    llm: { model_name: "gpt-4-0613", request_timeout: 7 },
    embeddings: { model_name: "text-embedding-ada-002" },
  };
  const pipeline = Array.from({ length: 200 }, () => entry);
  const large = JSON.stringify({ event: "Training Started", properties: { pipeline, policies: pipeline } });
  const host = new TimedHost(SAID_YES);
  const { code, result } = await streamAll(host, `${eventLine(0)}${large}\n${eventLine(1)}`);
  assertEquals([code, result], [0, { ...NO_COUNTS, accepted: 3, delivered: 2, rejected: 1 }]);
  assertEquals(sentNumbers(host), [0, 1]);
});

Deno.test("stream in debug mode prints each report on a line, as it would leave, and writes and sends nothing", async () => {
  const sending = new TimedHost(SAID_YES);
  await streamAll(sending, eventLines(0, 3));
  const host = new TimedHost({ ...SAID_YES, env: { RASA_TELEMETRY_DEBUG: "true" } });
  host.feed(`${eventLines(0, 3)}{}\n`);
  host.endInput();
  assertEquals(await host.until(runHere(host, "stream")), 2);
  const printed = host.out.trimEnd().split("\n").map((text) => ({ ...JSON.parse(text), messageId: "" }));
  assertEquals(printed, sent(sending).map(({ type: _, ...report }) => ({ ...report, messageId: "" })));
  assertEquals([host.files.writes, host.requests, host.err.split("\n").length], [[], [], 2]);
});

Deno.test("stream says in debug mode behind each report what was withheld from it", async () => {
  const host = new TimedHost({ ...SAID_YES, env: { RASA_TELEMETRY_DEBUG: "true" } });
  host.feed(
    '{"event": "Shell Started", "properties": {"type": "rasa", "secret": "sesame"}}\n{"event": "Shell Started"}\n',
  );
  host.endInput();
  assertEquals(await host.until(runHere(host, "stream")), 0);
  assertEquals([host.out.trimEnd().split("\n").length, host.err], [
    2,
    "Withheld, not part of it: 1 unknown key or entry\n",
  ]);
});

Deno.test("stream in debug mode makes one id for the run, and says so once", async () => {
  const host = new TimedHost({ env: { RASA_TELEMETRY_DEBUG: "1" } });
  host.feed(eventLines(0, 3));
  host.endInput();
  assertEquals(await host.until(runHere(host, "stream")), 0);
  const ids = new Set(host.out.trimEnd().split("\n").map((text) => JSON.parse(text).userId));
  assertEquals([ids.size, host.files.writes, host.err], [
    1,
    [],
    "rasa-telemetry: this machine has no id yet; the one shown is for this run alone\n",
  ]);
});

Deno.test("stream in debug mode makes no report where telemetry is off, and says so once", async () => {
  const host = new TimedHost({ env: { RASA_TELEMETRY_DEBUG: "1", DO_NOT_TRACK: "1" } });
  host.feed(`${eventLines(0, 3)}{}\n`);
  host.endInput();
  assertEquals(await host.until(runHere(host, "stream")), 0);
  assertEquals([host.out, host.err], ["", "rasa-telemetry: telemetry is off (DO_NOT_TRACK): no report is made\n"]);
});

Deno.test("stream says nothing unless asked, whatever the server answers", async () => {
  for (const respond of [200, 503, 400, new TypeError("refused"), "never"] as const) {
    const host = new TimedHost({ ...SAID_YES, respond });
    host.feed(eventLines(0, 750));
    host.endInput();
    assertEquals([await host.until(runHere(host, "stream")), host.out, host.err], [0, "", ""]);
  }
});

Deno.test("stream names a line it can't take by its number, skips it, and ends with exit code 2", async () => {
  const host = new TimedHost(SAID_YES);
  const input = new Uint8Array([
    ...new TextEncoder().encode(`${eventLine(0)}\r\n{"event": "Shell Strted"}\n${eventLine(1)}`),
    ...[0xff, 0x0a],
    ...new TextEncoder().encode(`${" ".repeat(MAX_LINE_BYTES + 1)}\n${eventLine(2)}{"event": "Shell`),
  ]);
  assertEquals(await streamAll(host, input), {
    code: 2,
    result: { ...NO_COUNTS, accepted: 3, delivered: 3 },
    err: 'rasa-telemetry: Cannot take line 3: "Shell Strted": no such event; the nearest is "Shell Started"\n' +
      "rasa-telemetry: Cannot take line 5: it is not UTF-8\n" +
      "rasa-telemetry: Cannot take line 6: it is longer than 256 KiB\n" +
      "rasa-telemetry: Cannot take line 8: it is not JSON; it must be one object with " +
      '"event" (or "traits"), "properties", "context" and "timestamp"\n',
  });
  assertEquals(sentNumbers(host), [0, 1, 2]);
  assertEquals(countDropped(host, homeAt("/home/ada/.config/rasa")).unknown, 1);
});

for (
  const [bad, rest] of [
    [20, ""],
    [21, "rasa-telemetry: 1 more line could not be taken\n"],
    [25, "rasa-telemetry: 5 more lines could not be taken\n"],
  ] as const
) {
  Deno.test(`stream names the first 20 of ${bad} lines it can't take, and counts the others`, async () => {
    const host = new TimedHost(SAID_YES);
    const { code, result, err } = await streamAll(host, `${"sk-live-51Hxyz\n".repeat(bad)}${eventLine(0)}`);
    assertEquals([code, result], [2, { ...NO_COUNTS, accepted: 1, delivered: 1 }]);
    const said = err.match(/.*\n/g) ?? [];
    assertEquals(said.slice(0, 20).map((text) => text.match(/line (\d+)/)?.[1]), range(1, 21).map(String));
    assertEquals([said.slice(20).join(""), err.includes("sk-live")], [rest, false]);
  });
}

Deno.test("stream takes a line that nothing ended, and lines with the ends of Windows behind a byte order mark", async () => {
  const host = new TimedHost(SAID_YES);
  const input = `\uFEFF${eventLines(0, 3).replaceAll("\n", "\r\n")}`.trimEnd();
  assertEquals(await streamAll(host, input), done({ accepted: 3, delivered: 3 }));
});

Deno.test("stream takes lines in pieces, wherever they are cut", async () => {
  const host = new TimedHost(SAID_YES);
  const bytes = new TextEncoder().encode(eventLines(0, 5));
  for (const byte of bytes) host.feed(new Uint8Array([byte]));
  host.endInput();
  assertEquals([await stream(host), sentNumbers(host)], [done({ accepted: 5, delivered: 5 }), range(0, 5)]);
});

Deno.test("stream ends where its input can't be read", async () => {
  const host = new TimedHost(SAID_YES);
  Object.defineProperty(host, "stdin", {
    value: new ReadableStream({ pull: (controller) => controller.error(new Error("EISDIR")) }),
  });
  assertEquals(await stream(host), done({}));
});

for (
  const [name, files] of [
    ["a choice without id and date", { [CONFIG_FILE]: "metrics:\n  enabled: true\n" }],
    ["a choice without a date", { [CONFIG_FILE]: `metrics:\n  enabled: true\n  rasa_user_id: ${"a".repeat(32)}\n` }],
    ["no global.yml", {}],
  ] as const
) {
  Deno.test(`stream delivers its first lines too where the variable says on and there is ${name}`, async () => {
    const host = new TimedHost({ files, env: ON });
    assertEquals(await streamAll(host, eventLines(0, 750)), done({ accepted: 750, delivered: 750 }));
    assertEquals(sentNumbers(host), range(0, 750));
  });
}

Deno.test("stream records nothing under a stored no, although the variable says on", async () => {
  const host = new TimedHost({ files: { [CONFIG_FILE]: STORED_OFF }, env: ON });
  assertEquals(await streamAll(host, eventLines(0, 3)), done({}));
  assertEquals([host.requests, host.files.writes], [[], []]);
});

for (
  const [name, code, actions] of [
    ["is read-only", "EROFS", ["create", "makeDirectory", "rename", "append", "lock", "remove"]],
    ["has no room", "ENOSPC", ["create", "makeDirectory", "append"]],
  ] as const satisfies readonly (readonly [string, string, readonly Operation["action"][]])[]
) {
  for (const files of [{}, ASKED]) {
    const has = files === ASKED ? "has a record of consent" : "is new";
    Deno.test(`stream sends from memory alone where the variable says on and the home ${has} and ${name}`, async () => {
      const host = new TimedHost({ files, env: ON });
      host.files.before = ({ action }) => {
        if (actions.some((failing) => failing === action)) throw new FileFault(action, code);
      };
      assertEquals(await streamAll(host, eventLines(0, 3)), done({ accepted: 3, delivered: 3 }));
    });
  }
}

for (const timestamp of ["2026-02-30T12:00:00Z", "2025-02-29T12:00:00+01:00", "2026-04-31T12:00:00.5Z"]) {
  Deno.test(`stream refuses ${timestamp}, a day that doesn't exist`, async () => {
    const host = new TimedHost(SAID_YES);
    const { code, err } = await streamAll(host, JSON.stringify({ event: "Shell Started", timestamp }));
    assertEquals([code, host.requests, err.includes('Cannot take line 1: "timestamp" must be a moment')], [
      2,
      [],
      true,
    ]);
  });
}
