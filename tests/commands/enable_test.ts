import { assertEquals, assertStringIncludes } from "@std/assert";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LOCKING, runLicensed } from "../support/scenes/licensed.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  makeReadOnly,
  QUEUE,
  queued,
  RECORD_FILE,
  recordIn,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  storedIn,
  toldAt,
} from "../support/scenes/scene.ts";

const JUST_TOLD = toldAt("2026-03-01T11:59:00.000Z");
const HOUR_MS = 60 * 60 * 1000;

Deno.test("enable stores the choice and its date, and that it is the user's own; what was held untold is deleted", async () => {
  const host = new MemoryHost();
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  host.clock += 1_000;
  const date = host.now().toISOString();
  assertEquals([await runHere(host, "enable"), host.err], [0, "Telemetry is on.\n"]);
  assertEquals(storedIn(host), {
    kind: "stored",
    stored: { enabled: true, traitsEnabled: true, machineId: undefined, date },
  });
  assertEquals(recordIn(host)?.asked, { at: date, notice: 1, addressee: BUILD.recipient });
  assertEquals([queued(host), (await runJson(host, "status"))["droppedBy"], host.requests], [
    [],
    { limits: 0, age: 0, size: 0, unknown: 0, untold: 1, withdrawn: 0, environment: 0, disk: 0 },
    [],
  ]);
  // Its own reports leave at once.
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("enable lets leave what was recorded within the hour after the notice", async () => {
  const host = new MemoryHost({ files: JUST_TOLD });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  await runHere(host, "enable");
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
});

Deno.test("enable makes a yes of a bare `enabled: true`, which Rasa writes by itself, and leaves the file as it is", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  assertEquals((await runJson(host, "status"))["permission"], "untold");
  assertEquals(await runJson(host, "enable"), { enabled: true, decidedBy: "configuration" });
  assertEquals([(await runJson(host, "status"))["permission"], host.files.text(CONFIG_FILE)], ["asked", STORED_ON]);
});

Deno.test("enable keeps what waits, and says so, where the user said yes before", async () => {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertEquals([await runHere(host, "enable"), host.files.text(CONFIG_FILE), queued(host).length, host.err], [
    0,
    STORED_ON,
    1,
    "Telemetry was on already.\n",
  ]);
});

Deno.test("what was recorded before an opt-out never goes, though somebody put it back", async () => {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [name] = host.files.names(QUEUE).filter((file) => /^\d{15}-/.test(file));
  const text = host.files.text(`${QUEUE}/${name}`) ?? "";
  await runHere(host, "disable");
  host.clock += 1_000;
  await runHere(host, "enable");
  // A process that had asked for consent before the opt-out may write its report after it.
  host.files.plant(`${QUEUE}/${name}`, text);
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 0 });
  assertEquals([host.requests, (await runJson(host, "status"))["dropped"]], [[], 2]);
});

Deno.test("enable never overwrites a file that it can't understand", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "metrics: [" } });
  assertEquals([await runHere(host, "enable"), host.files.text(CONFIG_FILE)], [2, "metrics: ["]);
  assertEquals(host.err, `rasa-telemetry: Cannot change ${CONFIG_FILE}: it is not a YAML mapping\n`);
});

/** What comes before a stored yes, and how people are told. */
const FIRST: readonly (readonly [name: string, options: MemoryHostOptions, said: string])[] = [
  ["DO_NOT_TRACK", { env: { DO_NOT_TRACK: "1" } }, "the variable DO_NOT_TRACK"],
  ["RASA_TELEMETRY_ENABLED", { env: { RASA_TELEMETRY_ENABLED: "false" } }, "the variable RASA_TELEMETRY_ENABLED"],
  [
    "a policy",
    { files: { "/project/.rasa-telemetry.yml": "" } },
    "a policy file: /project/.rasa-telemetry.yml",
  ],
];

for (const [name, options, said] of FIRST) {
  Deno.test(`enable under ${name} stores the yes, says what comes first, and keeps id and reports`, async () => {
    const before = new MemoryHost({ files: JUST_TOLD });
    await runHere(before, "track", "Shell Started");
    const host = new MemoryHost(options);
    for (const [path, node] of before.files.nodes) host.files.nodes.set(path, node);
    assertEquals([await runHere(host, "enable"), host.err], [
      0,
      `rasa-telemetry: The choice is stored, but what comes first is ${said}\n`,
    ]);
    // Once that no is gone, everything is as if it had never been there.
    const after = new MemoryHost();
    for (const [path, node] of host.files.nodes) if (!path.endsWith(".yml")) after.files.nodes.set(path, node);
    after.files.plant(CONFIG_FILE, host.files.text(CONFIG_FILE) ?? "");
    const { permission, machineId, queued } = await runJson(after, "status");
    assertEquals([permission, machineId, queued], ["asked", MACHINE_ID, 1]);
    assertEquals(await runJson(after, "flush"), { delivered: 1, rejected: 0, left: 0 });
  });
}

Deno.test("enable says that telemetry is on where the environment or a licence says so too", async () => {
  const byVariable = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "1" } });
  const byLicence = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  const codes = [await runHere(byVariable, "enable"), await runLicensed(byLicence, "enable")];
  assertEquals([codes, byVariable.err, byLicence.err], [[0, 0], "Telemetry is on.\n", "Telemetry is on.\n"]);
  assertEquals([recordIn(byVariable)?.asked?.notice, recordIn(byLicence)?.asked?.notice], [1, 1]);
});

/** The entries of the log of local mode. */
function localLog(
  host: MemoryHost,
): { recordedAt: string; withheldUnknown?: number; report: Record<string, unknown> }[] {
  const lines = (host.files.text(`${QUEUE}/local.log`) ?? "").split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line));
}

Deno.test("enable --local keeps everything on this machine, and says so to Rasa's own tools too", async () => {
  const host = new MemoryHost({ files: JUST_TOLD });
  await runHere(host, "track", "Shell Started");
  assertEquals(await runJson(host, "enable", "--local"), { enabled: true, decidedBy: "local" });
  assertEquals(host.err, "Reports are kept on this machine from now on, and nothing is sent.\n");
  assertEquals(storedIn(host), {
    kind: "stored",
    stored: { enabled: false, traitsEnabled: false, machineId: MACHINE_ID, date: NOON.toISOString() },
  });
  // What waited was recorded to be sent.
  assertEquals([queued(host), (await runJson(host, "status"))["dropped"]], [[], 1]);
  host.input = { properties: { type: "rasa", password: "x" } };
  const { messageId: _, ...result } = await runJson(host, "track", "Shell Started");
  assertEquals(result, { outcome: "local", heldUntil: null, withheld: [], withheldUnknown: 1 });
  host.input = { traits: { tracing_backend: "jaeger" } };
  assertEquals((await runJson(host, "identify"))["outcome"], "local");
  assertEquals(
    localLog(host).map(({ recordedAt, withheldUnknown, report }) => [recordedAt, withheldUnknown, report["userId"]]),
    [
      [NOON.toISOString(), 1, MACHINE_ID],
      [NOON.toISOString(), undefined, MACHINE_ID],
    ],
  );
  host.clock += 2 * HOUR_MS;
  assertEquals([await runHere(host, "flush"), host.requests, queued(host)], [0, [], []]);
});

Deno.test("stream under enable --local keeps its reports in the local log too", async () => {
  const host = new MemoryHost();
  await runHere(host, "enable", "--local");
  host.input = '{"event": "Shell Started"}\n{"event": "Server Started"}\n';
  assertEquals((await runJson(host, "stream"))["accepted"], 2);
  assertEquals([localLog(host).map(({ report }) => report["event"]), queued(host), host.requests], [
    ["Shell Started", "Server Started"],
    [],
    [],
  ]);
});

Deno.test("enable --local ends with any change of global.yml by somebody else, and with enable", async () => {
  const changed = STORED_ON.replaceAll("2025", "2026");
  for (const [change, decidedBy] of [[changed, "default"], [STORED_OFF, "configuration"]] as const) {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
    await runHere(host, "enable", "--local");
    assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "local");
    host.files.plant(CONFIG_FILE, change);
    const { enabled, decidedBy: by } = await runJson(host, "status");
    assertEquals([enabled, by], [change === changed, decidedBy]);
    assertEquals(
      (await runJson(host, "track", "Shell Started"))["outcome"],
      change === changed ? "held" : "disabled",
    );
  }
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "enable", "--local");
  host.clock += 1_000;
  assertEquals(await runJson(host, "enable"), { enabled: true, decidedBy: "configuration" });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("enable --local holds, and is stored again, where a program writes back what it had read before", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "enable", "--local");
  host.files.plant(CONFIG_FILE, STORED_ON);
  const { enabled, decidedBy } = await runJson(host, "status");
  assertEquals([enabled, decidedBy, host.err.includes("a program that hadn't seen that wrote over it")], [
    true,
    "local",
    true,
  ]);
  for (const _ of [1, 2]) assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "local");
  assertEquals([host.files.text(CONFIG_FILE)?.includes("enabled: true"), localLog(host).length], [false, 2]);
});

Deno.test("enable --local says so where it is stored already", async () => {
  const host = new MemoryHost();
  await runHere(host, "enable", "--local");
  host.err = "";
  assertEquals([await runHere(host, "enable", "--local"), host.err], [
    0,
    "Reports were kept on this machine already.\n",
  ]);
});

Deno.test("enable --local is refused under a licence that doesn't let telemetry be switched off, and changes nothing", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  assertEquals([await runLicensed(host, "enable", "--local"), host.files.text(CONFIG_FILE)], [3, undefined]);
  assertStringIncludes(host.err, "Cannot keep reports on this machine alone: a Developer Edition Extended licence");
});

Deno.test("track under a licence overrules enable --local, and says so", async () => {
  const host = new MemoryHost();
  await runHere(host, "enable", "--local");
  const licensed = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  for (const [path, node] of host.files.nodes) licensed.files.nodes.set(path, node);
  assertEquals(await runLicensed(licensed, "track", "Shell Started"), 0);
  assertStringIncludes(licensed.err, "the choice of local mode says off, but the licence doesn't allow that");
});

Deno.test("track under enable --local drops the report where the local log can't be written", async () => {
  const host = new MemoryHost();
  await runHere(host, "enable", "--local");
  makeReadOnly(host);
  assertEquals([(await runJson(host, "track", "Shell Started"))["outcome"], host.requests], ["dropped", []]);
});

Deno.test("enable leaves a record that a newer version wrote, and says what to do", async () => {
  const host = new MemoryHost({ files: { ...ASKED, [RECORD_FILE]: '{"format": 2}' } });
  assertEquals([await runHere(host, "enable"), host.files.text(RECORD_FILE)], [2, '{"format": 2}']);
  assertStringIncludes(host.err, "a newer version of this program wrote it; install that");
});
