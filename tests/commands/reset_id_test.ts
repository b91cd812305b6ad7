import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
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
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
  TOLD,
} from "../support/scenes/scene.ts";

const OTHER_ID = "0".repeat(31) + "1";

/** Runs the command, and gives what it printed on both streams. */
async function said(host: MemoryHost, ...args: string[]): Promise<[code: number, out: string, err: string]> {
  host.out = host.err = "";
  return [await runHere(host, "reset-id", ...args), host.out, host.err];
}

Deno.test("reset-id makes a new id, keeps the former one, deletes what waits, and needs a new telling", async () => {
  const host = new MemoryHost({ files: TOLD });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const before = recordIn(host)!;
  const [code, out, err] = await said(host);
  const { machineId, epoch, ...record } = recordIn(host)!;
  assertEquals([code, out, err], [0, `${machineId}\n`, `The machine id is new. Former ids: ${MACHINE_ID}\n`]);
  assertEquals([machineId === MACHINE_ID, epoch === before.epoch, queued(host)], [false, false, []]);
  assertEquals(record, {
    place: before.place,
    told: null,
    asked: null,
    local: false,
    choice: before.choice,
    overwritten: null,
    adoptsId: false,
    formerIds: [MACHINE_ID],
  });
  // Rasa's own tools keep their id.
  assertEquals(host.files.text(CONFIG_FILE), STORED_ON);
  const { permission, formerIds } = await runJson(host, "status");
  assertEquals([permission, formerIds, (await runJson(host, "track", "Shell Started"))["outcome"]], [
    "untold",
    [MACHINE_ID],
    "held",
  ]);
  assertEquals((await runJson(host, "init"))["shown"], true);
});

Deno.test("reset-id keeps a yes: reports leave at once, under the new id", async () => {
  const host = new MemoryHost({ files: ASKED });
  const { machineId } = await runJson(host, "reset-id");
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
  assertEquals(host.requests.map(({ body }) => body["userId"]), [machineId]);
});

Deno.test("reset-id keeps a no, and local mode", async () => {
  const off = new MemoryHost({ files: { [CONFIG_FILE]: STORED_OFF } });
  await runHere(off, "reset-id");
  assertEquals([off.files.text(CONFIG_FILE), (await runJson(off, "status"))["enabled"]], [STORED_OFF, false]);
  const local = new MemoryHost({ files: TOLD });
  await runHere(local, "enable", "--local");
  await runHere(local, "reset-id");
  assertEquals((await runJson(local, "track", "Shell Started"))["outcome"], "local");
});

Deno.test("reset-id lists former ids oldest first, and each once", async () => {
  const files = { ...ASKED, [RECORD_FILE]: recordOf({ formerIds: [OTHER_ID] }) };
  const host = new MemoryHost({ files });
  const first = await runJson(host, "reset-id");
  const second = await runJson(host, "reset-id");
  assertEquals([first["formerIds"], second["formerIds"]], [
    [OTHER_ID, MACHINE_ID],
    [OTHER_ID, MACHINE_ID, first["machineId"]],
  ]);
});

Deno.test("reset-id takes Rasa's id for a former one where nothing else was kept yet, and never takes it over again", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  const { machineId, formerIds } = await runJson(host, "reset-id");
  await runHere(host, "enable");
  assertEquals([formerIds, recordIn(host)?.machineId], [[MACHINE_ID], machineId]);
});

Deno.test("reset-id makes an id on a fresh machine, and has no former one to name", async () => {
  const host = new MemoryHost();
  const [code, out, err] = await said(host);
  assertEquals([code, out, err], [0, `${recordIn(host)?.machineId}\n`, "The machine id is new. Former ids: none\n"]);
});

Deno.test("reset-id says that RASA_TELEMETRY_MACHINE_ID comes first", async () => {
  const host = new MemoryHost({ files: ASKED, env: { RASA_TELEMETRY_MACHINE_ID: OTHER_ID } });
  const [code, , err] = await said(host);
  assertStringIncludes(err, "RASA_TELEMETRY_MACHINE_ID comes first: reports carry its id while it is set\n");
  assertEquals([code, (await runJson(host, "status"))["machineId"]], [0, OTHER_ID]);
});

/** What says off before anybody looks at the record. */
const OFF: readonly MemoryHostOptions[] = [
  { env: { DO_NOT_TRACK: "1" } },
  { env: { RASA_TELEMETRY_ENABLED: "false" } },
  { files: { "/etc/rasa/telemetry.yml": "" } },
];

for (const { env = {}, files } of OFF) {
  Deno.test(`reset-id counts where telemetry is off by ${JSON.stringify({ env, files })}`, async () => {
    const host = new MemoryHost({ env, files: { ...TOLD, ...files } });
    const { machineId, formerIds } = await runJson(host, "reset-id");
    host.files.nodes.delete("/etc/rasa/telemetry.yml");
    Object.assign(host.variables, { DO_NOT_TRACK: undefined, RASA_TELEMETRY_ENABLED: undefined });
    const status = await runJson(host, "status");
    assertEquals([formerIds, status["machineId"], status["formerIds"]], [[MACHINE_ID], machineId, [MACHINE_ID]]);
  });
}

/** A user's files with everything in them that this program ever keeps, and something of other people's. */
async function fullHost(): Promise<MemoryHost> {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started");
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const files = ["sent.log.1", "local.log", "local.log.1", "dropped", "told-0123"];
  for (const name of files) host.files.plant(`${QUEUE}/${name}`, "");
  host.files.plant(`${QUEUE}/000000000000001-x.json.broken`, "{");
  return host;
}

Deno.test("reset-id --forget removes all but the choice, and names the forgotten ids for the last time", async () => {
  const host = await fullHost();
  const { asked, choice } = recordIn(host)!;
  const [code, out, err] = await said(host, "--forget");
  const record = recordIn(host)!;
  assertEquals([code, out, err], [0, "", `Forgotten: ${MACHINE_ID}\n`]);
  assertEquals([record.asked, record.choice, record.formerIds, record.machineId], [asked, choice, [], null]);
  // Locks hold nothing.
  const left = host.files.names(QUEUE).filter((name) => !name.endsWith(".lock"));
  assertEquals([left, host.files.text(CONFIG_FILE)], [["consent.json"], STORED_ON]);
});

Deno.test("reset-id with and without --forget says which request may still arrive under the old id", async () => {
  for (const args of [[], ["--forget"]]) {
    const host = await fullHost();
    const moment = String(NOON.getTime()).padStart(15, "0");
    host.files.plant(`${QUEUE}/request-${moment}-2.${"0".repeat(36)}.tmp`, "");
    const [code, , err] = await said(host, ...args);
    assertEquals(code, 0);
    assertStringIncludes(err, " with 2 reports has no answer: it may still arrive\n");
  }
});

/** Lets other processes' requests end while the command waits for them, and write what came of them. */
function endWhileWaiting({ files }: MemoryHost): void {
  const lock = `${QUEUE}/sending.lock`;
  files.lockedElsewhere.add(lock);
  files.before = ({ path }) => {
    if (path !== lock) return;
    files.before = () => {};
    for (const name of ["sent.log", "unlogged", "local.log"]) files.plant(`${QUEUE}/${name}`, MACHINE_ID);
    files.lockedElsewhere.delete(lock);
  };
}

Deno.test("reset-id --forget deletes what a request that ended meanwhile has logged; reset-id alone keeps it", async () => {
  for (const args of [[], ["--forget"]]) {
    const host = await fullHost();
    endWhileWaiting(host);
    assertEquals((await said(host, ...args))[0], 0);
    const logs = ["sent.log", "unlogged", "local.log"].filter((name) => host.files.names(QUEUE).includes(name));
    assertEquals(logs.length, args.length === 0 ? 3 : 0);
  }
});

Deno.test("reset-id --forget ends with 2 where it can't delete what was logged meanwhile, and names the ids", async () => {
  const host = await fullHost();
  endWhileWaiting(host);
  const { before } = host.files;
  host.files.before = (operation) => {
    before(operation);
    if (operation.path !== `${QUEUE}/sending.lock`) return;
    host.files.before = ({ action, path }) => {
      if (action === "remove" && path.endsWith("sent.log")) throw new FileFault("remove a file", "EACCES");
    };
  };
  const [code, , err] = await said(host, "--forget");
  const why = `Cannot delete the logs in ${QUEUE}: EACCES; an id that is forgotten may be in one; run the same again`;
  assertEquals([code, err], [2, `rasa-telemetry: ${why}\nForgotten: ${MACHINE_ID}\n`]);
});

Deno.test("reset-id --forget misses nothing that another process has removed meanwhile", async () => {
  const host = await fullHost();
  host.files.before = ({ action, path }) => {
    if (action === "remove" && path.endsWith("sent.log")) throw new FileFault("remove a file", "ENOENT");
  };
  const [code, , err] = await said(host, "--forget");
  assertEquals([code, err], [0, `Forgotten: ${MACHINE_ID}\n`]);
});

Deno.test("reset-id --forget keeps a no beside global.yml, which is a choice", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "metrics: [" } });
  await runHere(host, "disable");
  await runHere(host, "reset-id", "--forget");
  assertEquals(host.files.names(QUEUE).includes("disabled"), true);
});

Deno.test("reset-id --forget --json gives the forgotten ids", async () => {
  const asked = { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: BUILD.recipient };
  const host = new MemoryHost({ files: { ...ASKED, [RECORD_FILE]: recordOf({ asked, formerIds: [OTHER_ID] }) } });
  const { machineId, formerIds } = await runJson(host, "reset-id", "--forget");
  assertEquals([formerIds, machineId, recordIn(host)?.formerIds], [[OTHER_ID, MACHINE_ID], null, []]);
  // Rasa's id, which is still in global.yml, isn't taken over.
  await runHere(host, "track", "Shell Started");
  assertEquals([host.requests.length, host.requests[0]?.body["userId"] === MACHINE_ID], [1, false]);
});

/** What keeps a new id from being made, and how people are told. */
const IN_THE_WAY: readonly (readonly [name: string, prepare: (host: MemoryHost) => void, why: string])[] = [
  ["nothing can be written", (host) => makeReadOnly(host), "EROFS"],
  [
    "a newer version wrote the record",
    (host) => host.files.plant(RECORD_FILE, '{"format": 2}'),
    "a newer version of this program wrote it; install that",
  ],
  ["the record is another user's", (host) => void host.files.foreign.add(RECORD_FILE), "it belongs to another user"],
  [
    "another process keeps the lock",
    (host) => void host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`),
    "another process has been changing it for 2 s; try again",
  ],
];

for (const [name, prepare, why] of IN_THE_WAY) {
  Deno.test(`reset-id ends with 2 and changes no id where ${name}`, async () => {
    for (const args of [[], ["--forget"]]) {
      const host = new TimedHost({ files: TOLD });
      prepare(host);
      const before = host.files.text(RECORD_FILE);
      assertEquals([await host.until(runHere(host, "reset-id", ...args)), host.out, host.err], [
        2,
        "",
        `rasa-telemetry: Cannot make a new machine id in ${QUEUE}: ${why}\n`,
      ]);
      assertEquals(host.files.text(RECORD_FILE), before);
    }
  });
}

Deno.test("reset-id --forget says what can't be removed, and leaves id and yes as they were", async () => {
  const host = await fullHost();
  const record = recordIn(host);
  host.files.before = ({ action, path }) => {
    if (action === "remove" && path.endsWith("sent.log")) throw new FileFault("remove a file", "EACCES");
  };
  const [code, , err] = await said(host, "--forget");
  assertEquals([code, err, recordIn(host)], [
    2,
    `rasa-telemetry: Cannot make a new machine id in ${QUEUE}: EACCES\n`,
    record,
  ]);
});
