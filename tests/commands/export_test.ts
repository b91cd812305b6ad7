import { assertEquals, assertStringIncludes } from "@std/assert";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { FileFault } from "../../lib/host/host.ts";
import { CATALOGUE_VERSION } from "../../lib/report/catalogue.ts";
import type { ExportDocument } from "../../lib/sender/exported.ts";
import { EXPORT_SCHEMA } from "../../scripts/docs/json_schemas.ts";
import type { Node } from "../support/machine/memory_files.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  queued,
  RECORD_FILE,
  recordOf,
  runHere,
  STORED_OFF,
  toldAt,
} from "../support/scenes/scene.ts";

const FILE = "/project/telemetry.json";
const SENT_LOG = `${QUEUE}/sent.log`;
const TRACK = ["track", "Shell Started"];
const KEEP = [...TRACK, "--timeout", "0"];
const INPUT = { properties: { type: "rasa", password: "hunter2", assistant_id: 7 }, context: { python: "3.11.7" } };
const NOTHING_LEFT_OUT = { never: 0, unclear: 0, newer: 0, foreign: 0, unreadable: 0, broken: 0 };

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(EXPORT_SCHEMA);

/** Exports, and gives the document; asserts that its schema describes it. */
async function exported(host: MemoryHost): Promise<ExportDocument> {
  host.files.nodes.delete(FILE);
  assertEquals(await runHere(host, "export", FILE), 0);
  const document = JSON.parse(host.files.text(FILE) ?? "");
  assertEquals([validate(document), validate.errors], [true, null]);
  return document;
}

/** A machine on which these commands ran. */
async function after(options: MemoryHostOptions, ...commands: readonly (readonly string[])[]): Promise<MemoryHost> {
  const host = new MemoryHost(options);
  for (const command of commands) await runHere(host, ...command);
  host.err = "";
  return host;
}

/** Changes a file of the machine's as somebody else could. */
function rewrite({ files }: MemoryHost, path: string, from: string, to: string): void {
  const text = files.text(path) ?? "";
  assertStringIncludes(text, from);
  files.plant(path, text.replaceAll(from, to));
}

/** The path of the one report that waits. */
function waitingFile(host: MemoryHost): string {
  const [name] = host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));
  return `${QUEUE}/${name}`;
}

Deno.test("export writes what was sent exactly as it left, and what waits exactly as it would leave", async () => {
  const host = await after({ files: ASKED, stdin: INPUT }, TRACK, KEEP);
  const [waiting] = queued(host);
  const left = JSON.parse(host.files.text(SENT_LOG) ?? "");
  const { about, ...document } = await exported(host);
  assertEquals(
    document,
    {
      format: 1,
      madeAt: NOON.toISOString(),
      version: "1.2.3",
      enabled: true,
      decidedBy: "configuration",
      addressee: "Rasa",
      endpoint: "http://127.0.0.1:9",
      machineId: MACHINE_ID,
      formerIds: [],
      toldAt: null,
      since: "2026-02-01T00:00:00.000Z",
      gaps: [],
      waiting: [{ permission: "asked", leavesFrom: NOON.toISOString(), report: waiting?.report }],
      sent: [{
        sentAt: left.sentAt,
        outcome: "delivered",
        endpoint: BUILD.endpoint,
        permission: "asked",
        report: left.report,
      }],
      leftOut: { waiting: NOTHING_LEFT_OUT, sent: 0 },
    } as unknown as typeof document,
  );
  assertEquals(about.length, 5);
  // Neither the value that was withheld nor the name of its property.
  assertEquals(/hunter2|password|assistant_id|withheldUnknown/.exec(host.files.text(FILE) ?? ""), null);
});

Deno.test("export says in the document what the log lacks, and on standard error", async () => {
  const host = await after({ files: ASKED }, TRACK);
  host.files.plant(`${QUEUE}/unlogged`, "\0\0");
  const { gaps } = await exported(host);
  assertEquals(gaps.map((gap) => gap.split(":")[0]), ["the log of what was sent lacks 2 entries"]);
  assertEquals(host.err.includes(gaps[0] ?? "nothing"), true);
});

Deno.test("export and the page say that lines of the log can't be understood", async () => {
  const host = await after({ files: ASKED }, TRACK);
  host.files.plant(SENT_LOG, `garbage\n${host.files.text(SENT_LOG)}`);
  const { sent, gaps } = await exported(host);
  assertEquals([sent.length, gaps.length, gaps[0]?.startsWith("1 line of the log of what was sent")], [1, 1, true]);
  host.out = "";
  await runHere(host, "inspect", "--html", "-");
  assertEquals(host.out.includes("1 line of the log of what was sent"), true);
});

Deno.test("export says that an entry is in a file of another user, which isn't shown", async () => {
  const host = await after({ files: ASKED }, TRACK);
  host.files.foreign.add(SENT_LOG);
  const { sent, gaps } = await exported(host);
  assertEquals([sent, gaps], [[], ["1 entry of the log is left out: its file is another user's"]]);
});

Deno.test("export says off where nothing can be kept, as status does", async () => {
  const host = new MemoryHost({ files: ASKED });
  host.files.before = ({ action, path }) => {
    if (action === "create" && path.startsWith("/home")) throw new FileFault("create a file", "EROFS");
  };
  await runHere(host, "export", "-");
  const { enabled, decidedBy } = JSON.parse(host.out);
  assertEquals([enabled, decidedBy], [false, "unwritable"]);
});

Deno.test("export makes one file for its owner alone, changes nothing else, and sends nothing", async () => {
  const host = await after({ files: ASKED }, TRACK, KEEP);
  const [before, requests] = [new Map(host.files.nodes), host.requests.length];
  assertEquals(await runHere(host, "export", FILE), 0);
  const node = host.files.nodes.get(FILE);
  assertEquals(node?.kind === "file" ? node.mode : node?.kind, 0o600);
  host.files.nodes.delete(FILE);
  assertEquals([host.files.nodes, host.requests.length, host.out], [before, requests, ""]);
  assertEquals(host.err, `${FILE}: 1 report that waits, 1 in the log of what was sent\n`);
});

Deno.test("export - prints the document, and makes no file", async () => {
  const host = await after({ files: ASKED }, KEEP);
  const document = await exported(host);
  host.files.nodes.delete(FILE);
  const before = new Map(host.files.nodes);
  host.err = "";
  assertEquals(await runHere(host, "export", "-"), 0);
  assertEquals([JSON.parse(host.out), host.files.nodes, host.err], [document, before, ""]);
});

const THERE: readonly (readonly [name: string, node: Node, overwriting: string])[] = [
  ["a file", { kind: "file", content: new Uint8Array([1]), mode: 0o644, modified: NOON }, ""],
  ["a folder", { kind: "directory", mode: 0o755 }, "what is there is no file; name another one"],
  ["a link", { kind: "link", target: CONFIG_FILE }, "what is there is no file; name another one"],
  ["a pipe", { kind: "other" }, "what is there is no file; name another one"],
];

for (const [name, node, overwriting] of THERE) {
  Deno.test(`export leaves ${name} alone, and replaces no more than a file when told to`, async () => {
    const host = new MemoryHost({ files: ASKED });
    host.files.nodes.set(FILE, node);
    const before = new Map(host.files.nodes);
    assertEquals(await runHere(host, "export", FILE), 2);
    const refusal = (why: string) => `rasa-telemetry: Cannot write the export to "${FILE}": ${why}\n`;
    assertEquals([host.files.nodes, host.err], [
      before,
      refusal("something is there already; remove it, or name another file"),
    ]);
    host.err = "";
    const code = await runHere(host, "export", FILE, "--overwrite");
    if (overwriting !== "") {
      assertEquals([code, host.files.nodes, host.err], [2, before, refusal(overwriting)]);
      return;
    }
    const written = host.files.nodes.get(FILE);
    assertEquals([code, written?.kind === "file" ? written.mode : 0], [0, 0o600]);
    assertStringIncludes(host.files.text(FILE) ?? "", '{\n  "about": [');
  });
}

/** Names of what this program keeps, in the working folder `/home/ada/.config/rasa` and with a link to its files. */
const OWN = [
  CONFIG_FILE,
  RECORD_FILE,
  SENT_LOG,
  `${QUEUE}/new.json`,
  QUEUE,
  "global.yml",
  "./telemetry/../global.yml",
  "GLOBAL.YML",
  "/project/link/new.json",
  "/project/link/sub/new.json",
];

for (const path of OWN) {
  Deno.test(`export and inspect --html never write to ${path}, which is the program's own`, async () => {
    const host = await after({ files: ASKED, cwd: "/home/ada/.config/rasa" }, TRACK);
    host.files.nodes.set("/project/link", { kind: "link", target: QUEUE });
    const before = new Map(host.files.nodes);
    for (
      const [what, ...args] of [["the export", "export", "--overwrite"], ["the export", "export"], [
        "the page",
        "inspect",
        "--html",
      ]]
    ) {
      host.err = "";
      assertEquals(await runHere(host, ...args, path), 2);
      const why = "this program keeps its own there; name another file";
      assertEquals(host.err, `rasa-telemetry: Cannot write ${what} to "${path}": ${why}\n`);
    }
    assertEquals(host.files.nodes, before);
  });
}

Deno.test("export never replaces the file that global.yml is a link to", async () => {
  const host = await after({ files: ASKED }, TRACK);
  const path = "/project/settings.yml";
  host.files.plant(path, host.files.text(CONFIG_FILE) ?? "");
  host.files.nodes.set(CONFIG_FILE, { kind: "link", target: path });
  assertEquals(await runHere(host, "export", path, "--overwrite"), 2);
  assertStringIncludes(host.err, "this program keeps its own there");
});

Deno.test("export writes beside global.yml, and to other files of its name", async () => {
  const host = await after({ files: ASKED }, TRACK);
  for (const path of ["/home/ada/.config/rasa/export.json", "/project/global.yml", "/project/telemetry"]) {
    assertEquals([await runHere(host, "export", path), host.files.nodes.has(path)], [0, true]);
  }
});

Deno.test("export --overwrite makes a file where there is none", async () => {
  const host = new MemoryHost({ files: ASKED });
  assertEquals([await runHere(host, "export", FILE, "--overwrite"), host.files.nodes.has(FILE)], [0, true]);
});

Deno.test("export leaves the old file where the disk is full", async () => {
  const host = new MemoryHost({ files: { ...ASKED, [FILE]: "old" } });
  const before = new Map(host.files.nodes);
  host.files.before = ({ action, path }) => {
    if (action === "create" && path.endsWith(".tmp")) throw new FileFault("write", "ENOSPC");
  };
  assertEquals([await runHere(host, "export", FILE, "--overwrite"), host.files.nodes], [2, before]);
  assertStringIncludes(host.err, "the disk is full; name a file on another one");
});

for (const args of [[], ["a", "b"], ["--json", FILE]]) {
  Deno.test(`export ${args.join(" ")} is bad usage, and writes nothing`, async () => {
    const host = new MemoryHost({ files: ASKED });
    assertEquals([await runHere(host, "export", ...args), host.files.writes, host.out], [2, [], ""]);
  });
}

/** Files that wait and must not be shown, and what they are counted as. */
const SPOILT: readonly (readonly [
  what: string,
  spoil: (host: MemoryHost, file: string) => void,
  reason: keyof typeof NOTHING_LEFT_OUT,
])[] = [
  ["planted text", (host, file) => rewrite(host, file, '"type":"rasa"', '"type":"Ada Lovelace"'), "broken"],
  ["a planted property", (host, file) => rewrite(host, file, '"type":"rasa"', '"type":"rasa","a":"Ada"'), "broken"],
  ["no report", ({ files }, file) => files.plant(file, "Ada"), "broken"],
  [
    "a newer catalogue",
    (host, file) => rewrite(host, file, `"catalogue":${CATALOGUE_VERSION}`, '"catalogue":99999'),
    "newer",
  ],
  ["another user's report", ({ files }, file) => void files.foreign.add(file), "foreign"],
  ["a report that can't be read", ({ files }, file) => {
    files.before = ({ action, path }) => {
      if (action === "read" && path === file) throw new FileFault("read a file", "EIO");
    };
  }, "unreadable"],
  [
    "another epoch's report",
    (host, file) => rewrite(host, file, "20000000-0000-4000-8000-000000000000", "20000000-0000-4000-8000-000000000001"),
    "never",
  ],
  [
    "what was recorded before a no that nobody has seen yet",
    ({ files }) => files.plant(CONFIG_FILE, STORED_OFF),
    "never",
  ],
  ["what nobody can tell about", ({ files }) => files.plant(RECORD_FILE, '{"format":99}'), "unclear"],
];

for (const [what, spoil, reason] of SPOILT) {
  Deno.test(`export leaves ${what} out and counts it as ${reason}`, async () => {
    const host = await after({ files: ASKED, stdin: INPUT }, KEEP);
    spoil(host, waitingFile(host));
    const { waiting, leftOut } = await exported(host);
    assertEquals([waiting, leftOut.waiting], [[], { ...NOTHING_LEFT_OUT, [reason]: 1 }]);
    assertEquals(/Ada/.exec(host.files.text(FILE) ?? ""), null);
  });
}

Deno.test("export puts right who made what waits, as sending does", async () => {
  const host = await after({ files: ASKED }, KEEP);
  const file = waitingFile(host);
  rewrite(host, file, MACHINE_ID, "f".repeat(32));
  rewrite(host, file, '"company":null', '"company":"Somebody Else"');
  const { waiting: [entry] } = await exported(host);
  assertEquals([entry?.report.userId, entry?.report.context.company], [MACHINE_ID, null]);
});

Deno.test("export puts right who made what waits untold, where there is no id yet", async () => {
  const host = await after({}, KEEP);
  rewrite(host, waitingFile(host), '"company":null', '"company":"Somebody Else"');
  const { waiting: [entry], machineId } = await exported(host);
  assertEquals([entry?.permission, entry?.leavesFrom, machineId], ["untold", null, null]);
  assertEquals([entry?.report.userId, entry?.report.context.company], [null, null]);
});

Deno.test("export says until when a report is held", async () => {
  const host = await after({ files: toldAt(NOON.toISOString()) }, KEEP);
  const { waiting: [entry] } = await exported(host);
  assertEquals([entry?.permission, entry?.leavesFrom], [
    "told",
    new Date(NOON.getTime() + 60 * 60 * 1000).toISOString(),
  ]);
});

/** Noes that leave alone what waits: it may leave again once they are gone. */
const PASSING_NOES: Readonly<Record<string, (host: MemoryHost) => void>> = {
  DO_NOT_TRACK: (host) => void (host.variables["DO_NOT_TRACK"] = "1"),
  RASA_TELEMETRY_ENABLED: (host) => void (host.variables["RASA_TELEMETRY_ENABLED"] = "false"),
  policy: ({ files }) => files.plant("/project/.rasa-telemetry.yml", ""),
};

for (const [decidedBy, say] of Object.entries(PASSING_NOES)) {
  Deno.test(`export shows under a no by ${decidedBy} what waits for the no to end`, async () => {
    const host = await after({ files: ASKED }, KEEP);
    say(host);
    const document = await exported(host);
    assertEquals([document.enabled, document.decidedBy], [false, decidedBy]);
    assertEquals(document.waiting.map(({ leavesFrom }) => leavesFrom), [null]);
    assertEquals(document.machineId, MACHINE_ID);
  });
}

/** Entries of the log that are no reports of this program. */
const EDITED: Readonly<Record<string, readonly [from: string, to: string]>> = {
  "a value that may not leave": ['"type":"rasa"', '"type":"Ada Lovelace"'],
  "a moment that is none": ['{"sentAt":"2', '{"sentAt":"Ada 2'],
  "one key more": ['"type":"rasa"', '"type":"rasa","name":"Ada"'],
};

for (const [what, [from, to]] of Object.entries(EDITED)) {
  Deno.test(`export leaves an entry of the log out that was given ${what}, and counts it`, async () => {
    const host = await after({ files: ASKED, stdin: INPUT }, TRACK);
    rewrite(host, SENT_LOG, from, to);
    const { sent, leftOut } = await exported(host);
    assertEquals([sent, leftOut.sent], [[], 1]);
    assertEquals(/Ada/.exec(host.files.text(FILE) ?? ""), null);
  });
}

Deno.test("export takes nothing of an entry of the log but the time, the outcome and the report", async () => {
  const host = await after({ files: ASKED, stdin: INPUT, respond: 400 }, TRACK);
  rewrite(host, SENT_LOG, '"reason":"HTTP 400"', '"reason":"Ada","withheld":["properties.ada"]');
  const { sent: [entry] } = await exported(host);
  assertEquals([Object.keys(entry ?? {}), entry?.outcome], [
    ["sentAt", "outcome", "endpoint", "permission", "report"],
    "rejected",
  ]);
  assertEquals(/Ada|properties\.ada/.exec(host.files.text(FILE) ?? ""), null);
});

Deno.test("export leaves another user's log out", async () => {
  const host = await after({ files: ASKED }, TRACK);
  host.files.foreign.add(SENT_LOG);
  assertEquals((await exported(host)).sent, []);
});

Deno.test("export says on standard error what the log lacks, and nothing of it in the file", async () => {
  const host = await after({ files: { ...ASKED, [`${QUEUE}/unlogged`]: "x" } }, TRACK);
  await exported(host);
  assertStringIncludes(host.err, "rasa-telemetry: the log of what was sent lacks 1 entry");
});

Deno.test("export names former ids, and knows of nothing without a home", async () => {
  const former = "0".repeat(32);
  const host = new MemoryHost({ files: { ...ASKED, [RECORD_FILE]: recordOf({ formerIds: [former] }) } });
  assertEquals((await exported(host)).formerIds, [former]);
  const homeless = new MemoryHost({ env: { HOME: "" } });
  const { waiting, sent, machineId } = await exported(homeless);
  assertEquals([waiting, sent, machineId], [[], [], null]);
});
