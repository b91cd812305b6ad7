import { loadCommands } from "../../lib/cli.ts";
import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import {
  ASKED,
  CONFIG_FILE,
  QUEUE,
  queued,
  RECORD_FILE,
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";

/** What another process, a planted file, a broken disk or a crash can do between two steps of the program. */

const saidYes = (): MemoryHost => new MemoryHost({ files: ASKED });
const HOUR_MS = 60 * 60 * 1000;
const waitingFiles = (host: MemoryHost): string[] =>
  host.files.names(QUEUE).filter((name) => /^\d{15}-.*\.json$/.test(name));

async function queueOne(host: MemoryHost): Promise<void> {
  await runHere(host, "track", "Shell Started", "--timeout", "0");
}

/** Changes the report that waits, as somebody with an editor could. */
function edit(host: MemoryHost, change: (report: Record<string, Record<string, unknown>>) => void): void {
  const [name] = waitingFiles(host);
  const path = `${QUEUE}/${name}`;
  const file = JSON.parse(host.files.text(path) ?? "");
  change(file.report);
  host.files.plant(path, JSON.stringify(file));
}

const EDITS: Readonly<Record<string, (report: Record<string, Record<string, unknown>>) => void>> = {
  "a property's value": (report) => report["properties"]!["type"] = "sk-secret",
  "an unknown property": (report) => report["properties"]!["note"] = "sk-secret",
  "metrics_id": (report) => report["properties"]!["metrics_id"] = "sk-secret",
  "the system": (report) => report["context"]!["os"] = "sk-secret",
  "the system's name": (report) => report["context"]!["os"] = { name: "sk-secret", version: null },
  "the project": (report) => report["context"]!["project"] = "sk-secret",
  "a count": (report) => report["context"]!["cpu"] = 4111111111111111,
  "the company's shape": (report) => report["context"]!["company"] = { name: "sk-secret" },
  "a missing key": (report) => delete report["context"]!["gpu"],
  "the timestamp": (report) => Object.assign(report, { timestamp: "2026-03-01 12:00:00 (sk-secret)" }),
  "the event": (report) => Object.assign(report, { event: "sk-secret" }),
  "a key at the top": (report) => Object.assign(report, { secret: "sk-secret" }),
};

for (const [name, change] of Object.entries(EDITS)) {
  Deno.test(`flush sends no report in which somebody changed ${name}`, async () => {
    const host = saidYes();
    await queueOne(host);
    edit(host, change);
    assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 0 });
    assertEquals([host.requests, host.files.names(QUEUE).filter((file) => file.endsWith(".broken")).length], [[], 1]);
  });
}

for (const home of ["relative/home", "\uFFFD", "/home/\uFFFD"]) {
  Deno.test(`track and status take a HOME of ${JSON.stringify(home)} for none, because a no might be stored in the real one`, async () => {
    const host = new MemoryHost({ env: { HOME: home } });
    assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
    assertEquals([host.files.writes, (await runJson(host, "status"))["decidedBy"]], [[], "unwritable"]);
  });
}

Deno.test("init by several processes at a time shows the notice once, and loses nothing that was held", async () => {
  // All of them read the choice before the first one shows the notice.
  await loadCommands();
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  host.out = "";
  const codes = await Promise.all([1, 2, 3, 4].map(() => runHere(host, "init", "--json")));
  assertEquals(codes, [0, 0, 0, 0]);
  assertEquals(host.out.split('"shown": true').length - 1, 1);
  host.clock += HOUR_MS;
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
});

for (
  const spelling of [
    "2025-05-03 10:12:13.123000+00:00",
    "2025-05-03T10:12:13.123Z",
    "2025-05-03 12:12:13.123+02:00",
    "2025-05-03 10:12:13.123456",
  ]
) {
  Deno.test(`flush sends what waits after another tool has written the same date as ${spelling}`, async () => {
    const host = saidYes();
    await queueOne(host);
    host.files.plant(CONFIG_FILE, STORED_ON.replaceAll("2025-05-03 10:12:13.123456", spelling));
    assertEquals((await runJson(host, "flush"))["delivered"], 1);
  });
}

Deno.test("disable deletes what waits also where the choice can't be stored", async () => {
  const broken = saidYes();
  await queueOne(broken);
  broken.files.plant(CONFIG_FILE, "metrics: [");
  assertEquals([await runHere(broken, "disable"), queued(broken)], [0, []]);
  const broke = saidYes();
  await queueOne(broke);
  broke.files.before = ({ action }) => {
    if (action === "create" || action === "append") throw new FileFault("make a file", "EIO");
  };
  assertEquals([await runHere(broke, "disable"), queued(broke)], [2, []]);
  assertEquals(broke.files.names("/home/ada/.config/rasa"), ["global.yml", "telemetry"]);
});

Deno.test("disable keeps a no in an empty file where the disk is full", async () => {
  const host = saidYes();
  await queueOne(host);
  host.files.before = ({ action }) => {
    if (action === "create") throw new FileFault("create a file", "ENOSPC");
  };
  assertEquals([await runHere(host, "disable"), queued(host)], [0, []]);
  assertEquals(
    host.err,
    `rasa-telemetry: Cannot change ${CONFIG_FILE}: ENOSPC; the choice is kept in ${QUEUE} instead\n` +
      "Telemetry is off. 1 waiting report was deleted.\n",
  );
  assertEquals(host.files.text(`${QUEUE}/disabled`), "");
  host.files.before = () => {};
  assertEquals((await runJson(host, "status"))["decidedBy"], "configuration");
});

Deno.test("init has told nobody where its notice can't be written", async () => {
  const host = new MemoryHost();
  host.stderrBroken = true;
  assertEquals(await runJson(host, "init"), { shown: false, answer: null, enabled: true, leavesFrom: null });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  host.stderrBroken = false;
  assertEquals((await runJson(host, "init"))["shown"], true);
});

Deno.test("init shows its notice once where global.yml can't be changed, and leaves that file alone", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "{foo: 1}\n" } });
  const leavesFrom = new Date(NOON.getTime() + HOUR_MS).toISOString();
  assertEquals(await runJson(host, "init"), { shown: true, answer: null, enabled: true, leavesFrom });
  assertEquals(await runJson(host, "init"), { shown: false, answer: null, enabled: true, leavesFrom });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  host.clock += HOUR_MS;
  assertEquals((await runJson(host, "flush"))["delivered"], 1);
  assertEquals(host.files.text(CONFIG_FILE), "{foo: 1}\n");
});

/** What may stand in the record's place. `kept`: the program can't use it, and must not write there. */
const RECORDS: readonly (readonly [what: string, prepare: (host: MemoryHost) => void, kept: boolean])[] = [
  ["garbage", (host) => host.files.plant(RECORD_FILE, "{"), false],
  ["nothing", (host) => host.files.remove(RECORD_FILE), false],
  ["JSON that is no record", (host) => host.files.plant(RECORD_FILE, '{"told":true}'), false],
  ["a record of another format", (host) => host.files.plant(RECORD_FILE, '{"format":0}'), false],
  ["another version's record", (host) => host.files.plant(RECORD_FILE, '{"format":2,"told":{}}'), true],
  ["another user's record", (host) => void host.files.foreign.add(RECORD_FILE), true],
  ["a file of a megabyte", (host) => host.files.plant(RECORD_FILE, "x".repeat(1024 * 1024)), true],
  ["a folder", (host) => void host.files.nodes.set(RECORD_FILE, { kind: "directory", mode: 0o700 }), true],
  ["a pipe", (host) => void host.files.nodes.set(RECORD_FILE, { kind: "other" }), true],
  [
    "a link to another record",
    (host) => {
      host.files.plant(
        "/tmp/consent.json",
        recordOf({ asked: { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: "Rasa" } }),
      );
      host.files.nodes.set(RECORD_FILE, { kind: "link", target: "/tmp/consent.json" });
    },
    true,
  ],
];

for (const [what, prepare, kept] of RECORDS) {
  Deno.test(`no command sends anything where ${what} is in the place of the record of consent`, async () => {
    const host = saidYes();
    await queueOne(host);
    prepare(host);
    const before = host.files.nodes.get(RECORD_FILE);
    const outcome = (await runJson(host, "track", "Shell Started"))["outcome"];
    await runHere(host, "flush");
    assertEquals([outcome, host.requests], [kept ? "disabled" : "held", []]);
    // A report of an epoch that nobody knows never leaves; one of which nobody can tell stays where it is.
    assertEquals([waitingFiles(host).length, host.files.nodes.get(RECORD_FILE) === before], [1, kept]);
    const { decidedBy, droppedBy } = await runJson(host, "status");
    const { withdrawn } = Object(droppedBy);
    assertEquals([decidedBy, withdrawn], kept ? ["unwritable", 0] : ["default", 1]);
  });
}

Deno.test("disable deletes all it can, and says how much it can't", async () => {
  const host = saidYes();
  for (let count = 0; count < 3; count++) await queueOne(host);
  const [stuck] = waitingFiles(host);
  host.files.before = ({ action, path }) => {
    if (action === "remove" && path.endsWith(stuck ?? "")) throw new FileFault("remove a file", "EACCES");
  };
  assertEquals([await runHere(host, "disable"), waitingFiles(host)], [0, [stuck]]);
  assertEquals(
    host.err,
    `rasa-telemetry: 1 report in ${QUEUE} could not be deleted, and will not be sent\nTelemetry is off. 2 waiting reports were deleted.\n`,
  );
});

for (
  const [name, text] of [["emptied", ""], ["removed", undefined], ["broken", "metrics: ["], [
    "switched off",
    STORED_OFF,
  ]] as const
) {
  Deno.test(`flush makes no request after global.yml was ${name} while it was at work`, async () => {
    const host: MemoryHost = new MemoryHost({
      files: ASKED,
      respond: () => {
        if (text === undefined) host.files.nodes.delete(CONFIG_FILE);
        else host.files.plant(CONFIG_FILE, text);
        return 200;
      },
    });
    for (let count = 0; count < 600; count++) await queueOne(host);
    assertEquals([(await runJson(host, "flush"))["delivered"], host.requests.length], [500, 1]);
  });
}

Deno.test("flush sends nothing from a folder from which nothing can be removed, because it would go again each time", async () => {
  const host = saidYes();
  await queueOne(host);
  host.files.before = ({ action }) => {
    if (["create", "remove", "rename", "makeDirectory"].includes(action)) {
      throw new FileFault("change a folder", "EACCES");
    }
  };
  for (let count = 0; count < 3; count++) assertEquals(await runHere(host, "flush"), 4);
  assertEquals(host.requests, []);
});

Deno.test("flush delivers what waits on a full disk", async () => {
  const host = saidYes();
  await queueOne(host);
  host.files.before = ({ action }) => {
    if (["create", "makeDirectory", "append"].includes(action)) throw new FileFault("make something", "ENOSPC");
  };
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
});

Deno.test("track makes its one attempt on a full disk under the lock that disable waits for, and keeps nothing", async () => {
  let held: readonly string[] = [];
  const host: MemoryHost = new MemoryHost({
    env: { RASA_TELEMETRY_ENABLED: "true" },
    files: ASKED,
    respond: () => (held = host.files.held, 200),
  });
  // Any request leaves it.
  host.files.plant(`${QUEUE}/sending.lock`, "");
  const before = host.files.names(QUEUE);
  host.files.before = ({ action }) => {
    if (["create", "makeDirectory", "append"].includes(action)) throw new FileFault("make something", "ENOSPC");
  };
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
  const [lock, note = ""] = held;
  assertEquals([lock, note.startsWith(`${QUEUE}/request-`), host.files.held], [`${QUEUE}/sending.lock`, true, []]);
  assertEquals(
    host.files.names(QUEUE).filter((name) => !name.endsWith(".lock")),
    before.filter((name) => !name.endsWith(".lock")),
  );
});

Deno.test("track takes its report back where somebody opts out while it is written", async () => {
  const host = saidYes();
  host.files.before = ({ action, path }) => {
    if (action === "create" && path.includes("/telemetry/0")) host.files.plant(CONFIG_FILE, STORED_OFF);
  };
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
  assertEquals([waitingFiles(host), host.requests], [[], []]);
});

Deno.test("track tries again at once after a time-out that was shorter than a request may take", async () => {
  let answer: "never" | 200 = "never";
  const host = new MemoryHost({ files: ASKED, respond: () => answer });
  for (let count = 0; count < 3; count++) await runHere(host, "track", "Shell Started", "--timeout", "0.05");
  answer = 200;
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "delivered");
});

Deno.test("flush makes few more requests than there are reports where the server takes only one at a time", async () => {
  const host = new MemoryHost({
    files: ASKED,
    respond: (request) => Array.isArray(request.body["batch"]) ? 413 : 200,
  });
  for (let count = 0; count < 100; count++) await queueOne(host);
  assertEquals((await runJson(host, "flush"))["delivered"], 100);
  assertEquals(host.requests.length <= 110, true);
});

Deno.test("flush asks a server that refuses every report about as often as there are reports", async () => {
  const host = new MemoryHost({ files: ASKED, respond: 413 });
  for (let count = 0; count < 100; count++) await queueOne(host);
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 100, left: 0 });
  assertEquals(host.requests.length <= 110, true);
});

const ID = "10000000-0000-4000-8000-000000000001";
const REPORT = `001700000000000-${ID}.asked.shell-started.json`;
/** Names of temporary files that this program makes. */
const TEMPORARY = [
  `${REPORT}.${ID}.tmp`,
  `consent.json.${ID}.tmp`,
  `delivery.json.${ID}.tmp`,
  `disabled.${ID}.tmp`,
  `told-${"0".repeat(32)}.${ID}.tmp`,
  `told-${"0".repeat(32)}-terminal.${ID}.tmp`,
  `.rasa-telemetry-${ID}.tmp`,
];
/** Names of files that somebody else keeps in the folder. */
const STRANGE = ["a.tmp", "b.broken", "notes.txt.tmp", `notes.${ID}.tmp`, `${REPORT}.old.tmp`, "report.json"];

Deno.test("track removes what crashes left behind: old temporary files, and all but twenty files that were set aside", async () => {
  const host = saidYes();
  for (const name of [...TEMPORARY, ...STRANGE]) host.files.plant(`${QUEUE}/${name}`, "torn");
  for (let count = 0; count < 25; count++) {
    const name = `${String(count).padStart(15, "0")}-${ID}.asked.shell-started.json.broken`;
    host.files.plant(`${QUEUE}/${name}`, "x");
  }
  host.clock += 2 * HOUR_MS;
  const young = TEMPORARY.map((name) =>
    name.replace(ID, ID.replace("1", "2")).replace(`${ID}.tmp`, `${"3".repeat(36)}.tmp`)
  );
  for (const name of young) host.files.plant(`${QUEUE}/${name}`, "being written");
  await runHere(host, "track", "Shell Started");
  const names = host.files.names(QUEUE);
  assertEquals(TEMPORARY.filter((name) => names.includes(name)), []);
  assertEquals(STRANGE.filter((name) => !names.includes(name)), []);
  assertEquals(young.filter((name) => !names.includes(name)), []);
  assertEquals(names.filter((name) => name.endsWith(".json.broken")).length, 20);
});

Deno.test("disable deletes what was being recorded, and nothing that somebody else keeps or that another file becomes", async () => {
  const host = saidYes();
  // Told files go with the telling, those that are being written too.
  const others = [...STRANGE, ...TEMPORARY.filter((name) => !name.startsWith(REPORT) && !name.startsWith("told-"))];
  for (const name of [...TEMPORARY, ...STRANGE, `${REPORT}.broken`]) host.files.plant(`${QUEUE}/${name}`, "x");
  await queueOne(host);
  assertEquals(await runHere(host, "disable"), 0);
  const kept = ["configuration.lock", "consent.json", "dropped", "sending.lock"];
  assertEquals(host.files.names(QUEUE), [...others, ...kept].toSorted());
  // What is no report isn't counted as one.
  assertEquals(host.files.text(`${QUEUE}/dropped`), "w");
});

Deno.test("log skips what somebody planted in the sent log, and a line that a crash tore", async () => {
  const host = saidYes();
  const planted = [{ event: { toString: 1, valueOf: 1 } }, {
    event: "x",
    deep: JSON.parse("[".repeat(3_000) + "]".repeat(3_000)),
  }];
  const lines = planted.map((report) =>
    JSON.stringify({ sentAt: "x", outcome: "rejected", reason: { toString: 1 }, report })
  );
  host.files.plant(`${QUEUE}/sent.log`, `${lines.join("\n")}\n{"sentAt":"2026`);
  await runHere(host, "track", "Shell Started");
  assertEquals(await runHere(host, "log"), 0);
  assertEquals(host.out, `${NOON.toISOString()}  delivered  Shell Started\n`);
});

Deno.test("track and status agree where a file is in the place of a folder", async () => {
  const host = new MemoryHost({ files: { "/home/ada/.config": "a file" } });
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
  assertEquals((await runJson(host, "status"))["decidedBy"], "unwritable");
});

Deno.test("status prints nothing that somebody planted in the delivery's state", async () => {
  const host = saidYes();
  const last = { at: "2026-03-01 (sk-secret)", outcome: "failed", reports: 1, status: 503, note: "sk-secret" };
  host.files.plant(
    `${QUEUE}/delivery.json`,
    JSON.stringify({ notBefore: 0, serverNotBefore: 0, failures: 1, last, note: "sk-secret" }),
  );
  await runHere(host, "status", "--json");
  assertEquals(host.out.includes("secret"), false);
});
