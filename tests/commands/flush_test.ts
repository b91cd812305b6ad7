import { assertEquals } from "@std/assert";
import { clockTime } from "../../lib/terminal/clock_time.ts";
import { eventLines } from "../support/inputs/numbered_events.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { LOCKING, runLicensed } from "../support/scenes/licensed.ts";
import {
  ASKED,
  CONFIG_FILE,
  MACHINE_ID,
  queued,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";

const HOUR_MS = 60 * 60 * 1000;

async function queueOne(host: MemoryHost): Promise<void> {
  await runHere(host, "track", "Shell Started", "--timeout", "0");
}

async function queueMany(host: MemoryHost, count: number): Promise<void> {
  host.input = eventLines(0, count);
  await runHere(host, "stream", "--timeout", "0");
}

/** How people are told when a report of a user leaves who was told at 11:30, in the local time of this machine. */
const AT_HALF_PAST_TWELVE = clockTime(new Date("2026-03-01T12:30:00.000Z"), NOON);
const TOLD_AT_HALF_PAST = toldAt("2026-03-01T11:30:00.000Z");

Deno.test("flush says until when reports are held, and ends with 0; after that hour it delivers them", async () => {
  const host = new MemoryHost({ files: TOLD_AT_HALF_PAST });
  await queueOne(host);
  assertEquals([await runHere(host, "flush"), host.err, host.requests], [
    0,
    `0 delivered, 0 rejected, 1 left: held until ${AT_HALF_PAST_TWELVE}\n`,
    [],
  ]);
  host.clock += HOUR_MS / 2 - 1;
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 1 });
  host.clock += 1;
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
});

Deno.test("flush says that reports are held until the notice was shown, where nobody was told", async () => {
  const untold = new MemoryHost();
  await queueOne(untold);
  const licensed = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  await runLicensed(licensed, "track", "Shell Started");
  const said = "0 delivered, 0 rejected, 1 left: held until the notice was shown; rasa-telemetry init shows it\n";
  assertEquals([await runHere(untold, "flush"), untold.err, untold.requests], [0, said, []]);
  assertEquals([await runLicensed(licensed, "flush"), licensed.err, licensed.requests], [0, said, []]);
});

Deno.test("flush deletes what nobody was told of within an hour, and counts it", async () => {
  const host = new MemoryHost();
  await queueOne(host);
  host.clock += HOUR_MS + 1;
  await runHere(host, "init");
  host.clock += HOUR_MS;
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 0 });
  assertEquals([host.requests, (await runJson(host, "status"))["droppedBy"]], [
    [],
    { limits: 0, age: 0, size: 0, unknown: 0, untold: 1, withdrawn: 0, environment: 0, disk: 0 },
  ]);
});

Deno.test("flush sends nothing that was recorded untold because a variable says on now", async () => {
  const host = new MemoryHost();
  await queueOne(host);
  host.variables.RASA_TELEMETRY_ENABLED = "true";
  assertEquals([await runJson(host, "flush"), host.requests], [{ delivered: 0, rejected: 0, left: 1 }, []]);
});

Deno.test("flush deletes what was recorded under a variable that says on no more", async () => {
  const host = new MemoryHost({ files: TOLD, env: { RASA_TELEMETRY_ENABLED: "true" } });
  await queueOne(host);
  delete host.variables.RASA_TELEMETRY_ENABLED;
  assertEquals([await runJson(host, "flush"), host.requests], [{ delivered: 0, rejected: 0, left: 0 }, []]);
  assertEquals((await runJson(host, "status"))["dropped"], 1);
});

Deno.test("flush sends no traits that wait once traits are switched off", async () => {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "identify", "--timeout", "0");
  host.files.plant(CONFIG_FILE, STORED_ON.replace(/(traits:\n {2}enabled: )true/, "$1false"));
  assertEquals([(await runJson(host, "flush"))["delivered"], host.requests, queued(host)], [0, [], []]);
});

Deno.test("flush gives up the environment and the system before the first request", async () => {
  const host: MemoryHost = new MemoryHost({
    files: ASKED,
    respond: (): number => host.relinquished ? 200 : 500,
  });
  await queueOne(host);
  assertEquals((await runJson(host, "flush"))["delivered"], 1);
});

Deno.test("flush shows people how far it is, and programs nothing of it", async () => {
  for (const stderr of [true, false]) {
    const host = new MemoryHost({ files: ASKED, terminal: { stderr } });
    await queueMany(host, 600);
    await runHere(host, "flush");
    const steps = [
      ".".repeat(30) + "] 0 of 600",
      "#".repeat(25) + ".....] 500 of 600",
      "#".repeat(30) + "] 600 of 600",
    ];
    // Taken off the screen at the end.
    const bar = steps.map((step) => `\r[${step}`).join("") + `\r${" ".repeat(43)}\r`;
    assertEquals(host.err, `${stderr ? bar : ""}600 delivered, 0 rejected, 0 left\n`);
  }
});

Deno.test("flush ends with 0 where telemetry is switched off while it runs, and what waited until then is deleted", async () => {
  const host: MemoryHost = new MemoryHost({
    files: ASKED,
    respond: () => {
      host.files.plant(CONFIG_FILE, STORED_OFF);
      return 200;
    },
  });
  await queueMany(host, 501);
  assertEquals([await runHere(host, "flush"), host.err], [
    0,
    "500 delivered, 0 rejected, 0 left; deleted: 1 because of a no, a new machine id or another machine\n",
  ]);
  assertEquals([queued(host), (await runJson(host, "status"))["droppedBy"]], [
    [],
    { limits: 0, age: 0, size: 0, unknown: 0, untold: 0, withdrawn: 1, environment: 0, disk: 0 },
  ]);
});

Deno.test("flush in debug mode prints what would leave, as it would leave, and changes and sends nothing", async () => {
  const host = new MemoryHost();
  await queueOne(host);
  await runHere(host, "init");
  const waiting = { ...queued(host)[0]?.report };
  host.variables.RASA_TELEMETRY_DEBUG = "true";
  const before = new Map(host.files.nodes);
  host.err = "";
  // Within the hour nothing would.
  assertEquals([await runHere(host, "flush"), host.out, host.err], [
    0,
    "",
    "0 delivered, 0 rejected, 1 left: debug mode sends nothing\n",
  ]);
  host.clock += HOUR_MS;
  assertEquals([await runHere(host, "flush"), host.files.nodes, host.requests], [0, before, []]);
  const printed = JSON.parse(host.out);
  const counts = { delivered: 0, rejected: 0, left: 1 };
  assertEquals(await runJson(host, "flush"), { ...counts, reports: [printed] });
  assertEquals([host.files.nodes, host.requests], [before, []]);
  delete host.variables.RASA_TELEMETRY_DEBUG;
  await runHere(host, "flush");
  const { sentAt: _, ...sent } = host.requests[0]?.body ?? {};
  // It was recorded without an id, and gets one on its way out.
  assertEquals([printed, waiting["userId"]], [sent, null]);
});

Deno.test("flush in debug mode prints nothing that could not leave: another epoch's, or anything under a no", async () => {
  const host = new MemoryHost({ files: ASKED });
  await queueOne(host);
  const debug = { RASA_TELEMETRY_DEBUG: "1" };
  for (const changes of [{ DO_NOT_TRACK: "1" }, {}]) {
    if (!("DO_NOT_TRACK" in changes)) host.files.plant(CONFIG_FILE, STORED_ON.replaceAll("2025", "2024"));
    host.out = "";
    Object.assign(host.variables, { DO_NOT_TRACK: undefined }, debug, changes);
    assertEquals([await runHere(host, "flush"), host.out, queued(host).length], [0, "", 1]);
    assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 1, reports: [] });
  }
});

/** Values of RASA_TELEMETRY_DEBUG, and whether they mean debug mode: all that don't clearly say no. */
const DEBUG: readonly (readonly [value: string, debug: boolean])[] = [
  ["", false],
  ["0", false],
  ["false", false],
  ["no", false],
  ["off", false],
  ["FALSE", false],
  ["Off", false],
  ["true", true],
  ["1", true],
  ["true\r", true],
  ["true ", true],
  ["false ", true],
  ["y", true],
  ["2", true],
  ["debug", true],
];

for (const [value, debug] of DEBUG) {
  Deno.test(`RASA_TELEMETRY_DEBUG=${JSON.stringify(value)} makes ${debug ? "no request" : "requests"}`, async () => {
    const host = new MemoryHost({ files: ASKED });
    await queueOne(host);
    host.variables.RASA_TELEMETRY_DEBUG = value;
    const outcome = (await runJson(host, "track", "Shell Started"))["outcome"];
    const { debug: said, enabled } = await runJson(host, "status");
    host.input = '{"event": "Shell Started"}\n';
    await runHere(host, "stream");
    await runHere(host, "flush");
    assertEquals([outcome, said, enabled, host.requests.length > 0, queued(host).length], [
      debug ? "debug" : "delivered",
      debug,
      true,
      !debug,
      debug ? 1 : 0,
    ]);
    assertEquals(JSON.stringify(queued(host)).includes(MACHINE_ID), debug);
  });
}
