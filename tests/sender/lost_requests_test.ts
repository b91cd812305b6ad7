import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { logAttempted } from "../../lib/sender/log_reports.ts";
import { describeLostRequests, sweepRequests } from "../../lib/sender/lost_requests.ts";
import { clearSentLog } from "../../lib/sender/sent_log.ts";
import { listOpenRequests, listRequests, noteRequest } from "../../lib/sender/open_requests.ts";
import { clockTime } from "../../lib/terminal/clock_time.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { HOME, report } from "../support/scenes/memory_queue_scene.ts";
import { QUEUE } from "../support/scenes/scene.ts";

const HOUR_MS = 60 * 60 * 1000;
const UNLOGGED = `${QUEUE}/unlogged`;

const reports = (...numbers: readonly number[]) => numbers.map((number) => writeReport(report(number)));

function hostWithFolder(): MemoryHost {
  const host = new MemoryHost();
  host.files.plantFolder(QUEUE);
  return host;
}

/** The log's entries of reports of which no answer came. */
function log(host: MemoryHost, ...numbers: readonly number[]): void {
  const left = reports(...numbers).map((report) => ({ report, permission: "told" as const }));
  logAttempted(host, HOME, left, { endpoint: "http://127.0.0.1:9" });
}

/** A request whose process died: the system has dropped its lock, and its note is left. */
function loseRequest(host: MemoryHost, ...numbers: readonly number[]): void {
  noteRequest(host, HOME, reports(...numbers));
  host.files.dropLocks();
}

function described(what: string): string {
  const at = clockTime(NOON, NOON);
  return `the request of ${at} with ${what} was under way when its process ended: whether it arrived isn't known`;
}

Deno.test("describeLostRequests names a request whose process died before it wrote what came of it", () => {
  const host = hostWithFolder();
  loseRequest(host, 1);
  assertEquals(describeLostRequests(host, HOME), [described(`1 report (${report(1).messageId})`)]);
  loseRequest(host, 2, 3);
  assertEquals(describeLostRequests(host, HOME)[1], described(`2 reports (the first is ${report(2).messageId})`));
});

Deno.test("describeLostRequests names the latest three, and counts the others", () => {
  const host = hostWithFolder();
  for (const number of [1, 2, 3, 4, 5]) {
    loseRequest(host, number, 10 + number);
    host.clock++;
  }
  const [first, , , last, ...none] = describeLostRequests(host, HOME);
  assertEquals(first, described(`2 reports (the first is ${report(3).messageId})`));
  assertEquals([last, none], ["so were 2 earlier requests with 4 reports", []]);
});

Deno.test("describeLostRequests says nothing of a request that is under way, or that the log knows", () => {
  const host = hostWithFolder();
  loseRequest(host, 2);
  log(host, 2);
  noteRequest(host, HOME, reports(1));
  assertEquals(describeLostRequests(host, HOME), []);
});

Deno.test("describeLostRequests and sweepRequests know a request whose process has logged it, also after log clear", () => {
  const host = hostWithFolder();
  const note = noteRequest(host, HOME, reports(1));
  log(host, 1);
  note?.leave();
  clearSentLog(host, HOME);
  assertEquals([describeLostRequests(host, HOME), listOpenRequests(host, HOME).length], [[], 1]);
  host.clock += HOUR_MS + 1;
  sweepRequests(host, HOME);
  assertEquals(host.files.names(QUEUE), []);
});

Deno.test("clearSentLog lets describeLostRequests forget requests that can't arrive any more, and no others", () => {
  const host = hostWithFolder();
  loseRequest(host, 1);
  host.clock += HOUR_MS + 1;
  loseRequest(host, 2);
  host.clock -= HOUR_MS + 1;
  // Its process is at work.
  noteRequest(host, HOME, reports(3));
  host.clock += HOUR_MS + 1;
  clearSentLog(host, HOME);
  assertEquals(listRequests(host, HOME).map(({ messageId }) => messageId), [3, 2].map((n) => report(n).messageId));
});

Deno.test("describeLostRequests names a request of which only the first entries were written", () => {
  const host = hostWithFolder();
  loseRequest(host, 1, 2, 3);
  log(host, 1);
  assertEquals(describeLostRequests(host, HOME), [described(`3 reports (the first is ${report(1).messageId})`)]);
  host.clock += HOUR_MS + 1;
  sweepRequests(host, HOME);
  assertEquals(host.files.text(UNLOGGED), "\0\0");
});

Deno.test("describeLostRequests names a request whose note a full disk took without its messageIds", () => {
  const host = hostWithFolder();
  host.files.before = ({ action }) => {
    if (action === "append") throw new FileFault("add to a file", "ENOSPC");
  };
  loseRequest(host, 1, 2, 3);
  host.files.before = () => {};
  assertEquals(describeLostRequests(host, HOME), [described(`3 reports (the first is ${report(1).messageId})`)]);
  host.clock += HOUR_MS + 1;
  sweepRequests(host, HOME);
  assertEquals(host.files.text(UNLOGGED), "\0\0\0");
});

for (const afterMs of [HOUR_MS + 1, -HOUR_MS - 1]) {
  Deno.test(`sweepRequests counts after ${afterMs} ms what nobody wrote down, and removes the note`, () => {
    const host = hostWithFolder();
    loseRequest(host, 1, 2, 3);
    sweepRequests(host, HOME);
    assertEquals([describeLostRequests(host, HOME).length, host.files.text(UNLOGGED)], [1, undefined]);
    host.clock += afterMs;
    // Under a no nobody sweeps.
    assertEquals([describeLostRequests(host, HOME).length, host.files.text(UNLOGGED)], [1, undefined]);
    sweepRequests(host, HOME);
    assertEquals([describeLostRequests(host, HOME), host.files.text(UNLOGGED)], [[], "\0\0\0"]);
    assertEquals(host.files.names(QUEUE), ["unlogged"]);
  });
}

Deno.test("sweepRequests leaves the note of a process that is at work, and counts nothing that the log knows", () => {
  const host = hostWithFolder();
  loseRequest(host, 2);
  log(host, 2);
  noteRequest(host, HOME, reports(1));
  host.clock += HOUR_MS + 1;
  sweepRequests(host, HOME);
  assertEquals(host.files.names(QUEUE).filter((name) => name.startsWith("request-")).length, 1);
  assertEquals(host.files.text(UNLOGGED), undefined);
});
