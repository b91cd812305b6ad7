import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Variable } from "../../lib/host/variables.ts";
import { FileFault } from "../../lib/host/host.ts";
import { CONTEXT_KEYS, REPORT_KEYS, TRAINING_STARTED } from "../support/inputs/documented.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import {
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  queued,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";
import { run } from "../../lib/cli.ts";

/**
 * What a situation leaves: the outcome, whether a request was made, and what was written where. The table is in
 * docs/contributing/architecture.md, "Situations".
 */
interface Situation {
  readonly name: string;
  readonly options: MemoryHostOptions;
  readonly prepare?: (host: MemoryHost) => void;
  readonly outcome: string;
  readonly requests: number;
  /** The files that exist afterwards under the home, without locks. */
  readonly files: readonly string[];
  /** Whether `global.yml` is as it was. */
  readonly untouched: boolean;
}

const STATE_FILE = `${QUEUE}/delivery.json`;
const CONFIG = "/home/ada/.config/rasa/global.yml";
const env = (variables: Partial<Record<Variable, string>>): MemoryHostOptions => ({ env: variables });
const refuseWrites = (host: MemoryHost) => {
  host.files.before = ({ action }) => {
    if (["create", "makeDirectory", "lock", "append"].includes(action)) throw new FileFault("write", "EROFS");
  };
};

const SITUATIONS: readonly Situation[] = [
  {
    name: "off by RASA_TELEMETRY_ENABLED",
    options: env({ RASA_TELEMETRY_ENABLED: "false" }),
    outcome: "disabled",
    requests: 0,
    files: [],
    untouched: true,
  },
  {
    name: "off by an empty RASA_TELEMETRY_ENABLED",
    options: env({ RASA_TELEMETRY_ENABLED: "" }),
    outcome: "disabled",
    requests: 0,
    files: [],
    untouched: true,
  },
  {
    name: "off by DO_NOT_TRACK",
    options: env({ DO_NOT_TRACK: "1" }),
    outcome: "disabled",
    requests: 0,
    files: [],
    untouched: true,
  },
  {
    name: "off by global.yml",
    options: { files: { [CONFIG]: STORED_OFF } },
    outcome: "disabled",
    requests: 0,
    files: ["global.yml"],
    untouched: true,
  },
  {
    name: "global.yml that can't be parsed",
    options: { files: { [CONFIG]: "metrics: [" } },
    outcome: "disabled",
    requests: 0,
    files: ["global.yml"],
    untouched: true,
  },
  {
    name: "global.yml that is a folder",
    options: {},
    prepare: (host) => host.files.plantFolder(CONFIG),
    outcome: "disabled",
    requests: 0,
    files: ["global.yml"],
    untouched: true,
  },
  {
    name: "global.yml that is a link",
    options: { files: { "/elsewhere": STORED_ON } },
    prepare: (host) => {
      host.files.plantFolder("/home/ada/.config/rasa");
      host.files.nodes.set(CONFIG, { kind: "link", target: "/elsewhere" });
    },
    outcome: "disabled",
    requests: 0,
    files: ["global.yml"],
    untouched: true,
  },
  {
    name: "on by default, not told",
    options: {},
    outcome: "held",
    requests: 0,
    files: ["telemetry", "report"],
    untouched: true,
  },
  {
    name: "on and told",
    options: { files: { [CONFIG]: STORED_ON } },
    outcome: "delivered",
    requests: 1,
    files: ["global.yml", "telemetry", "delivery.json", "sent.log"],
    untouched: true,
  },
  {
    name: "on and told, server down",
    options: { files: { [CONFIG]: STORED_ON }, respond: new TypeError("refused") },
    outcome: "queued",
    requests: 1,
    files: ["global.yml", "telemetry", "report", "delivery.json"],
    untouched: true,
  },
  {
    name: "on and told, refused by the server",
    options: { files: { [CONFIG]: STORED_ON }, respond: 400 },
    outcome: "rejected",
    requests: 1,
    files: ["global.yml", "telemetry", "delivery.json", "sent.log"],
    untouched: true,
  },
  {
    name: "on by environment, global.yml missing",
    options: env({ RASA_TELEMETRY_ENABLED: "true" }),
    outcome: "delivered",
    requests: 1,
    files: ["global.yml", "telemetry", "delivery.json", "sent.log"],
    untouched: false,
  },
  {
    name: "on by environment, global.yml broken",
    options: { env: { RASA_TELEMETRY_ENABLED: "true" }, files: { [CONFIG]: "metrics: [" } },
    outcome: "delivered",
    requests: 1,
    files: ["global.yml", "telemetry", "delivery.json", "sent.log"],
    untouched: true,
  },
  {
    name: "nothing can be written",
    options: {},
    prepare: refuseWrites,
    outcome: "disabled",
    requests: 0,
    files: [],
    untouched: true,
  },
  {
    name: "nothing can be written, told",
    options: { files: { [CONFIG]: STORED_ON } },
    prepare: refuseWrites,
    outcome: "disabled",
    requests: 0,
    files: ["global.yml"],
    untouched: true,
  },
  {
    name: "nothing can be written, on by environment",
    options: env({ RASA_TELEMETRY_ENABLED: "true" }),
    prepare: refuseWrites,
    outcome: "delivered",
    requests: 1,
    files: [],
    untouched: true,
  },
  {
    name: "nothing can be written, on by environment, server down",
    options: { env: { RASA_TELEMETRY_ENABLED: "true" }, respond: 503 },
    prepare: refuseWrites,
    outcome: "dropped",
    requests: 1,
    files: [],
    untouched: true,
  },
  { name: "no home", options: { env: { HOME: "" } }, outcome: "disabled", requests: 0, files: [], untouched: true },
  {
    name: "no home, on by environment",
    options: { env: { HOME: "", RASA_TELEMETRY_ENABLED: "1" } },
    outcome: "delivered",
    requests: 1,
    files: [],
    untouched: true,
  },
];

for (const situation of SITUATIONS) {
  Deno.test(`track is ${situation.outcome} where: ${situation.name}`, async () => {
    const host = new MemoryHost({ stdin: { properties: { type: "rasa" } }, ...situation.options });
    situation.prepare?.(host);
    const before = host.files.text(CONFIG_FILE);
    const result = await runJson(host, "track", "Shell Started");
    const files = [...host.files.names("/home/ada/.config/rasa"), ...host.files.names(QUEUE)]
      .filter((name) => !name.endsWith(".lock")).map((name) => /^\d{15}-.*\.json$/.test(name) ? "report" : name);
    assertEquals(
      {
        outcome: result["outcome"],
        requests: host.requests.length,
        files,
        untouched: host.files.text(CONFIG_FILE) === before,
        err: host.err,
        held: host.files.held,
      },
      {
        outcome: situation.outcome,
        requests: situation.requests,
        files: [...situation.files],
        untouched: situation.untouched,
        err: "",
        held: [],
      },
    );
  });
}

for (const variables of [{ RASA_TELEMETRY_ENABLED: "false" }, { DO_NOT_TRACK: "1" }] as const) {
  Deno.test(`track asks for nothing and touches no file with ${JSON.stringify(variables)}`, async () => {
    const host = new MemoryHost({
      env: variables,
      files: { [CONFIG]: STORED_ON, "/project/.git/config": "" },
      stdin: "never",
    });
    assertEquals(await runHere(host, "track", "Shell Started"), 0);
    assertEquals([host.files.reads, host.files.writes, host.systemReads, host.requests], [[], [], 0, []]);
    assertEquals(host.asked.filter((name) => name === "CI" || name === "GOOGLE_CLOUD_PROJECT"), []);
  });
}

Deno.test("track sends the documented example key by key", async () => {
  const host = new MemoryHost({
    files: { [CONFIG]: STORED_ON },
    stdin: { properties: TRAINING_STARTED, context: { python: "3.7.5", rasa_pro: "3.8.0" } },
  });
  const result = await runJson(host, "track", "Training Started");
  const messageId = "00000000-0000-4000-8000-000000000001";
  assertEquals(result, { outcome: "delivered", messageId, withheld: [], withheldUnknown: 0 });
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
    files: { [CONFIG]: STORED_ON },
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
  const sent = new MemoryHost({ files: { [CONFIG]: STORED_ON }, stdin });
  await runHere(sent, "track", "Training Started");
  const { sentAt: _, ...left } = sent.requests[0]?.body ?? {};
  const debug = new MemoryHost({ files: { [CONFIG]: STORED_ON }, stdin, env: { RASA_TELEMETRY_DEBUG: "true" } });
  assertEquals(await runHere(debug, "track", "Training Started"), 0);
  assertEquals(debug.out, JSON.stringify(left, null, 2) + "\n");
  assertEquals([debug.files.writes, debug.requests, debug.err], [[], [], ""]);
});

Deno.test("track --json in debug mode gives one document: the outcome, and the report in it", async () => {
  const host = new MemoryHost({ files: { [CONFIG]: STORED_ON }, env: { RASA_TELEMETRY_DEBUG: "true" } });
  const { report, ...result } = await runJson(host, "track", "Shell Started");
  const messageId = "00000000-0000-4000-8000-000000000001";
  assertEquals(result, { outcome: "debug", messageId, withheld: [], withheldUnknown: 0 });
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
    const host = new MemoryHost({ files: { [CONFIG]: STORED_ON }, env: variables });
    await run(["track", "Shell Started", "--json"], host, { ...BUILD, writeKey: undefined });
    assertEquals(JSON.parse(host.out).outcome, outcome);
    assertEquals(queued(host), []);
  }
});

Deno.test("track only queues with --timeout 0", async () => {
  const host = new MemoryHost({ files: { [CONFIG]: STORED_ON } });
  assertEquals((await runJson(host, "track", "Shell Started", "--timeout", "0"))["outcome"], "queued");
  assertEquals([host.requests, queued(host).map(({ report }) => report["userId"])], [[], [MACHINE_ID]]);
});

Deno.test("track gives a server that never answers 5 s, and keeps the report", async () => {
  const host = new MemoryHost({ files: { [CONFIG]: STORED_ON }, respond: "never" });
  const since = host.elapsed();
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "queued");
  assertEquals([host.elapsed() - since, queued(host).length], [5_000, 1]);
});

Deno.test("track is silent: no output unless asked", async () => {
  for (const respond of [200, 503, 400, new TypeError("refused")]) {
    const host = new MemoryHost({ files: { [CONFIG]: STORED_ON }, respond });
    assertEquals(await runHere(host, "track", "Shell Started"), 0);
    assertEquals([host.out, host.err], ["", ""]);
  }
});

Deno.test("track gives up the environment and the system before the first request", async () => {
  const host: MemoryHost = new MemoryHost({
    files: { [CONFIG]: STORED_ON },
    respond: (): number => host.relinquished ? 200 : 500,
  });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("track holds a report without any id until the user was told, and then sends it under the stored one", async () => {
  const host = new MemoryHost();
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  assertEquals(queued(host).map(({ choice, report }) => [choice, report["userId"]]), [[null, null]]);
  assertEquals(await runJson(host, "init"), {
    shown: true,
    answer: null,
    enabled: true,
    noticeDate: NOON.toISOString(),
  });
  const result = await runJson(host, "flush");
  assertEquals(result, { delivered: 1, rejected: 0, left: 0 });
  const body = host.requests[0]?.body ?? {};
  assertMatch(String(body["userId"]), /^[0-9a-f]{32}$/);
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
    files: { [CONFIG]: STORED_ON },
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
  const host = new MemoryHost({ files: { [CONFIG]: STORED_ON.replace(/(traits:\n {2}enabled: )true/, "$1false") } });
  assertEquals((await runJson(host, "identify"))["outcome"], "disabled");
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("track where telemetry is off looks at nothing: neither the input nor whether there is such an event", async () => {
  for (const off of [{ env: { RASA_TELEMETRY_ENABLED: "false" } }, { files: { [CONFIG_FILE]: STORED_OFF } }]) {
    const host = new MemoryHost({ ...off, stdin: "never" });
    const result = await runJson(host, "track", "Training Startd");
    assertEquals(result, { outcome: "disabled", messageId: null, withheld: [], withheldUnknown: 0 });
    assertEquals([host.err, host.systemReads, host.files.writes], ["", 0, []]);
  }
});

Deno.test("track doesn't read again what it has just queued", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
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
    ["flush will send", ["flush"], HTTPS, { files: { [CONFIG_FILE]: STORED_ON, ...waitingFile() } }, 1],
    ["the endpoint is not on HTTPS", ["track", "Shell Started"], BUILD, {}, 0],
    ["it only queues", ["track", "Shell Started", "--timeout", "0"], HTTPS, {}, 0],
    ["nobody was told", ["track", "Shell Started"], HTTPS, { files: {} }, 0],
    ["it is off", ["track", "Shell Started"], HTTPS, { files: { [CONFIG_FILE]: STORED_OFF } }, 0],
    [
      "it is too early",
      ["track", "Shell Started"],
      HTTPS,
      { files: { [CONFIG_FILE]: STORED_ON, [STATE_FILE]: LATER } },
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
    const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON }, ...options });
    assertEquals(await run(args, host, build), 0);
    assertEquals(host.prepared, prepared);
  });
}

/** Something that waits, which is set aside for what it is: no report. */
function waitingFile(): Record<string, string> {
  return { [`${QUEUE}/${"0".repeat(15)}-00000000-0000-4000-8000-000000000000.json`]: "{}" };
}

const ODD = { properties: { type: "sk-secret", "sk-secret": 1 }, context: { python: "sk-secret" } };
const ODD_HELD = { withheld: ["properties.type", "context.python"], withheldUnknown: 1 };

Deno.test("track keeps beside the report what was withheld: in the queue, and in the log once it left; never on the wire", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON }, stdin: ODD });
  assertEquals((await runJson(host, "track", "Shell Started", "--timeout", "0"))["outcome"], "queued");
  const [{ choice: _, report, ...held }] = queued(host) as [ReturnType<typeof queued>[0]];
  assertEquals(held, ODD_HELD);
  host.out = "";
  assertEquals(await runHere(host, "flush"), 0);
  assertEquals(await runHere(host, "log", "--json"), 0);
  const { sentAt, ...logged } = JSON.parse(host.out);
  assertEquals(logged, { outcome: "delivered", reason: null, ...ODD_HELD, report });
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
  assertEquals(queued(host).map(({ choice, report }) => [choice, report["userId"]]), [[null, null]]);
  await runHere(host, "init");
  await runHere(host, "flush");
  host.out = "";
  await runHere(host, "log", "--json");
  const { withheld, withheldUnknown, report } = JSON.parse(host.out);
  assertEquals([{ withheld, withheldUnknown }, typeof report.userId], [ODD_HELD, "string"]);
});

Deno.test("a queue file whose note of what was withheld makes no sense goes all the same, without it", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON }, stdin: ODD });
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
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON }, stdin: { properties: { pipeline } } });
  assertEquals((await runJson(host, "track", "Training Started"))["outcome"], "rejected");
  host.input = JSON.stringify({ event: "Training Started", properties: { pipeline } }) + "\n";
  host.out = "";
  assertEquals((await runJson(host, "stream"))["rejected"], 1);
  assertEquals([(await runJson(host, "status"))["dropped"], host.requests], [2, []]);
});

Deno.test("track does not print an operand that was meant for standard input", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  assertEquals(await runHere(host, "track", "Shell Started", '{"properties": {"key": "sk-secret"}}'), 2);
  assertStringIncludes(host.err, "it takes one EVENT, not 2");
  assertEquals(host.err.includes("sk-secret"), false);
});
