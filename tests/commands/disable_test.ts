import { assertEquals, assertStringIncludes } from "@std/assert";
import type { StoredChoice } from "../../lib/consent/rules.ts";
import { FileFault } from "../../lib/host/host.ts";
import { clockTime } from "../../lib/terminal/clock_time.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import { LOCKING, runLicensed } from "../support/scenes/licensed.ts";
import {
  ASKED,
  CONFIG_FILE,
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
  storedIn,
  TOLD,
} from "../support/scenes/scene.ts";

const CONFIG_FOLDER = "/home/ada/.config/rasa";

/** A minute after noon, as people are told of it. */
const MINUTE_LATER = clockTime(new Date(NOON.getTime() + 60_000), NOON);

const no = (machineId?: string) => {
  const stored: StoredChoice = { enabled: false, traitsEnabled: false, machineId, date: NOON.toISOString() };
  return { kind: "stored", stored };
};

Deno.test("disable stores the choice, begins a new epoch, deletes what waits and sends nothing", async () => {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const before = recordIn(host)!;
  assertEquals(await runHere(host, "disable"), 0);
  assertEquals([host.err, storedIn(host), queued(host), host.requests], [
    "Telemetry is off. 1 waiting report was deleted.\n",
    no(MACHINE_ID),
    [],
    [],
  ]);
  const { epoch, ...record } = recordIn(host)!;
  assertEquals(record, {
    place: before.place,
    told: null,
    asked: null,
    local: false,
    choice: `off ${NOON.toISOString()} ${MACHINE_ID}`,
    overwritten: before.choice,
    machineId: MACHINE_ID,
    adoptsId: true,
    formerIds: [],
  });
  assertEquals([epoch === before.epoch, (await runJson(host, "track", "Shell Started"))["outcome"]], [
    false,
    "disabled",
  ]);
  assertEquals((await runJson(host, "status"))["decidedBy"], "configuration");
});

Deno.test("disable on a fresh machine writes the choice and its date alone: no id, no lock, no folder", async () => {
  const host = new MemoryHost();
  assertEquals([await runHere(host, "disable"), host.files.names(CONFIG_FOLDER)], [0, ["global.yml"]]);
  const section = "  enabled: false\n  date: 2026-03-01T12:00:00.000Z\n";
  assertEquals(host.files.text(CONFIG_FILE), `metrics:\n${section}traits:\n${section}`);
  // Nothing that looks at it later adds anything.
  for (const args of [["track", "Shell Started"], ["init"], ["flush"], ["status"]]) await runHere(host, ...args);
  assertEquals([host.files.names(CONFIG_FOLDER), storedIn(host)], [["global.yml"], no()]);
});

Deno.test("disable changes nothing in global.yml where it says no already, and says off", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_OFF } });
  assertEquals(await runJson(host, "disable"), { enabled: false, decidedBy: "configuration" });
  assertEquals(host.files.text(CONFIG_FILE), STORED_OFF);
});

Deno.test("disable under a locking licence ends with 3, says why and changes nothing", async () => {
  const host = new MemoryHost({ env: { RASA_PRO_LICENSE: LOCKING }, files: TOLD });
  await runLicensed(host, "track", "Shell Started", "--timeout", "0");
  const before = new Map(host.files.nodes);
  assertEquals(await runLicensed(host, "disable", "--json"), 3);
  assertStringIncludes(host.err, "Cannot switch telemetry off: a Developer Edition Extended licence doesn't allow it");
  assertEquals([JSON.parse(host.out), host.files.nodes, queued(host).length], [
    { enabled: true, decidedBy: "licence" },
    before,
    1,
  ]);
});

/**
 * A `global.yml` that can't be changed, and whether `enable` can make telemetry on again: where the file says on, the no
 * beside it is all that must go.
 */
const UNCHANGEABLE: readonly (readonly [name: string, text: string, on: boolean])[] = [
  ["broken", "metrics: [", false],
  ["in flow style", `{metrics: {enabled: true, rasa_user_id: ${MACHINE_ID}}, foo: 1}\n`, true],
  ["with an alias into its section", `base: &b\n  enabled: true\nmetrics: *b\n`, true],
  ["with a value on a line of its own", "metrics:\n  enabled:\n    true\n", true],
  ["with an explicit end", "foo: 1\n...\n", false],
];

for (const [name, text, on] of UNCHANGEABLE) {
  Deno.test(`disable switches telemetry off beside a global.yml ${name}, and enable ends with ${on ? 0 : 2} then`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: text } });
    await runHere(host, "track", "Shell Started", "--timeout", "0");
    assertEquals(await runJson(host, "disable"), { enabled: false, decidedBy: "configuration" });
    assertStringIncludes(host.err, `the choice is kept in ${QUEUE} instead\n`);
    assertEquals([host.files.text(CONFIG_FILE), queued(host)], [text, []]);
    assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
    assertEquals(await runHere(host, "enable"), on ? 0 : 2);
    // The exit code and the state agree.
    assertEquals([(await runJson(host, "status"))["enabled"], host.files.text(CONFIG_FILE)], [on, text]);
    assertEquals(host.requests, []);
  });
}

Deno.test("disable keeps a no beside global.yml where that is mounted alone, and can't be replaced", async () => {
  const host = new MemoryHost({ files: ASKED });
  host.files.before = ({ action, path }) => {
    if (action === "rename" && path === CONFIG_FILE) throw new FileFault("replace a file", "EBUSY");
  };
  assertEquals(await runJson(host, "disable"), { enabled: false, decidedBy: "configuration" });
  assertEquals([host.files.text(CONFIG_FILE), host.files.names(QUEUE).includes("disabled")], [STORED_ON, true]);
});

Deno.test("disable waits for a request that is under way, 5 s at most, and then says that it can't tell", async () => {
  const host = new TimedHost({ files: ASKED });
  host.files.lockedElsewhere.add(`${QUEUE}/sending.lock`);
  const since = host.elapsed();
  assertEquals([await host.until(runHere(host, "disable")), host.elapsed() - since], [0, 5_000]);
  assertStringIncludes(host.err, "Whether a request is under way can't be told: one that had begun may still arrive");
  assertEquals((await runJson(host, "status"))["enabled"], false);
});

for (
  const [args, options] of [
    [["enable", "--local"], {}],
    [["reset-id"], {}],
    [["init"], { files: {}, stdin: "n\n", terminal: { stdin: true, stderr: true } }],
  ] as const satisfies readonly (readonly [readonly string[], MemoryHostOptions])[]
) {
  Deno.test(`${args.join(" ")} looks for requests that are under way, as disable does`, async () => {
    const host = new MemoryHost({ files: ASKED, ...options });
    const moment = String(NOON.getTime()).padStart(15, "0");
    host.files.plant(`${QUEUE}/request-${moment}-2.00000000-0000-4000-8000-000000000001.tmp`, "");
    assertEquals(await runHere(host, ...args), 0);
    assertStringIncludes(host.err, " with 2 reports has no answer: it may still arrive\n");
  });
}

for (
  const [what, begun, text] of [
    ["a request", [[1, 60_000]], `The request of ${MINUTE_LATER} with 1 report has no answer: it may still arrive`],
    [
      "several requests",
      [[2, 0], [500, 60_000]],
      `2 requests with 502 reports, the last of ${MINUTE_LATER}, have no answer: they may still arrive`,
    ],
  ] as const
) {
  Deno.test(`disable says of ${what} without an answer that it may still arrive, whoever has the lock`, async () => {
    for (const elsewhere of [[], [`${QUEUE}/sending.lock`]]) {
      const host = new TimedHost({ files: ASKED });
      for (const [reports, afterMs] of begun) {
        const moment = String(NOON.getTime() + afterMs).padStart(15, "0");
        host.files.plant(`${QUEUE}/request-${moment}-${reports}.00000000-0000-4000-8000-000000000001.tmp`, "");
      }
      for (const path of elsewhere) host.files.lockedElsewhere.add(path);
      host.clock += 60_000;
      assertEquals(await host.until(runHere(host, "disable")), 0);
      assertEquals(host.err, `rasa-telemetry: ${text}\nTelemetry is off.\n`);
    }
  });
}

Deno.test("disable says how much could not be deleted, and that it is never sent", async () => {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  host.files.before = ({ action, path }) => {
    if (action === "remove" && /\/\d{15}-/.test(path)) throw new FileFault("remove a file", "EACCES");
  };
  assertEquals([await runHere(host, "disable"), host.err], [
    0,
    `rasa-telemetry: 1 report in ${QUEUE} could not be deleted, and will not be sent\nTelemetry is off.\n`,
  ]);
  host.files.before = () => {};
  host.clock += 1_000;
  await runHere(host, "enable");
  assertEquals([await runHere(host, "flush"), host.requests, queued(host)], [0, [], []]);
});

Deno.test("disable leaves the record of a newer version as it is, and stores the no all the same", async () => {
  const newer = recordOf().replace('"format": 1', '"format": 2');
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: newer } });
  assertEquals(await runJson(host, "disable"), { enabled: false, decidedBy: "configuration" });
  assertEquals([host.files.text(RECORD_FILE), storedIn(host)], [newer, no(MACHINE_ID)]);
});

Deno.test("disable says so where a no can be stored nowhere", async () => {
  const host = new MemoryHost({ files: TOLD });
  makeReadOnly(host);
  assertEquals([await runHere(host, "disable"), host.err], [
    2,
    `rasa-telemetry: Cannot change ${CONFIG_FILE}: EROFS; set RASA_TELEMETRY_ENABLED or RASA_TELEMETRY_HOME instead\n`,
  ]);
});

Deno.test("disable and reset-id count what they delete, and disable says how many reports that was", async () => {
  const host = new MemoryHost({ files: ASKED });
  for (
    const [command, count, said] of [
      ["reset-id", 2, undefined],
      ["disable", 3, "Telemetry is off. 3 waiting reports were deleted.\n"],
      ["disable", 0, "Telemetry is off.\n"],
    ] as const
  ) {
    const { dropped: before } = await runJson(host, "status");
    for (let number = 0; number < count; number++) await runHere(host, "track", "Shell Started", "--timeout", "0");
    host.err = "";
    await runHere(host, command);
    assertEquals([command, said ?? host.err], [command, host.err]);
    const { dropped, droppedBy } = await runJson(host, "status");
    assertEquals([Number(dropped) - Number(before), Object(droppedBy).withdrawn], [count, dropped]);
  }
});
