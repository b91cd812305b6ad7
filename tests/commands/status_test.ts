import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
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
import { assertFits, printed, terminalHost, WIDTHS } from "../support/inputs/widths.ts";

const HOUR_MS = 60 * 60 * 1000;

/** A machine that was told, delivered something three hours ago, and has something waiting. */
async function usedHost(columns: number | undefined): Promise<MemoryHost> {
  const host = terminalHost(columns, { files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started");
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  host.clock += 3 * HOUR_MS + 5 * 60_000;
  return host;
}

const AT_80 = `Telemetry is on.

Decided by     the choice stored in global.yml
Told           yes
Machine id     ${MACHINE_ID}
Endpoint       http://127.0.0.1:9
Waiting        1 report, 558 B
Last delivery  3h ago: 1 report delivered (HTTP 200)
Settings       ${CONFIG_FILE}
Queue          ${QUEUE}
Sent log       ${QUEUE}/sent.log
Version        1.2.3
`;

const AT_40 = `Telemetry is on.

Decided by     the choice stored in
               global.yml
Told           yes
Machine id
  ${MACHINE_ID}
Endpoint       http://127.0.0.1:9
Waiting        1 report, 558 B
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
  // A line for each row, however long.
  assertEquals(text.trim().split("\n").length, AT_80.trim().split("\n").length);
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

/** How large a report is, is not this test's business. */
function withoutSize(text: string): string {
  return text.replace(/\d+ B/, "SIZE");
}

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
