import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { sweepLeftovers } from "../../lib/sender/disk_queue/files.ts";
import { listOpenRequests, noteRequest } from "../../lib/sender/open_requests.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { HOME, report } from "../support/scenes/memory_queue_scene.ts";
import { QUEUE } from "../support/scenes/scene.ts";

const HOUR_MS = 60 * 60 * 1000;

function hostWithFolder(): MemoryHost {
  const host = new MemoryHost();
  host.files.plantFolder(QUEUE);
  return host;
}

const reports = (...numbers: readonly number[]) => numbers.map((number) => writeReport(report(number)));

Deno.test("listOpenRequests gives requests from before they are handed over until they have ended, oldest first", () => {
  const host = hostWithFolder();
  const first = noteRequest(host, HOME, reports(1, 2));
  host.clock += 1_000;
  noteRequest(host, HOME, reports(3));
  const second = { begunAt: new Date(NOON.getTime() + 1_000), reports: 1 };
  assertEquals(listOpenRequests(host, HOME), [{ begunAt: NOON, reports: 2 }, second]);
  first();
  assertEquals(listOpenRequests(host, HOME), [second]);
  // The end of one that was forgotten already changes nothing.
  first();
  assertEquals(listOpenRequests(host, HOME), [second]);
});

for (const [afterMs, listed, kept] of [[HOUR_MS, 1, 1], [HOUR_MS + 1, 0, 0], [-HOUR_MS, 1, 1], [-HOUR_MS - 1, 0, 0]]) {
  Deno.test(`a request without an answer is ${listed === 1 ? "" : "not "}listed after ${afterMs} ms, and swept then`, () => {
    const host = hostWithFolder();
    noteRequest(host, HOME, reports(1));
    host.clock += afterMs!;
    assertEquals(listOpenRequests(host, HOME).length, listed);
    sweepLeftovers(host, HOME);
    assertEquals(host.files.names(QUEUE).length, kept);
  });
}

Deno.test("listOpenRequests takes nothing for a request that this program didn't name", () => {
  const host = hostWithFolder();
  for (const name of ["request", "request-1-1.tmp", `request-${"0".repeat(15)}-x.${"0".repeat(36)}.tmp`]) {
    host.files.plant(`${QUEUE}/${name}`, "");
  }
  assertEquals(listOpenRequests(host, HOME), []);
});

Deno.test("noteRequest and listOpenRequests fail for nothing that the disk does", () => {
  const host = hostWithFolder();
  host.files.before = () => {
    throw new FileFault("do anything", "EIO");
  };
  noteRequest(host, HOME, reports(1))();
  assertEquals(listOpenRequests(host, HOME), []);
});
