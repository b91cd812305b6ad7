import { assertEquals } from "@std/assert";
import type { Permit } from "../../lib/consent/permit.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { admit, attempt, type Outgoing } from "../../lib/sender/attempt.ts";
import type { Route } from "../../lib/sender/route.ts";
import type { ServerNotes } from "../../lib/sender/server_notes.ts";
import type { MadeRequest } from "../../lib/sender/server_state.ts";
import { type Answer, MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { CHOICE, HOME, PERMIT, report } from "../support/scenes/memory_queue_scene.ts";
import { BUILD, QUEUE } from "../support/scenes/scene.ts";

/** Notes that remember what they were told. */
class HeardNotes implements ServerNotes {
  readonly requests: MadeRequest[] = [];
  shortDeadlines = 0;

  note(request: MadeRequest): void {
    this.requests.push(request);
  }

  noteShortDeadline(): void {
    this.shortDeadlines++;
  }
}

function hostWith(options: MemoryHostOptions = {}): MemoryHost {
  const host = new MemoryHost(options);
  host.files.plantFolder(QUEUE);
  return host;
}

function routeOf(permit: () => Permit | undefined): Route {
  const destination = { endpoint: BUILD.endpoint, writeKey: "key", authorities: [] };
  return { home: HOME, destination, obstacle: undefined, permit, mayKeep: () => true };
}

function batchOf(count: number): Outgoing[] {
  return Array.from({ length: count }, (_, number) => {
    const written = writeReport(report(number));
    return { queued: { choice: CHOICE, report: written }, report: written };
  });
}

function logged(host: MemoryHost): string[] | undefined {
  const lines = host.files.text(`${QUEUE}/sent.log`)?.trim().split("\n").map((line) => JSON.parse(line));
  return lines?.map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

for (
  const [answer, reports, attempted, noted, log] of [
    [200, 2, "delivered", 1, ["delivered: null", "delivered: null"]],
    [400, 2, "rejected", 1, ["rejected: HTTP 400", "rejected: HTTP 400"]],
    [Response.json({ success: false }), 1, "rejected", 1, ["rejected: the server did not accept it"]],
    [413, 2, "halve", 0, undefined],
    [413, 1, "rejected", 1, ["rejected: HTTP 413"]],
    [503, 2, "retry", 1, undefined],
    [new TypeError("refused"), 2, "retry", 1, undefined],
    ["never", 2, "retry", 1, undefined],
  ] as const satisfies readonly (readonly [Answer, number, string, number, readonly string[] | undefined])[]
) {
  const name = answer instanceof Response ? "HTTP 200 without success" : String(answer);
  Deno.test(`attempt with ${reports} reports is ${attempted} after ${name}`, async () => {
    const host = hostWith({ respond: answer });
    const notes = new HeardNotes();
    const options = { leftMs: 10_000, notes };
    assertEquals(await attempt(host, routeOf(() => PERMIT), batchOf(reports), options), attempted);
    assertEquals([notes.requests.length, notes.shortDeadlines, logged(host)], [noted, 0, log]);
  });
}

Deno.test("attempt asks for consent at the last moment, and makes no request without", async () => {
  const host = hostWith();
  const notes = new HeardNotes();
  const changed: Permit = { ...PERMIT, accepts: (_kind, choice) => choice !== CHOICE };
  for (const permit of [undefined, changed]) {
    assertEquals(await attempt(host, routeOf(() => permit), batchOf(2), { leftMs: 10_000, notes }), "forbidden");
  }
  assertEquals([host.requests, notes.requests, logged(host)], [[], [], undefined]);
});

Deno.test("attempt that its caller's short deadline ends says nothing of the server", async () => {
  const host = hostWith({ respond: "never" });
  const notes = new HeardNotes();
  assertEquals(await attempt(host, routeOf(() => PERMIT), batchOf(1), { leftMs: 400, notes }), "out of time");
  assertEquals([notes.requests, notes.shortDeadlines, logged(host), host.waits], [[], 1, undefined, [400]]);
});

Deno.test("attempt leaves no trace once its caller has ended", async () => {
  let isWanted = true;
  const host = hostWith({
    respond: () => {
      isWanted = false;
      return 200;
    },
  });
  const notes = new HeardNotes();
  const options = { leftMs: 10_000, notes, isWanted: () => isWanted };
  assertEquals(await attempt(host, routeOf(() => PERMIT), batchOf(1), options), "abandoned");
  assertEquals([host.requests.length, notes.requests, logged(host)], [1, [], undefined]);
});

Deno.test("admit gives a report its machine id, or says why it can't leave", () => {
  const unidentified = { choice: null, report: writeReport({ ...report(1), userId: null }) };
  const withoutId: Permit = { accepts: () => true, machineId: undefined };
  assertEquals(admit(unidentified, withoutId), "early");
  assertEquals(admit(unidentified, { ...PERMIT, accepts: () => false }), "withdrawn");
  const admitted = admit(unidentified, PERMIT);
  assertEquals(typeof admitted === "object" && JSON.parse(admitted.report.json).userId, PERMIT.machineId);
});
