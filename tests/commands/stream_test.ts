import { assertEquals } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { FileFault } from "../../lib/host/host.ts";
import { type Variable } from "../../lib/host/variables.ts";
import { FIRST_STATE } from "../../lib/sender/server_state.ts";
import { type Answer, NOON } from "../support/machine/memory_host.ts";
import { eventLines, NO_COUNTS } from "../support/inputs/numbered_events.ts";
import { BUILD, CONFIG_FILE, QUEUE, queued, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";
import { done, stream, streamAll, TOLD } from "../support/scenes/stream_scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";

const refuseWrites = (host: TimedHost) => {
  host.files.before = ({ action }) => {
    if (["create", "makeDirectory", "lock", "append"].includes(action)) throw new FileFault("write", "EROFS");
  };
};

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
const LOG = ["global.yml", "telemetry", "delivery.json", "sent.log"];
const SITUATIONS: readonly Situation[] = [
  { name: "on and told", ...TOLD, result: { accepted: 750, delivered: 750 }, requests: 2, kept: LOG },
  {
    name: "on and told, refused by the server",
    ...TOLD,
    respond: 400,
    result: { accepted: 750, rejected: 750 },
    requests: 2,
    kept: LOG,
  },
  {
    name: "on and told, server down",
    ...TOLD,
    respond: new TypeError("refused"),
    result: { accepted: 750, queued: 750 },
    requests: 1,
    kept: ["global.yml", "telemetry", "750 reports", "delivery.json"],
  },
  {
    name: "on and told, early by another process' word",
    files: {
      [CONFIG_FILE]: STORED_ON,
      [`${QUEUE}/delivery.json`]: JSON.stringify({ ...FIRST_STATE, notBefore: NOON.getTime() + 60_000 }),
    },
    result: { accepted: 750, queued: 750 },
    requests: 0,
    kept: ["global.yml", "telemetry", "750 reports", "delivery.json"],
  },
  {
    name: "on and told, --timeout 0",
    ...TOLD,
    args: ["--timeout", "0"],
    result: { accepted: 750, queued: 750 },
    requests: 0,
    kept: ["global.yml", "telemetry", "750 reports"],
  },
  {
    name: "on by default, not told",
    result: { accepted: 750, queued: 750 },
    requests: 0,
    kept: ["telemetry", "750 reports"],
  },
  { name: "on by environment", env: ON, result: { accepted: 750, delivered: 750 }, requests: 2, kept: LOG },
  {
    name: "on by environment, global.yml broken",
    env: ON,
    files: { [CONFIG_FILE]: "metrics: [" },
    result: { accepted: 750, delivered: 750 },
    requests: 2,
    kept: LOG,
  },
  { name: "off by RASA_TELEMETRY_ENABLED", env: { RASA_TELEMETRY_ENABLED: "no" }, result: {}, requests: 0, kept: [] },
  { name: "off by DO_NOT_TRACK", env: { DO_NOT_TRACK: "1" }, result: {}, requests: 0, kept: [] },
  {
    name: "off by global.yml",
    files: { [CONFIG_FILE]: STORED_OFF },
    result: {},
    requests: 0,
    kept: ["global.yml"],
  },
  {
    name: "global.yml that can't be parsed",
    files: { [CONFIG_FILE]: "metrics: [" },
    result: {},
    requests: 0,
    kept: ["global.yml"],
  },
  { name: "nothing can be written", ...TOLD, prepare: refuseWrites, result: {}, requests: 0, kept: ["global.yml"] },
  {
    name: "nothing can be written, on by environment",
    env: ON,
    prepare: refuseWrites,
    result: { accepted: 750, delivered: 750 },
    requests: 2,
    kept: [],
  },
  {
    name: "nothing can be written, on by environment, server down",
    env: ON,
    respond: 503,
    prepare: refuseWrites,
    result: { accepted: 750, dropped: 750 },
    requests: 1,
    kept: [],
  },
  { name: "no home", env: { HOME: "" }, result: {}, requests: 0, kept: [] },
  {
    name: "no home, on by environment",
    env: { HOME: "", ...ON },
    result: { accepted: 750, delivered: 750 },
    requests: 2,
    kept: [],
  },
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
    const host = new TimedHost({ env, files: { [CONFIG_FILE]: STORED_ON, "/project/.git/config": "" } });
    for (let chunk = 0; chunk < 20; chunk++) host.feed(`not JSON ${eventLines(0, 100)}`);
    host.endInput();
    assertEquals([await stream(host), host.chunksTaken], [done({}), 20]);
    // `.env` may hold the licence, which decides before the environment does.
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
    const host = new TimedHost({ ...TOLD, env });
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
