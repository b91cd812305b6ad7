import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { clockTime } from "../../lib/terminal/clock_time.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LOCKING, runLicensed } from "../support/scenes/licensed.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  RECORD_FILE,
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";
import { assertFits, printed, terminalHost, WIDTHS } from "../support/inputs/widths.ts";

const HOUR_MS = 60 * 60 * 1000;
const OTHER_ID = "0".repeat(31) + "1";
const JUST_TOLD = toldAt("2026-03-01T11:30:00.000Z");
const HALF_PAST_TWELVE = "2026-03-01T12:30:00.000Z";

/** A machine whose user was told, with another id before, that delivered something three hours ago; something waits. */
async function usedHost(columns: number | undefined): Promise<MemoryHost> {
  const files = toldAt("2026-02-01T00:00:00.000Z", { formerIds: [OTHER_ID] });
  const host = terminalHost(columns, { files: { ...files, [`${QUEUE}/dropped`]: "llu" } });
  await runHere(host, "track", "Shell Started");
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  host.clock += 3 * HOUR_MS + 5 * 60_000;
  return host;
}

const AT_80 = `Telemetry is on.

Decided by     the default: nobody has chosen yet
Permission     told: the notice was shown, and nobody answered
Leaving        at once
Notice         shown 28d ago
Machine id     ${MACHINE_ID}
Former ids     ${OTHER_ID}
Sent to        Rasa
Endpoint       http://127.0.0.1:9
Waiting        1 report, 558 B
Dropped        2 because too many waited; 1 because nobody was told within an
               hour
Last delivery  3h ago: 1 report delivered (HTTP 200)
Settings       ${CONFIG_FILE}
Queue          ${QUEUE}
Sent log       ${QUEUE}/sent.log
Version        1.2.3
`;

const AT_40 = `Telemetry is on.

Decided by     the default: nobody has
               chosen yet
Permission     told: the notice was
               shown, and nobody
               answered
Leaving        at once
Notice         shown 28d ago
Machine id
  ${MACHINE_ID}
Former ids
  ${OTHER_ID}
Sent to        Rasa
Endpoint       http://127.0.0.1:9
Waiting        1 report, 558 B
Dropped        2 because too many
               waited; 1 because nobody
               was told within an hour
Last delivery  3h ago: 1 report
               delivered (HTTP 200)
Settings
  ${CONFIG_FILE}
Queue
  ${QUEUE}
Sent log
  /home/ada/.config/rasa/telemetry/
  sent.log
Version        1.2.3
`;

Deno.test("status is laid out for the terminal's width", async () => {
  assertEquals(withoutSize(await printed(await usedHost(80), "status")), withoutSize(AT_80));
  assertEquals(withoutSize(await printed(await usedHost(40), "status")), withoutSize(AT_40));
});

for (const columns of WIDTHS) {
  Deno.test(`status fits ${columns} columns and breaks no id, on and off, with and without a choice`, async () => {
    for (const args of [["status"], ["status", "--exact"]]) {
      const text = await printed(await usedHost(columns), ...args);
      assertFits(text, columns);
      assertStringIncludes(text, ` ${MACHINE_ID}\n`);
    }
    for (const env of [{ DO_NOT_TRACK: "1" }, { RASA_TELEMETRY_DEBUG: "1" }, { HOME: "" }]) {
      assertFits(await printed(terminalHost(columns, { env }), "status"), columns);
    }
    assertFits(await printed(terminalHost(columns, { files: JUST_TOLD }), "status"), columns);
  });
}

Deno.test("status lays out for 80 columns where a terminal doesn't say its width, and for 20 where it is narrower", async () => {
  assertEquals(withoutSize(await printed(await usedHost(undefined), "status")), withoutSize(AT_80));
  assertEquals(await printed(await usedHost(5), "status"), await printed(await usedHost(20), "status"));
});

Deno.test("status gives exact times on request, and where its output may be read another day", async () => {
  const exact = "Last delivery  2026-03-01T12:00:00.000Z: 1 report delivered (HTTP 200)\n";
  assertStringIncludes(await printed(await usedHost(80), "status", "--exact"), exact);
  const piped = await usedHost(80);
  Object.assign(piped.terminal, { stdout: false });
  const text = await printed(piped, "status");
  assertStringIncludes(text, exact);
  assertStringIncludes(text, "Notice         shown 2026-02-01T00:00:00.000Z\n");
  // A line for each row, however long.
  assertEquals(text.trim().split("\n").length, AT_80.trim().split("\n").length - 1);
});

Deno.test("status counts wide letters of a path twice", async () => {
  // 38 columns with what stands behind it, so that only the longest path has no room beside its label.
  const home = "/home/ユーザー名前名前";
  const host = terminalHost(52, { env: { RASA_TELEMETRY_HOME: home, RASA_TELEMETRY_ENABLED: "1" } });
  const text = await printed(host, "status");
  assertFits(text, 52);
  assertStringIncludes(text, `Queue          ${home}/telemetry\nSent log\n  ${home}/telemetry/sent.log\n`);
});

Deno.test("status says nothing on standard error but what is wrong with --quiet", async () => {
  const host = terminalHost(80, { env: { RASA_TELEMETRY_MACHINE_ID: "ada" } });
  await runHere(host, "status", "-q");
  assertEquals(host.err, "rasa-telemetry: RASA_TELEMETRY_MACHINE_ID is ignored: it must be 32 hex digits or a UUID\n");
});

Deno.test("status --json has every documented field, and no other", async () => {
  const host = await usedHost(80);
  assertEquals(await runJson(host, "status"), {
    enabled: true,
    decidedBy: "default",
    overruled: [],
    since: null,
    debug: false,
    permission: "told",
    leavesFrom: host.now().toISOString(),
    toldAt: "2026-02-01T00:00:00.000Z",
    machineId: MACHINE_ID,
    formerIds: [OTHER_ID],
    addressee: "Rasa",
    endpoint: BUILD.endpoint,
    configFile: CONFIG_FILE,
    policyFile: null,
    queueDirectory: QUEUE,
    queued: 1,
    held: 0,
    heldBy: { hour: 0, notice: 0, licence: 0 },
    hopeless: 0,
    passedBy: { newer: 0, foreign: 0, unreadable: 0 },
    delivery: "free",
    nextDelivery: null,
    dropped: 3,
    droppedBy: { limits: 2, age: 0, size: 0, unknown: 0, untold: 1, withdrawn: 0, environment: 0, disk: 0 },
    lastDelivery: { at: NOON.toISOString(), outcome: "delivered", reports: 1, status: 200 },
    version: "1.2.3",
  });
});

const NOW = NOON.toISOString();
const LOCAL = {
  [CONFIG_FILE]: STORED_OFF,
  [RECORD_FILE]: recordOf({ local: true, choice: `off 2025-05-03T10:12:13.123Z ${MACHINE_ID}` }),
};

/** Machines, and what `status` says of each: whether it is on, why, under what a report is recorded, and when it leaves. */
const DECISIONS: readonly (readonly [
  options: MemoryHostOptions,
  enabled: boolean,
  decidedBy: string,
  permission: string | null,
  leavesFrom: string | null,
])[] = [
  [{}, true, "default", "untold", null],
  [{ files: { [CONFIG_FILE]: STORED_ON } }, true, "default", "untold", null],
  [{ files: JUST_TOLD }, true, "default", "told", HALF_PAST_TWELVE],
  [{ files: TOLD }, true, "default", "told", NOW],
  [{ files: ASKED }, true, "configuration", "asked", NOW],
  [{ files: LOCAL }, true, "local", "local", null],
  [{ files: { [CONFIG_FILE]: STORED_OFF } }, false, "configuration", null, null],
  [{ files: { [CONFIG_FILE]: "[" } }, false, "configuration", null, null],
  [{ env: { RASA_TELEMETRY_ENABLED: "1" } }, true, "RASA_TELEMETRY_ENABLED", "environment", NOW],
  [{ env: { RASA_TELEMETRY_ENABLED: "1" }, files: JUST_TOLD }, true, "RASA_TELEMETRY_ENABLED", "environment", NOW],
  [{ env: { RASA_TELEMETRY_ENABLED: "1" }, files: ASKED }, true, "RASA_TELEMETRY_ENABLED", "asked", NOW],
  [
    { env: { RASA_TELEMETRY_ENABLED: "1" }, files: { [CONFIG_FILE]: STORED_OFF } },
    false,
    "configuration",
    null,
    null,
  ],
  [{ env: { RASA_TELEMETRY_ENABLED: "no" }, files: ASKED }, false, "RASA_TELEMETRY_ENABLED", null, null],
  [{ env: { DO_NOT_TRACK: "1" }, files: ASKED }, false, "DO_NOT_TRACK", null, null],
  [{ env: { HOME: "" } }, false, "unwritable", null, null],
  [{ env: { RASA_TELEMETRY_HOME: "~" } }, false, "unwritable", null, null],
  [{ files: { ...ASKED, "/etc/rasa/telemetry.yml": "enabled: no\n" } }, false, "policy", null, null],
  [{ env: { RASA_LICENSE: LOCKING } }, true, "licence", "licence", null],
  [{ env: { RASA_LICENSE: LOCKING }, files: JUST_TOLD }, true, "licence", "licence", NOW],
];

for (const [options, enabled, decidedBy, permission, leavesFrom] of DECISIONS) {
  Deno.test(`status says ${enabled} by ${decidedBy} for ${JSON.stringify(options)}, and writes nothing that stays`, async () => {
    const host = new MemoryHost(options);
    const before = [...host.files.nodes.keys()];
    await runLicensed(host, "status", "--json");
    const status = JSON.parse(host.out);
    assertEquals([status.enabled, status.decidedBy, status.permission, status.leavesFrom], [
      enabled,
      decidedBy,
      permission,
      leavesFrom,
    ]);
    assertEquals([[...host.files.nodes.keys()], host.requests], [before, []]);
  });
}

/** Machines, and since when `status` says that the choice which decides stands. */
const SINCE: readonly (readonly [since: string | null, MemoryHostOptions])[] = [
  ["2026-02-01T00:00:00.000Z", { files: ASKED }],
  ["2025-05-03T10:12:13.123Z", { files: { [CONFIG_FILE]: STORED_OFF } }],
  ["2025-05-03T10:12:13.123Z", { files: LOCAL }],
  [null, { files: TOLD }],
  [null, { files: ASKED, env: { RASA_TELEMETRY_ENABLED: "1" } }],
  [null, { files: { [CONFIG_FILE]: STORED_OFF }, env: { DO_NOT_TRACK: "1" } }],
];

for (const [since, options] of SINCE) {
  Deno.test(`status says since ${since} for ${JSON.stringify(options)}`, async () => {
    const host = new MemoryHost(options);
    assertEquals((await runJson(host, "status")).since, since);
    const [, said = null] = /^Since +(.*)$/m.exec(await printed(host, "status")) ?? [];
    assertEquals(said, since);
  });
}

/** Choices one after the other, a minute apart, and which of them `status` says that it stands since. */
const SUCCESSIONS: readonly (readonly [choices: readonly (readonly string[])[], since: number])[] = [
  [[["disable"], ["enable", "--local"]], 1],
  [[["enable", "--local"], ["disable"]], 1],
  [[["disable"], ["disable"]], 0],
  [[["enable", "--local"], ["enable", "--local"]], 0],
  [[["enable"], ["enable"]], 0],
  [[["enable"], ["disable"], ["enable"]], 2],
];

for (const [choices, at] of SUCCESSIONS) {
  Deno.test(`status says since when after ${choices.map((args) => args.join(" ")).join(", ")}`, async () => {
    const host = new MemoryHost();
    const moments: string[] = [];
    for (const args of choices) {
      moments.push(host.now().toISOString());
      await runHere(host, ...args);
      host.clock += 60_000;
    }
    assertEquals((await runJson(host, "status")).since, moments[at]);
  });
}

/** What says no from outside: while it does, `status` tells all the same what is stored here. */
const OUTSIDE: readonly MemoryHostOptions[] = [
  { env: { RASA_TELEMETRY_ENABLED: "no" } },
  { env: { DO_NOT_TRACK: "1" } },
  { files: { "/etc/rasa/telemetry.yml": "enabled: no\n" } },
];

for (const { env, files } of OUTSIDE) {
  Deno.test(`status says what is stored, and what becomes of what waits, under ${JSON.stringify({ env, files })}`, async () => {
    const host = new MemoryHost({ files: JUST_TOLD });
    await runHere(host, "track", "Shell Started");
    const before = await runJson(host, "status");
    Object.assign(host.variables, env);
    for (const [path, text] of Object.entries(files ?? {})) host.files.plant(path, text);
    const { toldAt, machineId, queued, heldBy } = await runJson(host, "status");
    assertEquals({ toldAt, machineId, queued, heldBy }, {
      toldAt: "2026-03-01T11:30:00.000Z",
      machineId: before.machineId,
      queued: 1,
      heldBy: { hour: 1, notice: 0, licence: 0 },
    });
    const text = withoutSize(await printed(host, "status"));
    const held = `1 report, SIZE, held until ${HALF_PAST_TWELVE}; nothing leaves while telemetry is off`;
    assertStringIncludes(text, `Waiting        ${held}\n`);
    assertStringIncludes(text, "Notice         shown 2026-03-01T11:30:00.000Z\n");
  });
}

/** What comes of reports where nothing can be kept, and the environment says on. */
const UNKEPT: readonly (readonly [env: Readonly<Record<string, string>>, effect: string, outcome: string])[] = [
  [
    { RASA_TELEMETRY_ENABLED: "1" },
    "each report gets one attempt, and nothing of it is kept or noted",
    "delivered",
  ],
  [{ RASA_LICENSE: LOCKING }, "no showing of the notice can be kept, so each report is dropped", "dropped"],
];

for (const [[env, effect, outcome], isUsed] of UNKEPT.flatMap((row) => [[row, true], [row, false]] as const)) {
  const where = isUsed ? "nothing can be kept any more" : "nothing could ever be kept";
  Deno.test(`status says where ${where}: ${effect}; and track does so`, async () => {
    const host = new MemoryHost({ env });
    if (isUsed) host.files.plant(`${QUEUE}/sending.lock`, "");
    host.files.before = ({ action }) => {
      if (["create", "lock", "append", "makeDirectory"].includes(action)) throw new FileFault(action, "EROFS");
    };
    await runLicensed(host, "status", "-q");
    assertEquals(host.err, `rasa-telemetry: ${QUEUE} can't be written: ${effect}\n`);
    host.out = "";
    await runLicensed(host, "track", "Shell Started", "--json");
    assertEquals(JSON.parse(host.out).outcome, outcome);
  });
}

/** What people are told of when reports leave. */
const LEAVING: readonly (readonly [options: MemoryHostOptions, said: string])[] = [
  [{}, "not before rasa-telemetry init has shown the notice; what is older than an hour then is deleted"],
  [{ files: JUST_TOLD }, `held until ${clockTime(new Date(HALF_PAST_TWELVE), NOON)}`],
  [{ files: TOLD }, "at once"],
  [{ files: ASKED }, "at once"],
  [{ files: LOCAL }, "never: what is recorded stays on this machine"],
  [{ env: { RASA_TELEMETRY_ENABLED: "1" } }, "at once, while RASA_TELEMETRY_ENABLED says on"],
  [{ env: { RASA_LICENSE: LOCKING } }, "once rasa-telemetry init has shown the notice"],
];

for (const [options, said] of LEAVING) {
  Deno.test(`status for people says "${said}"`, async () => {
    const host = terminalHost(200, options);
    await runLicensed(host, "status");
    assertStringIncludes(host.out, `\nLeaving        ${said}\n`);
  });
}

Deno.test("status names exactly until when reports are held where its output may be read another day", async () => {
  const host = new MemoryHost({ files: JUST_TOLD });
  assertStringIncludes(await printed(host, "status"), `Leaving        held until ${HALF_PAST_TWELVE}\n`);
});

Deno.test("status says how much never leaves, and when what may leave goes by itself", async () => {
  const host = new MemoryHost({ files: ASKED, env: { RASA_TELEMETRY_ENABLED: "1" }, respond: () => 503 });
  await runHere(host, "track", "Shell Started");
  host.files.plant(`${QUEUE}/000000000000001-00000000-0000-4000-8000-00000000000a.asked.shell-started.json`, "{");
  const { queued, hopeless, nextDelivery } = await runJson(host, "status");
  assertEquals([queued, hopeless], [2, 1]);
  assertEquals(Date.parse(String(nextDelivery)) > host.clock, true);
  const fate =
    `; 1 of them never to leave, and deleted by the next delivery; nothing goes by itself before ${nextDelivery}`;
  assertStringIncludes(withoutSize(await printed(host, "status")), `2 reports, SIZE${fate}\n`);
  host.clock = Date.parse(String(nextDelivery));
  assertEquals((await runJson(host, "status")).nextDelivery, null);
});

Deno.test("status says how much is held for the notice, and how much for a licence that is gone", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  await runLicensed(host, "track", "Shell Started");
  delete host.variables.RASA_LICENSE;
  await runHere(host, "track", "Shell Started");
  const both = "held 1 until the notice was shown, 1 until a licence keeps telemetry on again";
  assertStringIncludes(withoutSize(await printed(host, "status")), `2 reports, SIZE, ${both}\n`);
});

Deno.test("status names the local log, under local mode alone", async () => {
  const host = new MemoryHost();
  assertEquals((await printed(host, "status")).includes("Local log"), false);
  await runHere(host, "enable", "--local");
  const text = await printed(host, "status");
  assertStringIncludes(text, `Local log    ${QUEUE}/local.log\n`.replace("    ", "      "));
  assertStringIncludes(text, "Permission     local: reports are kept on this machine\n");
});

Deno.test("status counts what waits, and what of it is held", async () => {
  const host = new MemoryHost({ files: JUST_TOLD });
  await runHere(host, "track", "Shell Started");
  const { queued, held } = await runJson(host, "status");
  assertEquals([queued, held], [1, 1]);
  assertStringIncludes(
    withoutSize(await printed(host, "status")),
    `Waiting        1 report, SIZE, held until ${HALF_PAST_TWELVE}\n`,
  );
  host.variables.RASA_TELEMETRY_ENABLED = "1";
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertStringIncludes(
    withoutSize(await printed(host, "status")),
    `2 reports, SIZE, 1 of them held until ${HALF_PAST_TWELVE}\n`,
  );
});

Deno.test("status and flush say for what reports are held that were recorded under a licence or before a notice", async () => {
  const host = new MemoryHost({ files: ASKED });
  host.variables.RASA_LICENSE = LOCKING;
  await runLicensed(host, "track", "Shell Started");
  delete host.variables.RASA_LICENSE;
  const said = async () => {
    const before = host.out.length;
    await runLicensed(host, "status", "--json");
    const { held, heldBy } = JSON.parse(host.out.slice(before));
    host.err = "";
    await runLicensed(host, "flush");
    return [held, heldBy, host.err];
  };
  const nothing = { hour: 0, notice: 0, licence: 0 };
  assertEquals(await said(), [
    1,
    { ...nothing, licence: 1 },
    "0 delivered, 0 rejected, 1 left: held until a licence keeps telemetry on again\n",
  ]);
  host.variables.RASA_LICENSE = LOCKING;
  assertEquals(await said(), [
    1,
    { ...nothing, notice: 1 },
    "0 delivered, 0 rejected, 1 left: held until the notice was shown; rasa-telemetry init shows it\n",
  ]);
});

Deno.test("status says unwritable where nothing can be kept", async () => {
  const host = new MemoryHost({ files: TOLD });
  host.files.before = ({ action }) => {
    if (action === "create") throw new FileFault("create a file", "ENOSPC");
  };
  const status = await runJson(host, "status");
  assertEquals([status["enabled"], status["decidedBy"], status["permission"]], [false, "unwritable", null]);
});

Deno.test("status names the policy file that says no", async () => {
  const host = new MemoryHost({ files: { "/project/.rasa-telemetry.yml": "enabled: false\n" } });
  assertEquals((await runJson(host, "status"))["policyFile"], "/project/.rasa-telemetry.yml");
  assertStringIncludes(await printed(host, "status"), "Decided by     a policy file: /project/.rasa-telemetry.yml\n");
});

Deno.test("status names every no that the licence overrules, and says so", async () => {
  const host = new MemoryHost({
    env: { RASA_LICENSE: LOCKING, DO_NOT_TRACK: "1" },
    files: { [CONFIG_FILE]: STORED_OFF },
  });
  await runLicensed(host, "status", "--json");
  assertEquals(JSON.parse(host.out).overruled, ["DO_NOT_TRACK", "configuration"]);
  assertEquals(
    host.err,
    "rasa-telemetry: DO_NOT_TRACK and the stored choice say off, but the licence doesn't allow that; " +
      "see https://rasa.com/developer-terms\n",
  );
});

Deno.test("status under a licence doesn't say that RASA_TELEMETRY_HOME switches telemetry off", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING, RASA_TELEMETRY_HOME: "state" } });
  await runLicensed(host, "status");
  assertEquals(
    host.err,
    "rasa-telemetry: RASA_TELEMETRY_HOME must be an absolute path (~/ at its beginning is allowed)\n" +
      "rasa-telemetry: a home folder that is no absolute path says off, but the licence doesn't allow that; " +
      "see https://rasa.com/developer-terms\n",
  );
});

Deno.test("status in debug mode says that nothing is written or sent", async () => {
  const host = new MemoryHost({ files: TOLD, env: { RASA_TELEMETRY_DEBUG: "debug" } });
  assertEquals((await runJson(host, "status"))["debug"], true);
  assertStringIncludes(await printed(host, "status"), "reports are printed, and nothing is written or sent.\n");
});

/** What is wrong with a machine, and how people are told. */
const WRONG: readonly (readonly [name: string, options: MemoryHostOptions, said: string])[] = [
  [
    "a global.yml that can't be understood",
    { files: { [CONFIG_FILE]: "[" } },
    `${CONFIG_FILE} can't be used: it is not a YAML mapping, so telemetry is off; repair or remove it`,
  ],
  [
    "a global.yml that can't be understood, on by the environment",
    { files: { [CONFIG_FILE]: "[" }, env: { RASA_TELEMETRY_ENABLED: "1" } },
    `${CONFIG_FILE} can't be used: it is not a YAML mapping; repair or remove it`,
  ],
  [
    "a record that a newer version wrote",
    { files: { ...TOLD, [RECORD_FILE]: '{"format": 2}' } },
    `${RECORD_FILE} can't be used: a newer version of this program wrote it; install that; ` +
    "nothing can be kept until then",
  ],
  [
    "a RASA_TELEMETRY_HOME that isn't absolute",
    { env: { RASA_TELEMETRY_HOME: "state" } },
    "RASA_TELEMETRY_HOME must be an absolute path (~/ at its beginning is allowed): telemetry is off",
  ],
  [
    "a RASA_TELEMETRY_MACHINE_ID that is none",
    { env: { RASA_TELEMETRY_MACHINE_ID: "ada" } },
    "RASA_TELEMETRY_MACHINE_ID is ignored: it must be 32 hex digits or a UUID",
  ],
  [
    "somebody else's write key",
    { env: { RASA_TELEMETRY_WRITE_KEY: "other" } },
    "RASA_TELEMETRY_WRITE_KEY is ignored: this build has a write key of its own",
  ],
  [
    "a no that was written over",
    {
      files: {
        [CONFIG_FILE]: STORED_ON,
        [RECORD_FILE]: recordOf({
          choice: "off x",
          overwritten: `on 2025-05-03T10:12:13.123Z ${MACHINE_ID}`,
        }),
      },
    },
    "global.yml says again what it said before your choice: a program that hadn't seen that wrote over it; it holds",
  ],
];

for (const [name, options, said] of WRONG) {
  Deno.test(`status says what is wrong with ${name}`, async () => {
    const host = new MemoryHost(options);
    assertEquals([await runHere(host, "status"), host.err], [0, `rasa-telemetry: ${said}\n`]);
  });
}

/** How large a report is, is not this test's business. */
function withoutSize(text: string): string {
  return text.replace(/\d+(\.\d+)? (B|kiB)/, "SIZE");
}

Deno.test("status says why no notice would count where nothing tells a container from others", async () => {
  const host = new MemoryHost({ env: { container: "docker" } });
  await runHere(host, "status");
  assertStringIncludes(
    host.out,
    "never: nothing tells this container from others, so no notice would count, unless you enable it",
  );
});
