import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { FileFault } from "../../lib/host/host.ts";
import { type RuleId, RULES } from "../../lib/consent/rules.ts";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { rowsOf, textOf } from "../page/page_fixture.ts";
import { claimsAt, makeKeyPair, signToken } from "../support/inputs/licence.ts";
import type { Node, Operation } from "../support/machine/memory_files.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LICENSED, LOCKING } from "../support/scenes/licensed.ts";
import {
  ASKED,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  RECORD_FILE,
  recordOf,
  runHere,
  runJson,
  STORED_OFF,
  toldAt,
} from "../support/scenes/scene.ts";

const FILE = "/project/telemetry.html";
const SAID_YES: MemoryHostOptions = { files: ASKED };

/** Writes the page and gives its text; asserts that all went well. */
async function pageOf(host: MemoryHost, ...args: string[]): Promise<string> {
  host.files.nodes.delete(FILE);
  assertEquals(await runHere(host, "inspect", ...args, "--html", FILE), 0);
  return host.files.text(FILE) ?? "";
}

Deno.test("inspect --html writes one new file for its owner alone, changes nothing else, and sends nothing", async () => {
  const host = new MemoryHost(SAID_YES);
  const before = new Map(host.files.nodes);
  assertEquals(await runHere(host, "inspect", "--html", FILE), 0);
  const page = host.files.nodes.get(FILE);
  assertEquals([page?.kind, page?.kind === "file" ? page.mode : 0], ["file", 0o600]);
  assertStringIncludes(host.files.text(FILE) ?? "", "<!DOCTYPE html>\n");
  host.files.nodes.delete(FILE);
  assertEquals([host.files.nodes, host.requests, host.out, host.err], [before, [], "", ""]);
});

for (const args of [["--html", "-"], ["--html=-"]]) {
  Deno.test(`inspect ${args.join(" ")} prints the page, and makes no file`, async () => {
    const host = new MemoryHost(SAID_YES);
    const before = new Map(host.files.nodes);
    assertEquals(await runHere(host, "inspect", ...args), 0);
    const printed = host.out;
    assertEquals([host.files.nodes, host.err], [before, ""]);
    // The two differ in the random messageId of their example alone.
    const random = /00000000-0000-4000-8000-\d{12}/g;
    assertEquals(printed.replace(random, ""), (await pageOf(host)).replace(random, ""));
  });
}

const THERE: readonly (readonly [name: string, node: Node])[] = [
  ["a file", { kind: "file", content: new TextEncoder().encode("mine"), mode: 0o644, modified: NOON }],
  ["an empty file", { kind: "file", content: new Uint8Array(), mode: 0o644, modified: NOON }],
  ["a folder", { kind: "directory", mode: 0o755 }],
  ["a link", { kind: "link", target: CONFIG_FILE }],
  ["a link that leads nowhere", { kind: "link", target: "/nowhere" }],
  ["a pipe", { kind: "other" }],
];

for (const [name, node] of THERE) {
  Deno.test(`inspect --html leaves ${name} alone, and says the way out`, async () => {
    const host = new MemoryHost(SAID_YES);
    host.files.nodes.set(FILE, node);
    const before = new Map(host.files.nodes);
    assertEquals(await runHere(host, "inspect", "--html", FILE), 2);
    assertEquals(host.files.nodes, before);
    assertEquals(
      host.err,
      `rasa-telemetry: Cannot write the page to "${FILE}": something is there already; remove it, or name another file\n`,
    );
  });
}

Deno.test("inspect --html says where a folder is missing", async () => {
  const host = new MemoryHost(SAID_YES);
  assertEquals(await runHere(host, "inspect", "--html", "/nowhere/page.html"), 2);
  assertStringIncludes(
    host.err,
    `Cannot write the page to "/nowhere/page.html": its folder doesn't exist; make it, or name`,
  );
});

/** What can fail while the page is written, and what is said then. */
const FAULTS: readonly (readonly [action: Operation["action"], path: RegExp, code: string, said: string])[] = [
  ["create", /telemetry\.html$/, "EACCES", "its folder can't be written; name another file"],
  ["create", /telemetry\.html$/, "EROFS", "its folder can't be written; name another file"],
  ["create", /telemetry\.html\..*\.tmp$/, "ENOSPC", "the disk is full; name a file on another one"],
  ["rename", /telemetry\.html$/, "EIO", "it can't be written (EIO); name another file"],
];

for (const [failing, pattern, code, said] of FAULTS) {
  Deno.test(`inspect --html leaves nothing behind after ${code} of ${failing}`, async () => {
    const host = new MemoryHost(SAID_YES);
    const before = new Map(host.files.nodes);
    host.files.before = ({ action, path }) => {
      if (action === failing && pattern.test(path)) throw new FileFault("write", code);
    };
    assertEquals(await runHere(host, "inspect", "--html", FILE), 2);
    assertEquals([host.files.nodes, host.err], [
      before,
      `rasa-telemetry: Cannot write the page to "${FILE}": ${said}\n`,
    ]);
  });
}

for (const args of [["--json", "--html", FILE], ["--html"], ["--html="]]) {
  Deno.test(`inspect ${args.join(" ")} is bad usage, and writes nothing`, async () => {
    const host = new MemoryHost(SAID_YES);
    assertEquals([await runHere(host, "inspect", ...args), host.files.writes, host.out], [2, [], ""]);
    assertStringIncludes(host.err, 'rasa-telemetry: Cannot run "inspect": ');
  });
}

/** Machines on which each of the rules decides, and which one does. */
const MACHINES: readonly (readonly [machine: MemoryHostOptions, rule: RuleId])[] = [
  [{ env: { RASA_LICENSE: LOCKING } }, "licence"],
  [{ env: { RASA_TELEMETRY_ENABLED: "no" }, files: ASKED }, "variable off"],
  [{ env: { DO_NOT_TRACK: "1" }, files: ASKED }, "DO_NOT_TRACK"],
  [{ env: { RASA_TELEMETRY_HOME: "state" } }, "home"],
  [{ files: { ...ASKED, "/etc/rasa/telemetry.yml": "" } }, "policy"],
  [{ files: { [CONFIG_FILE]: STORED_OFF } }, "stored no"],
  [
    {
      files: {
        [CONFIG_FILE]: STORED_OFF,
        [RECORD_FILE]: recordOf({ local: true, choice: `off 2025-05-03T10:12:13.123Z ${MACHINE_ID}` }),
      },
    },
    "local",
  ],
  [{ env: { RASA_TELEMETRY_ENABLED: "1" } }, "variable on"],
  [{ files: { [CONFIG_FILE]: "[" } }, "broken"],
  [{ env: { HOME: "" } }, "unwritable"],
  [SAID_YES, "stored yes"],
  [{}, "build"],
  [{}, "default"],
];

for (const [machine, rule] of MACHINES) {
  Deno.test(`inspect --html says what status says where "${rule}" decides`, async () => {
    const host = new MemoryHost(machine);
    for (const args of [["status", "--json"], ["inspect", "--html", FILE]]) {
      host.relinquished = false;
      assertEquals(await run(args, host, { ...LICENSED, offByDefault: rule === "build" }), 0);
    }
    const page = host.files.text(FILE) ?? "";
    const { enabled, decidedBy } = JSON.parse(host.out);
    assertStringIncludes(textOf(page), `Telemetry is ${enabled ? "on" : "off"}.`);
    const decides = rowsOf(page, "The rules that decide").findIndex((row) => row[2]?.endsWith("decides"));
    assertEquals([RULES[decides]?.id, RULES[decides]?.decidedBy], [rule, decidedBy]);
  });
}

Deno.test("inspect --html is tried where each of the rules decides", () => {
  assertEquals(MACHINES.map(([, rule]) => rule), RULES.map(({ id }) => id));
});

Deno.test("inspect --html says off where nothing can be kept, as status does", async () => {
  const host = new MemoryHost(SAID_YES);
  host.files.before = ({ action, path }) => {
    if (action === "create" && path.startsWith("/home")) throw new FileFault("create a file", "ENOSPC");
  };
  assertStringIncludes(
    textOf(await pageOf(host)),
    "Telemetry is off. This was decided by the disk: no folder can be written, so nothing can be kept",
  );
});

Deno.test("inspect --html shows what is stored, and what waits until when, where the environment says off", async () => {
  const host = new MemoryHost({ files: toldAt("2026-03-01T11:30:00.000Z") });
  await runHere(host, "track", "Shell Started");
  host.variables.DO_NOT_TRACK = "1";
  const page = await pageOf(host);
  assertEquals(rowsOf(page, "The reports that wait").map(([, leaves]) => leaves), ["from 2026-03-01 12:30:00Z on"]);
  for (
    const said of [
      "Nothing leaves while telemetry is off. Beside each stands when it leaves otherwise.",
      "Notice shown 2026-03-01 11:30:00Z",
      `Machine id ${MACHINE_ID}`,
    ]
  ) assertStringIncludes(textOf(page), said);
});

Deno.test("inspect --html shows what waits, what was sent and what was held back", async () => {
  let status = 200;
  const host = new MemoryHost({ ...SAID_YES, respond: () => status });
  await runHere(host, "track", "Training Started");
  status = 400;
  await runHere(host, "track", "Server Started");
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  host.files.plant(`${QUEUE}/dropped`, "llu");
  host.files.plant(
    `${QUEUE}/000000000000001-00000000-0000-4000-8000-00000000000a.asked.shell-started.json.broken`,
    "{",
  );
  const page = await pageOf(host);
  const at = "2026-03-01 12:00:00Z";
  assertEquals(
    rowsOf(page, "The reports that wait").map(([time, leaves, report]) => [time, leaves, report?.slice(0, 13)]),
    [[
      at,
      "with the next delivery",
      "Shell Started",
    ]],
  );
  assertEquals(rowsOf(page, "Reports, 2026-03-01 (UTC)").map(([, outcome, report]) => [outcome, report?.slice(0, 8)]), [
    ["rejected (asked): HTTP 400", "Server S"],
    ["delivered (asked)", "Training"],
  ]);
  assertEquals(rowsOf(page, "What was held back").map(([, count]) => count), ["0", "0", "1", "0", "3", "1"]);
  assertStringIncludes(textOf(page), `Last delivery ${at}: 1 rejected (HTTP 400)`);
});

Deno.test("inspect --html says when held reports leave", async () => {
  const host = new MemoryHost({ files: toldAt("2026-03-01T11:30:00.000Z") });
  await runHere(host, "track", "Shell Started");
  const page = await pageOf(host);
  const from = "from 2026-03-01 12:30:00Z on";
  assertEquals(rowsOf(page, "The reports that wait").map(([, leaves]) => leaves), [from]);
  assertStringIncludes(textOf(page), `A report that is recorded now leaves ${from}.`);
});

Deno.test("inspect --html only looks at what waits: what is no report stays where it is", async () => {
  const host = new MemoryHost(SAID_YES);
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [whole] = host.files.names(QUEUE).filter((name) => name.endsWith(".json") && /^\d{15}-/.test(name));
  const name = (last: number) =>
    `${QUEUE}/${String(last).padStart(15, "0")}-00000000-0000-4000-8000-00000000000${last}.asked.shell-started.json`;
  host.files.plant(name(1), "{");
  host.files.plant(name(2), Uint8Array.of(0xff));
  host.files.plant(name(3), (host.files.text(`${QUEUE}/${whole}`) ?? "").replace("Shell Started", "<b>"));
  host.files.plant(name(4), "x".repeat(100_000));
  host.files.nodes.set(name(5), { kind: "link", target: `${QUEUE}/${whole}` });
  const before = new Map(host.files.nodes);
  const page = await pageOf(host);
  host.files.nodes.delete(FILE);
  assertEquals(host.files.nodes, before);
  // The link is no file of the queue's. What can't be read as a report is older than the one that can.
  const none = ["not known", "never", "not a report: the next delivery sets it aside"];
  assertEquals(rowsOf(page, "The reports that wait").slice(1), [none, none, none, none]);
});

Deno.test("inspect --html leaves out what was delivered while it looked", async () => {
  const host = new MemoryHost(SAID_YES);
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  host.files.before = ({ action, path }) => {
    if (action === "read" && /\/\d{15}-/.test(path)) host.files.nodes.delete(path);
  };
  assertStringIncludes(textOf(await pageOf(host)), "No report waits on this machine.");
});

Deno.test("inspect --html shows an event's own properties, and the traits", async () => {
  const host = new MemoryHost(SAID_YES);
  const fields = async (operand: string) =>
    rowsOf(await pageOf(host, operand), "Every field of a report").map(([field]) => field);
  const shell = await fields("Shell Started");
  assertEquals(shell.slice(0, 4), ["userId", "event", "properties.type", "properties.assistant_id"]);
  assertEquals((await fields("identify")).slice(0, 2), ["userId", "traits.tracing_backend"]);
  host.files.nodes.delete(FILE);
  assertEquals(await runHere(host, "inspect", "Shel Started", "--html", FILE), 2);
  assertEquals([host.files.nodes.has(FILE), host.err.includes('the nearest is "Shell Started"')], [false, true]);
});

Deno.test("inspect --html shows what is to be repaired, and says it on standard error too", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "[" } });
  const warning = `${CONFIG_FILE} can't be used: it is not a YAML mapping, so telemetry is off; repair or remove it`;
  assertStringIncludes(textOf(await pageOf(host)), warning);
  assertEquals(host.err, `rasa-telemetry: ${warning}\n`);
});

Deno.test("inspect --html shows no variable's value, no key and no licence", async () => {
  const { privateKey } = await makeKeyPair();
  const licence = await signToken(privateKey, claimsAt(NOON));
  const host = new MemoryHost({
    ...SAID_YES,
    env: {
      RASA_TELEMETRY_ENABLED: "hunter-enabled",
      DO_NOT_TRACK: "hunter-track",
      RASA_TELEMETRY_MACHINE_ID: "hunter-machine",
      RASA_TELEMETRY_WRITE_KEY: "hunter-key",
      HTTPS_PROXY: "http://hunter-user:hunter-password@proxy.example",
      CI: "hunter-ci",
      RASA_LICENSE: licence,
    },
  });
  const page = await pageOf(host);
  assertEquals(page.match(/hunter/g), null);
  assert(licence.split(".").every((part) => !page.includes(part)));
});

Deno.test("inspect shows each field of a report once, with where it comes from and why, and writes and sends nothing", async () => {
  const host = new MemoryHost(SAID_YES);
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
  const host = new MemoryHost(SAID_YES);
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
