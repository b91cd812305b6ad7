import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { isUnderWay, listOpenRequests, noteRequest, type OpenRequest } from "../../lib/sender/open_requests.ts";
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

/** What is known of requests, in their order. */
function known(requests: readonly OpenRequest[]): unknown[] {
  return requests.map(({ begunAt, reports, messageId }) => [begunAt.getTime() - NOON.getTime(), reports, messageId]);
}

Deno.test("listOpenRequests gives requests from before they are handed over until they have ended, oldest first", () => {
  const host = hostWithFolder();
  const first = noteRequest(host, HOME, reports(1, 2));
  host.clock += 1_000;
  noteRequest(host, HOME, reports(3));
  const [one, other] = [report(1).messageId, report(3).messageId];
  assertEquals(known(listOpenRequests(host, HOME)), [[0, 2, one], [1_000, 1, other]]);
  first?.forget();
  assertEquals(known(listOpenRequests(host, HOME)), [[1_000, 1, other]]);
  // The end of one that was forgotten already changes nothing.
  first?.forget();
  assertEquals(known(listOpenRequests(host, HOME)), [[1_000, 1, other]]);
});

for (const [afterMs, listed] of [[HOUR_MS, 1], [HOUR_MS + 1, 0], [-HOUR_MS, 1], [-HOUR_MS - 1, 0]] as const) {
  Deno.test(`a request without an answer is ${listed === 1 ? "" : "not "}listed after ${afterMs} ms`, () => {
    const host = hostWithFolder();
    noteRequest(host, HOME, reports(1));
    host.clock += afterMs;
    assertEquals(listOpenRequests(host, HOME).length, listed);
  });
}

Deno.test("isUnderWay is true until the process has left its request, and where nobody can tell", () => {
  const host = hostWithFolder();
  const note = noteRequest(host, HOME, reports(1));
  const isAtWork = () => listOpenRequests(host, HOME).map((request) => [request.isLogged, isUnderWay(host, request)]);
  assertEquals(isAtWork(), [[false, true]]);
  note?.leave();
  assertEquals(isAtWork(), [[true, false]]);
  const [request] = listOpenRequests(host, HOME);
  host.files.lockedElsewhere.add(request!.path);
  assertEquals(isAtWork(), [[true, true]]);
  // It makes no note where there is none.
  host.files.lockedElsewhere.clear();
  host.files.remove(request!.path);
  assertEquals([isUnderWay(host, request!), host.files.names(QUEUE)], [true, []]);
});

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
  assertEquals(noteRequest(host, HOME, reports(1)), undefined);
  assertEquals(listOpenRequests(host, HOME), []);
});
