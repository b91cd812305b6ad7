import { assertEquals } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { ConnectFault } from "../../lib/host/host.ts";
import { type Variable } from "../../lib/host/variables.ts";
import { FIRST_STATE } from "../../lib/sender/server_state.ts";
import { type Answer, NOON } from "../support/machine/memory_host.ts";
import { eventLines, NO_COUNTS } from "../support/inputs/numbered_events.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  makeReadOnly,
  QUEUE,
  queued,
  RECORD_FILE,
  recordOf,
  STORED_OFF,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";
import { done, SAID_YES, stream, streamAll } from "../support/scenes/stream_scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

/** What a situation makes of 750 events. The table is in docs/contributing/architecture.md, "Situations". */
interface Situation {
  readonly name: string;
  readonly env?: Partial<Record<Variable, string>>;
  readonly files?: Record<string, string>;
  readonly respond?: Answer;
  readonly prepare?: (host: TimedHost) => void;
  readonly args?: readonly string[];
  readonly result: Partial<typeof NO_COUNTS>;
  readonly requests: number;
  readonly kept: readonly string[];
}

const ON = { RASA_TELEMETRY_ENABLED: "true" };
const SENT = { result: { accepted: 750, delivered: 750 }, requests: 2 };
const LOG = ["global.yml", "telemetry", "consent.json", "delivery.json", "sent.log"];
const LOG_ALONE = LOG.filter((name) => name !== "global.yml");
const NOTHING = { result: {}, requests: 0 };
/** The earliest 50 of each of three events. */
const HELD = { result: { accepted: 750, queued: 150, dropped: 600 }, requests: 0 };
const QUEUED = ["global.yml", "telemetry", "750 reports", "consent.json"];
const LOCAL = {
  [CONFIG_FILE]: STORED_OFF,
  [RECORD_FILE]: recordOf({ local: true, choice: `off 2025-05-03T10:12:13.123Z ${MACHINE_ID}` }),
};

const SITUATIONS: readonly Situation[] = [
  { name: "a yes", ...SAID_YES, ...SENT, kept: LOG },
  { name: "told", files: TOLD, ...SENT, kept: LOG },
  {
    name: "told half an hour ago",
    files: toldAt("2026-03-01T11:30:00.000Z"),
    ...HELD,
    kept: ["global.yml", "telemetry", "150 reports", "consent.json", "dropped"],
  },
  {
    name: "a yes, refused by the server",
    ...SAID_YES,
    respond: 404,
    result: { accepted: 750, rejected: 750 },
    requests: 2,
    kept: LOG,
  },
  {
    name: "a yes, server down",
    ...SAID_YES,
    respond: new ConnectFault("refused"),
    result: { accepted: 750, queued: 750 },
    requests: 1,
    kept: [...QUEUED, "delivery.json"],
  },
  {
    name: "a yes, early by another process' word",
    files: {
      ...ASKED,
      [`${QUEUE}/delivery.json`]: JSON.stringify({ ...FIRST_STATE, notBefore: NOON.getTime() + 60_000 }),
    },
    result: { accepted: 750, queued: 750 },
    requests: 0,
    kept: [...QUEUED, "delivery.json"],
  },
  {
    name: "a yes, --timeout 0",
    ...SAID_YES,
    args: ["--timeout", "0"],
    result: { accepted: 750, queued: 750 },
    requests: 0,
    kept: QUEUED,
  },
  {
    name: "on by default, not told",
    ...HELD,
    kept: ["telemetry", "150 reports", "consent.json", "dropped"],
  },
  { name: "on by environment", env: ON, ...SENT, kept: LOG_ALONE },
  { name: "on by environment, told just now", env: ON, files: toldAt(NOON.toISOString()), ...SENT, kept: LOG },
  { name: "on by environment, global.yml broken", env: ON, files: { [CONFIG_FILE]: "metrics: [" }, ...SENT, kept: LOG },
  {
    name: "local mode",
    files: LOCAL,
    result: { accepted: 750 },
    requests: 0,
    kept: ["global.yml", "telemetry", "consent.json", "local.log"],
  },
  { name: "off by RASA_TELEMETRY_ENABLED", env: { RASA_TELEMETRY_ENABLED: "no" }, ...NOTHING, kept: [] },
  { name: "off by DO_NOT_TRACK", env: { DO_NOT_TRACK: "1" }, ...NOTHING, kept: [] },
  { name: "off by a policy", env: ON, files: { "/etc/rasa/telemetry.yml": "" }, ...NOTHING, kept: [] },
  { name: "off by global.yml", files: { [CONFIG_FILE]: STORED_OFF }, ...NOTHING, kept: ["global.yml"] },
  {
    name: "off by global.yml, against the variable",
    env: ON,
    files: { [CONFIG_FILE]: STORED_OFF },
    ...NOTHING,
    kept: ["global.yml"],
  },
  {
    name: "global.yml that can't be parsed",
    files: { [CONFIG_FILE]: "metrics: [" },
    ...NOTHING,
    kept: ["global.yml"],
  },
  {
    name: "nothing can be written",
    ...SAID_YES,
    prepare: (host) => makeReadOnly(host),
    ...NOTHING,
    kept: ["global.yml", "telemetry", "consent.json"],
  },
  {
    name: "nothing can be written, on by environment",
    env: ON,
    prepare: (host) => makeReadOnly(host),
    ...SENT,
    kept: [],
  },
  {
    name: "nothing can be written, on by environment, server down",
    env: ON,
    respond: 503,
    prepare: (host) => makeReadOnly(host),
    result: { accepted: 750, dropped: 750 },
    requests: 1,
    kept: [],
  },
  { name: "no home", env: { HOME: "" }, ...NOTHING, kept: [] },
  { name: "no home, on by environment", env: { HOME: "", ...ON }, ...SENT, kept: [] },
  {
    name: "no home, on by environment, server down",
    env: { HOME: "", ...ON },
    respond: 503,
    result: { accepted: 750, dropped: 750 },
    requests: 1,
    kept: [],
  },
];

for (const { name, result, requests, kept, args = [], prepare, ...options } of SITUATIONS) {
  Deno.test(`stream makes of 750 events ${JSON.stringify(result)} where: ${name}`, async () => {
    const host = new TimedHost(options);
    prepare?.(host);
    const streamed = await streamAll(host, eventLines(0, 750), ...args);
    const names = host.files.names(QUEUE).filter((file) => !file.endsWith(".lock") && !/^\d{15}-/.test(file));
    const count = queued(host).length;
    const files = [
      ...host.files.names("/home/ada/.config/rasa"),
      ...(count === 0 ? [] : [`${count} reports`]),
      ...names,
    ];
    assertEquals({ ...streamed, requests: host.requests.length, files, held: host.files.held }, {
      ...done(result),
      requests,
      files: [...kept],
      held: [],
    });
  });
}

for (const env of [{ RASA_TELEMETRY_ENABLED: "false" }, { DO_NOT_TRACK: "1" }] as const) {
  Deno.test(`stream reads its input to the end, and nothing else, with ${JSON.stringify(env)}`, async () => {
    const host = new TimedHost({ env, files: { ...ASKED, "/project/.git/config": "" } });
    for (let chunk = 0; chunk < 20; chunk++) host.feed(`not JSON ${eventLines(0, 100)}`);
    host.endInput();
    assertEquals([await stream(host), host.chunksTaken], [done({}), 20]);
    assertEquals([host.files.reads, host.files.writes, host.systemReads], [[], [], 0]);
    assertEquals(host.asked.filter((name) => name === "CI" || name === "GOOGLE_CLOUD_PROJECT"), []);
  });
}

Deno.test("stream makes nothing of events without a write key, unless the environment has one", async () => {
  for (
    const [env, result] of [
      [{}, NO_COUNTS],
      [{ RASA_TELEMETRY_WRITE_KEY: "other" }, { ...NO_COUNTS, accepted: 3, delivered: 3 }],
    ] as const
  ) {
    const host = new TimedHost({ ...SAID_YES, env });
    host.feed(eventLines(0, 3));
    host.endInput();
    await host.until(run(["stream", "--json"], host, { ...BUILD, writeKey: undefined }));
    assertEquals([JSON.parse(host.out), queued(host)], [result, []]);
    const authorization = host.requests.map(({ headers }) => headers["authorization"]);
    assertEquals(authorization, result.delivered > 0 ? [`Basic ${btoa("other:")}`] : []);
  }
});

Deno.test("stream finds nothing out, and makes no id, before there is something to report", async () => {
  const host = new TimedHost({ env: ON });
  assertEquals(await streamAll(host, "\n\n{}\n"), {
    code: 2,
    result: NO_COUNTS,
    err: 'rasa-telemetry: Cannot take line 3: it has no "event"; it must be one object with ' +
      '"event" (or "traits"), "properties", "context" and "timestamp"\n',
  });
  assertEquals([host.systemReads, host.files.names("/home/ada")], [0, []]);
});
