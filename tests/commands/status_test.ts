import { assertEquals, assertStringIncludes } from "@std/assert";
import type { MemoryHost } from "../support/machine/memory_host.ts";
import { CONFIG_FILE, MACHINE_ID, QUEUE, runHere, STORED_ON } from "../support/scenes/scene.ts";
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
