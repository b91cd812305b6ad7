import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { ConnectFault } from "../../lib/host/host.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { CATALOGUE_VERSION } from "../../lib/report/catalogue.ts";
import { CONTEXT_KEYS, REPORT_KEYS, TRAINING_STARTED } from "../support/inputs/documented.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LOCKING, runLicensed } from "../support/scenes/licensed.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  EPOCH,
  MACHINE_ID,
  makeReadOnly,
  QUEUE,
  queued,
  RECORD_FILE,
  recordIn,
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";

/**
 * What a situation leaves: the outcome, whether a request was made, and what was written where. The table is in
 * docs/contributing/architecture.md, "Situations".
 */
interface Situation {
  readonly name: string;
  readonly options: MemoryHostOptions;
  readonly prepare?: (host: MemoryHost) => void;
  readonly outcome: string;
  /** Until when the report is held; null where it isn't, or no date is known. */
  readonly heldUntil?: string;
  readonly requests: number;
  /** The files that exist afterwards under the home, without locks. `global.yml` is always as it was. */
  readonly files: readonly string[];
}

const HOUR_MS = 60 * 60 * 1000;
const STATE_FILE = `${QUEUE}/delivery.json`;
const ON = { RASA_TELEMETRY_ENABLED: "true" };
const env = (variables: Partial<Record<Variable, string>>): MemoryHostOptions => ({ env: variables });
const LOCAL = {
  [CONFIG_FILE]: STORED_OFF,
  [RECORD_FILE]: recordOf({ local: true, choice: `off 2025-05-03T10:12:13.123Z ${MACHINE_ID}` }),
};
const NOTHING = { outcome: "disabled", requests: 0, files: [] };
const STOPPED = { ...NOTHING, files: ["global.yml"] };
const SENT = {
  outcome: "delivered",
  requests: 1,
  files: ["global.yml", "telemetry", "consent.json", "delivery.json", "sent.log"],
};
const HELD = { outcome: "held", requests: 0, files: ["global.yml", "telemetry", "report", "consent.json"] };

const SITUATIONS: readonly Situation[] = [
  { name: "off by RASA_TELEMETRY_ENABLED", options: env({ RASA_TELEMETRY_ENABLED: "false" }), ...NOTHING },
  { name: "off by an empty RASA_TELEMETRY_ENABLED", options: env({ RASA_TELEMETRY_ENABLED: "" }), ...NOTHING },
  { name: "off by DO_NOT_TRACK", options: env({ DO_NOT_TRACK: "1" }), ...NOTHING },
  { name: "off by DO_NOT_TRACK, against the variable", options: env({ DO_NOT_TRACK: "1", ...ON }), ...NOTHING },
  { name: "off by a policy", options: { files: { "/etc/rasa/telemetry.yml": "" } }, ...NOTHING },
  {
    name: "off by a policy, against the variable",
    options: { ...env(ON), files: { "/project/.rasa-telemetry.yml": "enabled: false\n" } },
    ...NOTHING,
  },
  { name: "off by global.yml", options: { files: { [CONFIG_FILE]: STORED_OFF } }, ...STOPPED },
  {
    name: "off by global.yml, against the variable",
    options: { ...env(ON), files: { [CONFIG_FILE]: STORED_OFF } },
    ...STOPPED,
  },
  {
    name: "off by global.yml, since somebody was told",
    options: { files: { ...TOLD, [CONFIG_FILE]: STORED_OFF } },
    ...STOPPED,
    files: ["global.yml", "telemetry", "consent.json"],
  },
  {
    name: "off by a RASA_TELEMETRY_HOME that isn't absolute",
    options: env({ RASA_TELEMETRY_HOME: "state", ...ON }),
    ...NOTHING,
  },
  { name: "global.yml that can't be parsed", options: { files: { [CONFIG_FILE]: "metrics: [" } }, ...STOPPED },
  {
    name: "global.yml that is a folder",
    options: {},
    prepare: (host) => host.files.plantFolder(CONFIG_FILE),
    ...STOPPED,
  },
  {
    name: "global.yml that is a link",
    options: { files: { "/elsewhere": STORED_ON } },
    prepare: (host) => {
      host.files.plantFolder("/home/ada/.config/rasa");
      host.files.nodes.set(CONFIG_FILE, { kind: "link", target: "/elsewhere" });
    },
    ...STOPPED,
  },
  { name: "on by default, not told", options: {}, ...HELD, files: ["telemetry", "report", "consent.json"] },
  { name: "on by Rasa's own yes, not told", options: { files: { [CONFIG_FILE]: STORED_ON } }, ...HELD },
  {
    name: "told half an hour ago",
    options: { files: toldAt("2026-03-01T11:30:00.000Z") },
    ...HELD,
    heldUntil: "2026-03-01T12:30:00.000Z",
  },
  { name: "told an hour ago", options: { files: toldAt("2026-03-01T11:00:00.000Z") }, ...SENT },
  {
    name: "told by a clock that was ahead",
    options: { files: toldAt("2031-01-01T00:00:00.000Z") },
    ...HELD,
    heldUntil: "2026-03-01T13:00:00.000Z",
  },
  {
    name: "told by a clock at 1970",
    options: { files: toldAt("1970-01-01T00:00:00.000Z") },
    ...HELD,
    heldUntil: "2026-03-01T13:00:00.000Z",
  },
  { name: "told", options: { files: TOLD }, ...SENT },
  { name: "a yes", options: { files: ASKED }, ...SENT },
  {
    name: "a yes, server down",
    options: { files: ASKED, respond: new ConnectFault("refused") },
    outcome: "queued",
    requests: 1,
    files: ["global.yml", "telemetry", "report", "consent.json", "delivery.json"],
  },
  { name: "a yes, refused by the server", options: { files: ASKED, respond: 400 }, ...SENT, outcome: "rejected" },
  {
    name: "on by environment, global.yml missing",
    options: env(ON),
    ...SENT,
    files: SENT.files.filter((name) => name !== "global.yml"),
  },
  {
    name: "on by environment, global.yml broken",
    options: { ...env(ON), files: { [CONFIG_FILE]: "metrics: [" } },
    ...SENT,
  },
  { name: "on by environment, told just now", options: { ...env(ON), files: toldAt(NOON.toISOString()) }, ...SENT },
  {
    name: "local mode",
    options: { files: LOCAL },
    outcome: "local",
    requests: 0,
    files: ["global.yml", "telemetry", "consent.json", "local.log"],
  },
  {
    name: "a licence, not told",
    options: { ...env({ RASA_LICENSE: LOCKING }), files: { [CONFIG_FILE]: STORED_ON } },
    ...HELD,
  },
  {
    name: "a licence, told just now",
    options: { ...env({ RASA_LICENSE: LOCKING }), files: toldAt(NOON.toISOString()) },
    ...SENT,
  },
  { name: "nothing can be written", options: {}, prepare: (host) => makeReadOnly(host), ...NOTHING },
  {
    name: "nothing can be written, a yes",
    options: { files: ASKED },
    prepare: (host) => makeReadOnly(host),
    ...NOTHING,
    files: ["global.yml", "telemetry", "consent.json"],
  },
  {
    name: "nothing can be written, on by environment",
    options: env(ON),
    prepare: (host) => makeReadOnly(host),
    ...SENT,
    files: [],
  },
  {
    name: "nothing can be written, on by environment, server down",
    options: { ...env(ON), respond: 503 },
    prepare: (host) => makeReadOnly(host),
    ...SENT,
    outcome: "dropped",
    files: [],
  },
  { name: "no home", options: env({ HOME: "" }), ...NOTHING },
  { name: "no home, on by environment", options: env({ HOME: "", ...ON }), ...SENT, files: [] },
];

for (const { name, options, prepare, outcome, heldUntil = null, requests, files } of SITUATIONS) {
  Deno.test(`track is ${outcome} where: ${name}`, async () => {
    const host = new MemoryHost({ stdin: { properties: { type: "rasa" } }, ...options });
    prepare?.(host);
    const before = host.files.text(CONFIG_FILE);
    await runLicensed(host, "track", "Shell Started", "--json");
    const result = JSON.parse(host.out);
    const left = [...host.files.names("/home/ada/.config/rasa"), ...host.files.names(QUEUE)]
      .filter((name) => !name.endsWith(".lock")).map((name) => /^\d{15}-.*\.json$/.test(name) ? "report" : name);
    assertEquals(
      {
        outcome: result.outcome,
        heldUntil: result.heldUntil,
        requests: host.requests.length,
        files: left,
        settings: host.files.text(CONFIG_FILE),
        err: host.err,
        held: host.files.held,
      },
      { outcome, heldUntil, requests, files: [...files], settings: before, err: "", held: [] },
    );
  });
}

for (const variables of [{ RASA_TELEMETRY_ENABLED: "false" }, { DO_NOT_TRACK: "1" }] as const) {
  Deno.test(`track asks for nothing and touches no file with ${JSON.stringify(variables)}`, async () => {
    const host = new MemoryHost({
      env: variables,
      files: { ...ASKED, "/project/.git/config": "" },
      stdin: "never",
    });
    assertEquals(await runHere(host, "track", "Shell Started"), 0);
    assertEquals([host.files.reads, host.files.writes, host.systemReads, host.requests], [[], [], 0, []]);
    assertEquals(host.asked.filter((name) => name === "CI" || name === "GOOGLE_CLOUD_PROJECT"), []);
  });
}

Deno.test("track sends the documented example key by key", async () => {
  const host = new MemoryHost({
    files: { ...ASKED, "/run/systemd/system/x": "" },
    stdin: { properties: TRAINING_STARTED, context: { python: "3.7.5", rasa_pro: "3.8.0" } },
  });
  const result = await runJson(host, "track", "Training Started");
  const messageId = "00000000-0000-4000-8000-000000000001";
  assertEquals(result, { outcome: "delivered", messageId, heldUntil: null, withheld: [], withheldUnknown: 0 });
  const { sentAt, ...report } = host.requests[0]?.body ?? {};
  assertEquals(report, {
    userId: MACHINE_ID,
    event: "Training Started",
    properties: { ...TRAINING_STARTED, metrics_id: MACHINE_ID },
    context: {
      os: { name: "Linux", version: "6.1.0" },
      ci: false,
      project: null,
      python: "3.7.5",
      rasa_pro: "3.8.0",
      cpu: 8,
      docker: false,
      license_hash: null,
      company: null,
      gpu: null,
      cloud: false,
    },
    messageId,
    timestamp: NOON.toISOString(),
  });
  assertEquals(sentAt, NOON.toISOString());
  assertEquals(Object.keys(report), REPORT_KEYS);
  assertEquals(Object.keys(report["context"] as object), CONTEXT_KEYS);
  assertEquals(Object.keys(report["properties"] as object), [...Object.keys(TRAINING_STARTED), "metrics_id"]);
  assertEquals([host.requests[0]?.url, host.requests[0]?.method], [`${BUILD.endpoint}/v1/track`, "POST"]);
  assertEquals(host.requests[0]?.headers["authorization"], `Basic ${btoa("key:")}`);
});

Deno.test("track reports nothing that is not in the catalogue, and quotes none of it", async () => {
  const secret = "sk-live-51Hxyz";
  const host = new MemoryHost({
    files: ASKED,
    stdin: {
      properties: { type: secret, [secret]: 1, assistant_id: "my-bot" },
      context: { python: secret, hostname: secret, rasa_pro: "3.8.0" },
    },
  });
  const result = await runJson(host, "track", "Shell Started");
  assertEquals([result["withheld"], result["withheldUnknown"]], [["properties.type", "context.python"], 2]);
  const everything = JSON.stringify([host.requests, host.out, host.err, [...host.files.nodes]]);
  assertEquals([everything.includes(secret), everything.includes("my-bot")], [false, false]);
});

Deno.test("track prints in debug mode exactly what would leave, and writes and sends nothing", async () => {
  const stdin = { properties: TRAINING_STARTED, context: { python: "3.7.5" } };
  const sent = new MemoryHost({ files: ASKED, stdin });
  await runHere(sent, "track", "Training Started");
  const { sentAt: _, ...left } = sent.requests[0]?.body ?? {};
  const debug = new MemoryHost({ files: ASKED, stdin, env: { RASA_TELEMETRY_DEBUG: "true" } });
  assertEquals(await runHere(debug, "track", "Training Started"), 0);
  assertEquals(debug.out, JSON.stringify(left, null, 2) + "\n");
  assertEquals([debug.files.writes, debug.requests, debug.err], [[], [], ""]);
});

Deno.test("track says in debug mode what was withheld from the report, but with --json, where it stands beside it", async () => {
  const stdin = { properties: { type: 3, secret: "sesame", other: 1 } };
  const host = new MemoryHost({ files: ASKED, stdin, env: { RASA_TELEMETRY_DEBUG: "true" } });
  await runHere(host, "track", "Shell Started");
  assertEquals(host.err, "Withheld, not part of it: properties.type; 2 unknown keys or entries\n");
  const json = new MemoryHost({ files: ASKED, stdin, env: { RASA_TELEMETRY_DEBUG: "true" } });
  await runJson(json, "track", "Shell Started");
  assertEquals(json.err, "");
});

Deno.test("track --json in debug mode gives one document: the outcome, and the report in it", async () => {
  const host = new MemoryHost({ files: ASKED, env: { RASA_TELEMETRY_DEBUG: "true" } });
  const { report, ...result } = await runJson(host, "track", "Shell Started");
  const messageId = "00000000-0000-4000-8000-000000000001";
  assertEquals(result, { outcome: "debug", messageId, heldUntil: null, withheld: [], withheldUnknown: 0 });
  assertEquals((report as Record<string, unknown>)["messageId"], messageId);
});

Deno.test("track in debug mode makes an id for the run alone, and says so", async () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_DEBUG: "1" } });
  await runHere(host, "track", "Shell Started");
  assertMatch(JSON.parse(host.out).userId, /^[0-9a-f]{32}$/);
  assertEquals([host.files.writes, host.err], [
    [],
    "rasa-telemetry: this machine has no id yet; the one shown is for this run alone\n",
  ]);
});

Deno.test("track in debug mode makes no report where telemetry is off, and says so", async () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_DEBUG: "1", DO_NOT_TRACK: "1" } });
  assertEquals(await runHere(host, "track", "Shell Started"), 0);
  assertEquals([host.out, host.err], ["", "rasa-telemetry: telemetry is off (DO_NOT_TRACK): no report is made\n"]);
});

Deno.test("track queues nothing without a write key, unless the environment has one", async () => {
  for (
    const [variables, outcome] of [[{}, "no_write_key"], [{ RASA_TELEMETRY_WRITE_KEY: "other" }, "delivered"]] as const
  ) {
    const host = new MemoryHost({ files: ASKED, env: variables });
    await run(["track", "Shell Started", "--json"], host, { ...BUILD, writeKey: undefined });
    assertEquals(JSON.parse(host.out).outcome, outcome);
    assertEquals(queued(host), []);
  }
});

Deno.test("track only queues with --timeout 0", async () => {
  const host = new MemoryHost({ files: ASKED });
  assertEquals((await runJson(host, "track", "Shell Started", "--timeout", "0"))["outcome"], "queued");
  assertEquals([host.requests, queued(host).map(({ report }) => report["userId"])], [[], [MACHINE_ID]]);
});

Deno.test("track gives a server that never answers 5 s, and keeps the report", async () => {
  const host = new MemoryHost({ files: ASKED, respond: "never" });
  const since = host.elapsed();
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "queued");
  assertEquals([host.elapsed() - since, queued(host).length], [5_000, 1]);
});

Deno.test("track is silent: no output unless asked", async () => {
  for (const respond of [200, 503, 400, new ConnectFault("refused")]) {
    const host = new MemoryHost({ files: ASKED, respond });
    assertEquals(await runHere(host, "track", "Shell Started"), 0);
    assertEquals([host.out, host.err], ["", ""]);
  }
});

Deno.test("track gives up the environment and the system before the first request", async () => {
  const host: MemoryHost = new MemoryHost({
    files: ASKED,
    respond: (): number => host.relinquished ? 200 : 500,
  });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("track holds a report without any id until the hour after the notice is over, and sends it under the kept one", async () => {
  const host = new MemoryHost();
  const { outcome, heldUntil } = await runJson(host, "track", "Shell Started");
  assertEquals([outcome, heldUntil], ["held", null]);
  assertEquals(queued(host).map(({ permission, report }) => [permission, report["userId"]]), [["untold", null]]);
  // Nobody was told, so nobody has an id.
  assertEquals(recordIn(host)?.machineId, null);
  await runHere(host, "init");
  host.clock += HOUR_MS;
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
  const body = host.requests[0]?.body ?? {};
  assertEquals(body["userId"], recordIn(host)?.machineId);
  assertEquals((body["properties"] as Record<string, unknown>)["metrics_id"], body["userId"]);
});

Deno.test("track under RASA_TELEMETRY_MACHINE_ID uses it, as hex digits", async () => {
  const host = new MemoryHost({
    env: { RASA_TELEMETRY_ENABLED: "1", RASA_TELEMETRY_MACHINE_ID: "36E8E5E4-3FEF-4429-A2A0-1AD239D0081D" },
  });
  await runHere(host, "track", "Shell Started");
  assertEquals(host.requests[0]?.body["userId"], "36e8e5e43fef4429a2a01ad239d0081d");
});

Deno.test("identify sends traits to its own address", async () => {
  const host = new MemoryHost({
    files: ASKED,
    stdin: { traits: { tracing_backend: "jaeger", metrics_backend: null, anonymization_rules: { a: 1 } } },
  });
  assertEquals((await runJson(host, "identify"))["outcome"], "delivered");
  assertEquals(host.requests[0]?.url, `${BUILD.endpoint}/v1/identify`);
  assertEquals(host.requests[0]?.body["traits"], {
    tracing_backend: "jaeger",
    metrics_backend: null,
    anonymization_rules: true,
  });
});

Deno.test("identify has a switch of its own in global.yml", async () => {
  const host = new MemoryHost({
    files: { ...ASKED, [CONFIG_FILE]: STORED_ON.replace(/(traits:\n {2}enabled: )true/, "$1false") },
  });
  assertEquals((await runJson(host, "identify"))["outcome"], "disabled");
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("track where telemetry is off looks at nothing: neither the input nor whether there is such an event", async () => {
  for (const off of [{ env: { RASA_TELEMETRY_ENABLED: "false" } }, { files: { [CONFIG_FILE]: STORED_OFF } }]) {
    const host = new MemoryHost({ ...off, stdin: "never" });
    const result = await runJson(host, "track", "Training Startd");
    assertEquals(result, { outcome: "disabled", messageId: null, heldUntil: null, withheld: [], withheldUnknown: 0 });
    assertEquals([host.err, host.systemReads, host.files.writes], ["", 0, []]);
  }
});

Deno.test("track doesn't read again what it has just queued", async () => {
  const host = new MemoryHost({ files: ASKED });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
  const read = host.files.operations.filter(({ action, path }) => action === "read" && /\/\d{15}-/.test(path));
  assertEquals(read, []);
});

const HTTPS = { ...BUILD, endpoint: "https://127.0.0.1:9" };
const LATER = JSON.stringify({
  notBefore: NOON.getTime() + 60_000,
  serverNotBefore: 0,
  failures: 1,
  stuck: [],
  last: null,
});

for (
  const [name, args, build, options, prepared] of [
    ["it will send", ["track", "Shell Started"], HTTPS, {}, 1],
    ["flush will send", ["flush"], HTTPS, { files: { ...ASKED, ...waitingFile() } }, 1],
    ["the endpoint is not on HTTPS", ["track", "Shell Started"], BUILD, {}, 0],
    ["it only queues", ["track", "Shell Started", "--timeout", "0"], HTTPS, {}, 0],
    ["nobody was told", ["track", "Shell Started"], HTTPS, { files: {} }, 0],
    ["it is off", ["track", "Shell Started"], HTTPS, { files: { [CONFIG_FILE]: STORED_OFF } }, 0],
    [
      "it is too early",
      ["track", "Shell Started"],
      HTTPS,
      { files: { ...ASKED, [STATE_FILE]: LATER } },
      0,
    ],
    ["there is no write key", ["track", "Shell Started"], { ...HTTPS, writeKey: undefined }, {}, 0],
    [
      "the proxy would cost its password",
      ["track", "Shell Started"],
      HTTPS,
      { env: { HTTPS_PROXY: "http://a:b@c" } },
      0,
    ],
    ["it prints the report", ["track", "Shell Started"], HTTPS, { env: { RASA_TELEMETRY_DEBUG: "1" } }, 0],
  ] as const
) {
  Deno.test(`requests are prepared ${prepared} times where ${name}`, async () => {
    const host = new MemoryHost({ files: ASKED, ...options });
    assertEquals(await run(args, host, build), 0);
    assertEquals(host.prepared, prepared);
  });
}

/** Something that waits, which is set aside for what it is: no report. */
function waitingFile(): Record<string, string> {
  return { [`${QUEUE}/${"0".repeat(15)}-00000000-0000-4000-8000-000000000000.asked.shell-started.json`]: "{}" };
}

const ODD = { properties: { type: "sk-secret", "sk-secret": 1 }, context: { python: "sk-secret" } };
const ODD_HELD = { withheld: ["properties.type", "context.python"], withheldUnknown: 1 };

Deno.test("track keeps beside the report what was withheld: in the queue, and in the log once it left; never on the wire", async () => {
  const host = new MemoryHost({ files: ASKED, stdin: ODD });
  assertEquals((await runJson(host, "track", "Shell Started", "--timeout", "0"))["outcome"], "queued");
  const [{ report, ...held }] = queued(host) as [ReturnType<typeof queued>[0]];
  assertEquals<object>(held, {
    format: 1,
    catalogue: CATALOGUE_VERSION,
    epoch: EPOCH,
    permission: "asked",
    notice: 1,
    at: NOON.getTime(),
    ...ODD_HELD,
  });
  host.out = "";
  assertEquals(await runHere(host, "flush"), 0);
  assertEquals(await runHere(host, "log", "--json"), 0);
  const { sentAt, ...logged } = JSON.parse(host.out);
  const where = { endpoint: BUILD.endpoint, permission: "asked" };
  assertEquals(logged, { outcome: "delivered", reason: null, ...where, ...ODD_HELD, report });
  assertEquals(host.requests.map(({ body }) => body), [{ ...report, sentAt }]);
  assertEquals(
    JSON.stringify([...host.files.nodes.keys(), host.files.text(`${QUEUE}/sent.log`)]).includes("secret"),
    false,
  );
});

Deno.test("stream and held reports keep it too", async () => {
  const line = JSON.stringify({ event: "Shell Started", ...ODD }) + "\n";
  const host = new MemoryHost({ stdin: line });
  assertEquals(await runHere(host, "stream"), 0);
  // Nobody was told yet: it is held, without an id, and gets one when it goes.
  assertEquals(queued(host).map(({ permission, report }) => [permission, report["userId"]]), [["untold", null]]);
  await runHere(host, "init");
  host.clock += HOUR_MS;
  await runHere(host, "flush");
  host.out = "";
  await runHere(host, "log", "--json");
  const { withheld, withheldUnknown, report } = JSON.parse(host.out);
  assertEquals([{ withheld, withheldUnknown }, typeof report.userId], [ODD_HELD, "string"]);
});

Deno.test("a queue file whose note of what was withheld makes no sense goes all the same, without it", async () => {
  const host = new MemoryHost({ files: ASKED, stdin: ODD });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [name = ""] = host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));
  const text = host.files.text(`${QUEUE}/${name}`) ?? "";
  host.files.plant(`${QUEUE}/${name}`, text.replace('"properties.type"', '"<script>"'));
  host.out = "";
  assertEquals(JSON.parse((await runHere(host, "flush", "--json"), host.out))["delivered"], 1);
  host.out = "";
  await runHere(host, "log", "--json");
  assertEquals([JSON.parse(host.out).withheld, JSON.parse(host.out).withheldUnknown], [[], 0]);
});

Deno.test("a report that is too large is counted among those that were dropped", async () => {
  const pipeline = Array.from({ length: 200 }, () => ({
    name: "rasa.core.policies.enterprise_search_policy.EnterpriseSearchPolicy",
    llm: { model: "gpt-4-0613", provider: "openai", request_timeout: 7, timeout: 7, temperature: 0.5, max_tokens: 100 },
    embeddings: { model: "text-embedding-ada-002", provider: "openai" },
  }));
  const host = new MemoryHost({ files: ASKED, stdin: { properties: { pipeline } } });
  assertEquals((await runJson(host, "track", "Training Started"))["outcome"], "rejected");
  host.input = JSON.stringify({ event: "Training Started", properties: { pipeline } }) + "\n";
  host.out = "";
  assertEquals((await runJson(host, "stream"))["rejected"], 1);
  assertEquals([(await runJson(host, "status"))["dropped"], host.requests], [2, []]);
});

Deno.test("track, stream and flush say that a licence comes before a no", async () => {
  const said = "rasa-telemetry: the stored choice says off, but the licence doesn't allow that; " +
    "see https://rasa.com/developer-terms\n";
  for (const args of [["track", "Shell Started"], ["stream"], ["flush"]]) {
    const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING }, files: { [CONFIG_FILE]: STORED_OFF } });
    host.input = args[0] === "stream" ? '{"event": "Shell Started"}\n' : undefined;
    await runLicensed(host, ...args);
    assertEquals([args, host.err.startsWith(said), host.err.split(said).length], [args, true, 2]);
  }
});

Deno.test("track does not print an operand that was meant for standard input", async () => {
  const host = new MemoryHost({ files: ASKED });
  assertEquals(await runHere(host, "track", "Shell Started", '{"properties": {"key": "sk-secret"}}'), 2);
  assertStringIncludes(host.err, "it takes one EVENT, not 2");
  assertEquals(host.err.includes("sk-secret"), false);
});

Deno.test("track holds what a telling that named another recipient doesn't cover, until init names this one", async () => {
  const host = new MemoryHost({ files: TOLD });
  const here = (...args: string[]) => {
    // Each command is a process of its own.
    host.relinquished = false;
    return run(args, host, { ...BUILD, recipient: "Example Ltd" });
  };
  await here("track", "Shell Started", "--json");
  const { outcome, heldUntil } = JSON.parse(host.out);
  assertEquals([outcome, heldUntil, host.requests], ["held", null, []]);
  await here("init");
  assertStringIncludes(host.err, "Example Ltd");
  host.clock += HOUR_MS;
  await here("flush");
  assertEquals([host.requests.length, queued(host)], [1, []]);
});
