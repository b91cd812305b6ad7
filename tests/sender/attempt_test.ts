import { assertEquals } from "@std/assert";
import type { Label } from "../../lib/consent/permission.ts";
import type { Permit } from "../../lib/consent/permit.ts";
import { ConnectFault, FileFault } from "../../lib/host/host.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { admit, attempt, type Outgoing } from "../../lib/sender/attempt.ts";
import { listOpenRequests, type OpenRequest } from "../../lib/sender/open_requests.ts";
import type { ServerNotes } from "../../lib/sender/server_notes.ts";
import type { MadeRequest } from "../../lib/sender/server_state.ts";
import { type Answer, MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { HOME, LABEL, MAKER, PERMIT, permitOf, report, routeOf } from "../support/scenes/memory_queue_scene.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  OTHER_EPOCH,
  QUEUE,
  RECORD_FILE,
  recordOf,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";

const SENDING_LOCK = `${QUEUE}/sending.lock`;
const UNTOLD = { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf() };
const VARIABLE_ON = { RASA_TELEMETRY_ENABLED: "true" } as const;
const OFF: Permit = { kind: "off" };
/** By a millisecond more. */
const AN_HOUR_AGO = NOON.getTime() - 60 * 60 * 1000 - 1;

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

function batchOf(count: number): Outgoing[] {
  return Array.from({ length: count }, (_, number) => {
    const written = writeReport(report(number));
    return { queued: { label: LABEL, report: written }, report: written };
  });
}

function logged(host: MemoryHost): string[] | undefined {
  const lines = host.files.text(`${QUEUE}/sent.log`)?.trim().split("\n").map((line) => JSON.parse(line));
  return lines?.map(({ outcome, reason }) => `${outcome}: ${reason}`);
}

for (
  const [answer, reports, attempted, noted, log] of [
    [200, 2, "delivered", 1, ["delivered: null", "delivered: null"]],
    [400, 2, "halve", 0, ["attempted: HTTP 400", "attempted: HTTP 400"]],
    [400, 1, "rejected", 1, ["rejected: HTTP 400"]],
    [404, 2, "rejected", 1, ["rejected: HTTP 404", "rejected: HTTP 404"]],
    [new Response("<html>Blocked</html>", { status: 404 }), 2, "retry", 1, [
      "attempted: HTTP 404",
      "attempted: HTTP 404",
    ]],
    [new Response("<html>Blocked</html>", { status: 404 }), 1, "aside", 1, ["attempted: HTTP 404"]],
    [Response.json({ success: false }), 1, "rejected", 1, ["rejected: the server did not accept it"]],
    [413, 2, "halve", 0, ["attempted: HTTP 413", "attempted: HTTP 413"]],
    [413, 1, "rejected", 1, ["rejected: HTTP 413"]],
    [503, 2, "retry", 1, ["attempted: HTTP 503", "attempted: HTTP 503"]],
    [401, 1, "retry", 1, ["attempted: HTTP 401"]],
    [new Response(null, { status: 302 }), 1, "retry", 1, ["attempted: HTTP 302"]],
    [new Response("<html>Sign in</html>"), 1, "retry", 1, ["attempted: the answer wasn't the server's"]],
    [new TypeError("connection closed"), 2, "retry", 1, ["attempted: no answer", "attempted: no answer"]],
    ["never", 2, "retry", 1, ["attempted: no answer", "attempted: no answer"]],
    [new ConnectFault("No connection"), 2, "retry", 1, undefined],
  ] as const satisfies readonly (readonly [Answer, number, string, number, readonly string[] | undefined])[]
) {
  const name = answer instanceof Response ? `HTTP ${answer.status} with another body (${log?.[0]})` : String(answer);
  Deno.test(`attempt with ${reports} reports is ${attempted} after ${name}`, async () => {
    const host = hostWith({ respond: answer });
    const notes = new HeardNotes();
    const options = { leftMs: 10_000, notes };
    assertEquals(await attempt(host, routeOf(), batchOf(reports), options), attempted);
    assertEquals([notes.requests.length, notes.shortDeadlines, logged(host)], [noted, 0, log]);
  });
}

Deno.test("attempt asks for consent at the last moment, and makes no request without", async () => {
  const host = hostWith();
  const notes = new HeardNotes();
  const otherEpoch = await permitOf({
    files: { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf({ epoch: OTHER_EPOCH }) },
  });
  for (const permit of [{ kind: "off" }, { kind: "unclear" }, otherEpoch] as const satisfies readonly Permit[]) {
    assertEquals(
      await attempt(host, routeOf({ permit: () => permit }), batchOf(2), { leftMs: 10_000, notes }),
      "forbidden",
    );
  }
  assertEquals([host.requests, notes.requests, logged(host), host.files.held], [[], [], undefined, []]);
});

Deno.test("attempt that its caller's short deadline ends says nothing of the server", async () => {
  const host = hostWith({ respond: "never" });
  const notes = new HeardNotes();
  assertEquals(await attempt(host, routeOf(), batchOf(1), { leftMs: 400, notes }), "out of time");
  assertEquals([notes.requests, notes.shortDeadlines, host.waits], [[], 1, [400]]);
  assertEquals(logged(host), ["attempted: no answer"]);
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
  assertEquals(await attempt(host, routeOf(), batchOf(1), options), "abandoned");
  assertEquals([host.requests.length, notes.requests, logged(host)], [1, [], undefined]);
});

const RECENTLY_TOLD = toldAt("2026-03-01T11:30:00.000Z");

for (
  const [what, options, label, admitted] of [
    ["recorded under a yes", { files: ASKED }, {}, "leaves"],
    ["of another epoch", { files: ASKED }, { epoch: OTHER_EPOCH }, "withdrawn"],
    ["within the hour after the notice", { files: RECENTLY_TOLD }, { permission: "told" }, "waits"],
    ["after that hour", { files: toldAt("2026-03-01T11:00:00.000Z") }, { permission: "told" }, "leaves"],
    ["told, of which a newer notice tells", { files: TOLD }, { permission: "told", notice: 2 }, "waits"],
    ["that nobody was told of", { files: UNTOLD }, { permission: "untold" }, "waits"],
    ["that nobody was told of for an hour", { files: UNTOLD }, { permission: "untold", at: AN_HOUR_AGO }, "untold"],
    ["under the variable", { files: UNTOLD, env: VARIABLE_ON }, { permission: "environment" }, "leaves"],
    ["under the variable, which is gone", { files: TOLD }, { permission: "environment" }, "environment"],
    ["under the variable, after a yes", { files: ASKED }, { permission: "environment" }, "leaves"],
    ["under a licence, which is gone", { files: TOLD }, { permission: "licence" }, "waits"],
  ] as const satisfies readonly (readonly [string, MemoryHostOptions, Partial<Label>, string])[]
) {
  Deno.test(`admit of a report ${what}: ${admitted}`, async () => {
    const queued = { label: { ...LABEL, ...label }, report: writeReport(report(1)) };
    const outgoing = admit(queued, await permitOf(options), { maker: MAKER });
    assertEquals(typeof outgoing === "object" ? "leaves" : outgoing, admitted);
  });
}

for (
  const [what, routeId, recordId, userId] of [
    ["the record's", undefined, MACHINE_ID, MACHINE_ID],
    ["a fleet's before the record's", "a".repeat(32), MACHINE_ID, "a".repeat(32)],
    ["none, and waits for one", undefined, null, undefined],
  ] as const
) {
  Deno.test(`admit gives a report a machine id: ${what}`, async () => {
    const unidentified = { label: LABEL, report: writeReport({ ...report(1), userId: null }) };
    const asked = { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: BUILD.recipient };
    const permit = await permitOf({
      files: { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf({ asked, machineId: recordId }) },
    });
    const admitted = admit(unidentified, permit, { maker: { ...MAKER, machineId: routeId } });
    assertEquals(typeof admitted === "object" ? JSON.parse(admitted.report.json).userId : undefined, userId);
  });
}

Deno.test("attempt holds the lock that disable waits for while its request is under way, shared with others", async () => {
  const lock = `${QUEUE}/sending.lock`;
  const seen: unknown[] = [];
  const host: MemoryHost = hostWith({
    respond: () => {
      const [alone, shared] = [host.files.lock(lock), host.files.lock(lock, "shared")];
      seen.push(host.files.held.includes(lock), alone, shared !== undefined);
      shared?.release();
      return 200;
    },
  });
  const options = { leftMs: 10_000, notes: new HeardNotes() };
  assertEquals(await attempt(host, routeOf(), batchOf(1), options), "delivered");
  assertEquals([seen, host.files.held], [[true, undefined, true], []]);
});

for (
  const [what, answer, leftMs, allowed, left] of [
    ["the server's answer", 200, 10_000, true, []],
    ["an answer that another attempt follows", 503, 10_000, true, []],
    ["the end of its connection", new TypeError("reset"), 10_000, true, []],
    ["its being forbidden", 200, 10_000, false, []],
    ["a time-out", "never", 10_000, true, [2]],
    ["its caller's deadline", "never", 100, true, [2]],
  ] as const satisfies readonly (readonly [string, Answer, number, boolean, readonly number[]])[]
) {
  Deno.test(`attempt ${left.length === 0 ? "forgets its request" : "notes that its request may arrive"} after ${what}`, async () => {
    let underWay: readonly OpenRequest[] = [];
    const host: MemoryHost = hostWith({
      respond: () => (underWay = listOpenRequests(host, HOME), answer),
    });
    const permit = () => allowed ? PERMIT : OFF;
    await attempt(host, routeOf({ permit }), batchOf(2), { leftMs, notes: new HeardNotes() });
    assertEquals(underWay.map(({ begunAt, reports }) => [begunAt, reports]), allowed ? [[NOON, 2]] : []);
    assertEquals(listOpenRequests(host, HOME).map(({ reports }) => reports), left);
  });
}

Deno.test("attempt asks for consent only once it has the lock", async () => {
  const host = hostWith();
  const asked: (readonly string[])[] = [];
  const permit = (): Permit => {
    asked.push(host.files.held.slice(0, 1));
    return PERMIT;
  };
  await attempt(host, routeOf({ permit }), batchOf(1), { leftMs: 10_000, notes: new HeardNotes() });
  assertEquals(asked, [[`${QUEUE}/sending.lock`]]);
});

for (
  const [why, prepare, waitedMs] of [
    ["another process holds it alone", (host: MemoryHost) => void host.files.lockedElsewhere.add(SENDING_LOCK), 100],
    ["there are no locks", (host: MemoryHost) => {
      host.files.before = ({ action }) => {
        if (action === "lock") throw new FileFault("lock a file", "ENOLCK");
      };
    }, 0],
  ] as const
) {
  Deno.test(`attempt makes no request where ${why}`, async () => {
    const host = hostWith();
    prepare(host);
    const notes = new HeardNotes();
    assertEquals(await attempt(host, routeOf(), batchOf(1), { leftMs: 100, notes }), "unlocked");
    assertEquals([host.requests, notes.requests, host.clock - NOON.getTime()], [[], [], waitedMs]);
  });
}

Deno.test("attempt has waited for the lock within the time that it was given", async () => {
  const host: MemoryHost = hostWith({ respond: "never" });
  host.files.lockedElsewhere.add(SENDING_LOCK);
  host.files.before = () => {
    if (host.clock - NOON.getTime() >= 60) host.files.lockedElsewhere.delete(SENDING_LOCK);
  };
  const options = { leftMs: 1_000, notes: new HeardNotes() };
  assertEquals(await attempt(host, routeOf(), batchOf(1), options), "out of time");
  assertEquals(host.clock - NOON.getTime(), 1_000);
});

const BY_VARIABLE = await permitOf({ files: ASKED, env: VARIABLE_ON });
const NO_LOCKS: MemoryHost["files"]["before"] = ({ action }) => {
  if (action === "lock") throw new FileFault("lock a file", "ENOLCK");
};
const NOTHING_KEPT: MemoryHost["files"]["before"] = ({ action }) => {
  if (["lock", "create", "append", "makeDirectory"].includes(action)) throw new FileFault("make it", "EROFS");
};

for (
  const [where, home, before, permit, attempted] of [
    ["there is no home, if the environment says on", undefined, () => {}, BY_VARIABLE, "delivered"],
    ["there is no home, by the user's own yes", undefined, () => {}, PERMIT, "unlocked"],
    ["nothing can be kept, if the environment says on", HOME, NOTHING_KEPT, BY_VARIABLE, "delivered"],
    ["nothing can be kept, by the user's own yes", HOME, NOTHING_KEPT, PERMIT, "unlocked"],
    ["there are no locks but room, if the environment says on", HOME, NO_LOCKS, BY_VARIABLE, "unlocked"],
  ] as const
) {
  Deno.test(`attempt without a lock is ${attempted} where ${where}`, async () => {
    const host = hostWith();
    host.files.before = before;
    const options = { leftMs: 1_000, notes: new HeardNotes() };
    const route = routeOf({ home, permit: () => permit });
    assertEquals(await attempt(host, route, batchOf(1), options), attempted);
    assertEquals([host.requests.length, host.files.names(QUEUE)], [attempted === "delivered" ? 1 : 0, []]);
  });
}

Deno.test("attempt writes its entry before it takes the note of its request away", async () => {
  const host = hostWith();
  await attempt(host, routeOf(), batchOf(1), { leftMs: 1_000, notes: new HeardNotes() });
  const changes = host.files.operations.filter(({ action }) => ["append", "remove"].includes(action));
  assertEquals(changes.map(({ path }) => path.includes("/request-") ? "note" : path), [`${QUEUE}/sent.log`, "note"]);
});

Deno.test("attempt says what is on the wire from when it is handed over until it is over, and not before", async () => {
  const said: (readonly [wire: number, requests: number])[] = [];
  const host: MemoryHost = hostWith();
  const onWire = (batch: readonly Outgoing[]) => void said.push([batch.length, host.requests.length]);
  const options = { leftMs: 1_000, notes: new HeardNotes(), onWire };
  await attempt(host, routeOf(), batchOf(2), options);
  assertEquals(said, [[2, 0], [0, 1]]);
  host.files.lockedElsewhere.add(SENDING_LOCK);
  await attempt(host, routeOf(), batchOf(2), options);
  assertEquals(said.length, 2);
});
