import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { FileFault } from "../../lib/host/host.ts";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
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

const ISSUER = await makeKeyPair();
const LICENSED = { ...BUILD, licenceKey: await pemOf(ISSUER.publicKey) };
const LOCKING = await signToken(ISSUER.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));
const PLAIN = await signToken(ISSUER.privateKey, claimsAt(NOON));

Deno.test("status --json has every documented field, and no other", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started");
  host.clock += 90_000;
  assertEquals(await runJson(host, "status"), {
    enabled: true,
    decidedBy: "configuration",
    debug: false,
    noticeShown: true,
    machineId: MACHINE_ID,
    configFile: CONFIG_FILE,
    queueDirectory: QUEUE,
    queued: 0,
    dropped: 0,
    endpoint: BUILD.endpoint,
    lastDelivery: { at: NOON.toISOString(), outcome: "delivered", reports: 1, status: 200 },
    version: "1.2.3",
  });
});

const DECISIONS: readonly (readonly [MemoryHostOptions, enabled: boolean, decidedBy: string, noticeShown: boolean])[] =
  [
    [{}, true, "default", false],
    [{ files: { [CONFIG_FILE]: STORED_ON } }, true, "configuration", true],
    [{ files: { [CONFIG_FILE]: STORED_OFF } }, false, "configuration", true],
    [{ files: { [CONFIG_FILE]: "[" } }, false, "configuration", false],
    [
      { env: { RASA_TELEMETRY_ENABLED: "1" }, files: { [CONFIG_FILE]: STORED_OFF } },
      true,
      "RASA_TELEMETRY_ENABLED",
      true,
    ],
    [
      { env: { RASA_TELEMETRY_ENABLED: "no" }, files: { [CONFIG_FILE]: STORED_ON } },
      false,
      "RASA_TELEMETRY_ENABLED",
      false,
    ],
    [{ env: { DO_NOT_TRACK: "1" }, files: { [CONFIG_FILE]: STORED_ON } }, false, "DO_NOT_TRACK", false],
    [{ env: { HOME: "" } }, false, "unwritable", false],
  ];

for (const [options, enabled, decidedBy, noticeShown] of DECISIONS) {
  Deno.test(`status says ${enabled} by ${decidedBy} for ${JSON.stringify(options)}, and writes nothing that stays`, async () => {
    const host = new MemoryHost(options);
    const before = [...host.files.nodes.keys()];
    const status = await runJson(host, "status");
    assertEquals([status["enabled"], status["decidedBy"], status["noticeShown"]], [enabled, decidedBy, noticeShown]);
    assertEquals([[...host.files.nodes.keys()], host.requests], [before, []]);
  });
}

Deno.test("status says unwritable where nothing can be kept", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  host.files.before = ({ action }) => {
    if (action === "create") throw new FileFault("create a file", "ENOSPC");
  };
  const status = await runJson(host, "status");
  assertEquals([status["enabled"], status["decidedBy"]], [false, "unwritable"]);
});

Deno.test("status for people says why, and what is wrong with the settings", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "[" }, env: { RASA_TELEMETRY_MACHINE_ID: "ada" } });
  await runHere(host, "status");
  assertStringIncludes(host.out, "Telemetry is off.\n\nDecided by     the choice stored in global.yml\n");
  assertEquals(
    host.err,
    `rasa-telemetry: ${CONFIG_FILE} can't be used: it is not a YAML mapping, so telemetry is off; repair or remove it\n` +
      "rasa-telemetry: RASA_TELEMETRY_MACHINE_ID is ignored: it must be 32 hex digits or a UUID\n",
  );
});

const OVERRULED = "says off, but the licence doesn't allow that; see https://rasa.com/developer-terms\n";

Deno.test("a locking licence decides before everything, and each command that is overruled says so once", async () => {
  for (const variables of [{ RASA_TELEMETRY_ENABLED: "false" }, { DO_NOT_TRACK: "1" }] as const) {
    const [name] = Object.keys(variables);
    const host = new MemoryHost({ env: { ...variables, RASA_LICENSE: LOCKING }, files: { [CONFIG_FILE]: STORED_OFF } });
    assertEquals(await run(["track", "Shell Started", "--json"], host, LICENSED), 0);
    assertEquals([JSON.parse(host.out).outcome, host.err], ["delivered", `rasa-telemetry: ${name} ${OVERRULED}`]);
    const status = new MemoryHost({ env: { ...variables, RASA_LICENSE: LOCKING } });
    await run(["status", "--json"], status, LICENSED);
    const { enabled, decidedBy } = JSON.parse(status.out);
    assertEquals([enabled, decidedBy, status.err], [true, "license", `rasa-telemetry: ${name} ${OVERRULED}`]);
  }
});

Deno.test("disable under a locking licence ends with 3, says why and changes nothing", async () => {
  const host = new MemoryHost({ env: { RASA_PRO_LICENSE: LOCKING }, files: { [CONFIG_FILE]: STORED_ON } });
  await run(["track", "Shell Started", "--timeout", "0"], host, LICENSED);
  assertEquals(await run(["disable"], host, LICENSED), 3);
  assertStringIncludes(host.err, "Cannot switch telemetry off: a Developer Edition Extended licence doesn't allow it");
  assertEquals([host.files.text(CONFIG_FILE), queued(host).length], [STORED_ON, 1]);
});

Deno.test("a locking licence still sends nothing before the user was told", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.requests], ["held", []]);
});

Deno.test("init under a locking licence tells, but doesn't ask", async () => {
  const host = new MemoryHost({
    env: { RASA_LICENSE: LOCKING },
    terminal: { stdin: true, stderr: true },
    stdin: "n\n",
  });
  await run(["init", "--json"], host, LICENSED);
  assertEquals(JSON.parse(host.out), { shown: true, answer: null, enabled: true, noticeDate: NOON.toISOString() });
  assertStringIncludes(host.err, "telemetry can't be switched off");
});

Deno.test("the licence's hash and company are reported, the licence itself is not", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: PLAIN }, files: { [CONFIG_FILE]: STORED_ON } });
  await run(["track", "Shell Started"], host, LICENSED);
  const context = host.requests[0]?.body["context"] as Record<string, unknown>;
  assertMatch(String(context["license_hash"]), /^[0-9a-f]{64}$/);
  assertEquals(context["company"], "Example Ltd");
  assertEquals(JSON.stringify([host.requests, host.out, host.err]).includes(PLAIN.slice(0, 40)), false);
});

const ANSWERS: readonly (readonly [stdin: MemoryHostOptions["stdin"], answer: boolean | null, enabled: boolean])[] = [
  ["y\n", true, true],
  ["YES\n", true, true],
  ["\n", true, true],
  ["n\n", false, false],
  [" No \n", false, false],
  ["what\nn\n", false, false],
  ["what\nwhy\nhow\nn\n", null, true],
  ["", null, true],
  ["never", null, true],
];

for (const [stdin, answer, enabled] of ANSWERS) {
  Deno.test(`init on a terminal takes ${JSON.stringify(stdin)} for ${answer}`, async () => {
    const host = new MemoryHost({ stdin, terminal: { stdin: true, stderr: true } });
    const since = host.elapsed();
    assertEquals(await runJson(host, "init"), { shown: true, answer, enabled, noticeDate: NOON.toISOString() });
    assertStringIncludes(host.err, "Report usage to Rasa? [Y/n] ");
    assertEquals(host.elapsed() - since <= 30_000, true);
    assertEquals([(await runJson(host, "init"))["shown"], host.requests], [false, []]);
    assertEquals((await runJson(host, "status"))["enabled"], enabled);
  });
}

Deno.test("init deletes what was held where the answer is no", async () => {
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  const asked = new MemoryHost({ stdin: "n\n", terminal: { stdin: true, stderr: true } });
  for (const [path, node] of host.files.nodes) asked.files.nodes.set(path, node);
  await runHere(asked, "init");
  assertEquals(queued(asked), []);
});

const SILENT_INIT: readonly (readonly [name: string, options: MemoryHostOptions, enabled: boolean])[] = [
  ["telemetry is off by the environment", { env: { DO_NOT_TRACK: "1" } }, false],
  ["a choice is stored", { files: { [CONFIG_FILE]: STORED_OFF } }, false],
  ["the environment says on", { env: { RASA_TELEMETRY_ENABLED: "yes" } }, true],
  ["debug mode is on", { env: { RASA_TELEMETRY_DEBUG: "true" } }, true],
  ["no home is known", { env: { HOME: "" } }, false],
];

for (const [name, options, enabled] of SILENT_INIT) {
  Deno.test(`init shows nothing and writes nothing where ${name}`, async () => {
    const host = new MemoryHost(options);
    assertEquals(await runJson(host, "init"), { shown: false, answer: null, enabled, noticeDate: null });
    assertEquals([host.err, host.files.writes], ["", []]);
  });
}

Deno.test("init shows nothing where nothing can be kept, because nothing will be sent", async () => {
  const host = new MemoryHost();
  host.files.before = ({ action }) => {
    if (action === "makeDirectory") throw new FileFault("make a folder", "EROFS");
  };
  assertEquals([await runJson(host, "init"), host.err], [{
    shown: false,
    answer: null,
    enabled: false,
    noticeDate: null,
  }, ""]);
});

Deno.test("inspect shows each field of a report once, with where it comes from and why, and writes and sends nothing", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  const shown = await runJson(host, "inspect", "Shell Started");
  const fields = shown["fields"] as { field: string; value: unknown; source: string; purpose: string }[];
  await runHere(host, "track", "Shell Started");
  const leaves = (value: unknown, path: string): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`))
      : [path];
  const own = Object.keys(EVENTS.find(({ name }) => name === "Shell Started")?.properties ?? {});
  const sent = leaves(host.requests[0]?.body, "");
  // In the order of the wire, the event's own properties before the one that every event has; `type` is a batch's.
  sent.splice(sent.indexOf("properties.metrics_id"), 0, ...own.map((name) => `properties.${name}`));
  assertEquals(fields.map(({ field }) => field), [...sent, "type"]);
  assertEquals(fields.filter(({ source, purpose }) => source === "" || purpose === ""), []);
  assertEquals(fields.find(({ field }) => field === "userId")?.value, MACHINE_ID);
  const untouched = new MemoryHost();
  await runHere(untouched, "inspect");
  assertEquals([untouched.files.writes, untouched.requests], [[], []]);
});

Deno.test("inspect shows what is inside a property, and the traits", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  const names = async (operand: string) =>
    ((await runJson(host, "inspect", operand))["fields"] as { field: string }[]).map(({ field }) => field);
  const training = await names("Training Started");
  assertEquals(
    ["properties.pipeline[].llm.model", "properties.policies[].name"].filter((name) => !training.includes(name)),
    [],
  );
  const traits = await names("identify");
  assertEquals(traits.slice(0, 3), ["userId", "traits.tracing_backend", "traits.metrics_backend"]);
  assertEquals(traits.filter((name) => name === "event" || name.startsWith("properties.")), []);
});

Deno.test("log shows what left, newest last, and --json gives the reports as they left", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  for (const name of ["Shell Started", "Training Completed"]) await runHere(host, "track", name);
  host.out = "";
  await runHere(host, "log");
  const at = NOON.toISOString();
  assertEquals(host.out, `${at}  delivered  Shell Started\n${at}  delivered  Training Completed\n`);
  host.out = "";
  await runHere(host, "log", "--json", "--last", "1");
  const { sentAt, ...sent } = host.requests[1]?.body ?? {};
  const held = { withheld: [], withheldUnknown: 0 };
  assertEquals(JSON.parse(host.out), { sentAt, outcome: "delivered", reason: null, ...held, report: sent });
});

Deno.test("log strips what a terminal would obey, and leaves out a line that a crash tore", async () => {
  const entry = {
    sentAt: "2026\u001b[2J",
    outcome: "delivered",
    reason: null,
    report: { event: "a\u202eb", timestamp: "x" },
  };
  const host = new MemoryHost({ files: { [`${QUEUE}/sent.log`]: `${JSON.stringify(entry)}\n{"sentAt": "20` } });
  await runHere(host, "log");
  assertEquals(host.out, "2026\uFFFD[2J  delivered  a\uFFFDb\n");
});

Deno.test("events --json gives a JSON Schema for each event and for the traits", async () => {
  const host = new MemoryHost();
  const all = await runJson(host, "events");
  assertEquals(Object.keys(all), [...EVENTS.map(({ name }) => name), "identify"]);
  const one = await runJson(host, "events", "Shell Started");
  assertEquals(one, all["Shell Started"]);
  assertEquals([one["$schema"], one["additionalProperties"]], ["https://json-schema.org/draft/2020-12/schema", false]);
  assertEquals(Object.keys(one["properties"] as object), ["type", "assistant_id", "metrics_id"]);
});

Deno.test("events shows an event's properties with type and purpose, those inside a list too", async () => {
  const host = new MemoryHost();
  await runHere(host, "events", "Training Started");
  assertStringIncludes(host.out, "pipeline  components\n");
  assertStringIncludes(host.out, "\n    name  word(component)\n");
  const traits = new MemoryHost();
  await runHere(traits, "events", "identify");
  assertStringIncludes(traits.out, "tracing_backend  word(tracing)?\n");
});
