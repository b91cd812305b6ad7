import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import {
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";

const ISSUER = await makeKeyPair();
const LICENSED = { ...BUILD, licenceKey: await pemOf(ISSUER.publicKey) };
const LOCKING = await signToken(ISSUER.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));
const PLAIN = await signToken(ISSUER.privateKey, claimsAt(NOON));

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

Deno.test("a locking licence still sends nothing before the user was told", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.requests], ["held", []]);
});

Deno.test("the licence's hash and company are reported, the licence itself is not", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: PLAIN }, files: { [CONFIG_FILE]: STORED_ON } });
  await run(["track", "Shell Started"], host, LICENSED);
  const context = host.requests[0]?.body["context"] as Record<string, unknown>;
  assertMatch(String(context["license_hash"]), /^[0-9a-f]{64}$/);
  assertEquals(context["company"], "Example Ltd");
  assertEquals(JSON.stringify([host.requests, host.out, host.err]).includes(PLAIN.slice(0, 40)), false);
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
