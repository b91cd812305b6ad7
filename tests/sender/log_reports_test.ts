import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { describeLogFaults, describeUnreadable } from "../../lib/sender/log_faults.ts";
import { logAttempted, logDone } from "../../lib/sender/log_reports.ts";
import {
  clearSentLog,
  type LeftReport,
  readSentLog,
  readSentLogWhole,
  SentLogTail,
} from "../../lib/sender/sent_log.ts";
import { range } from "../support/inputs/numbered_events.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { HOME, report } from "../support/scenes/memory_queue_scene.ts";
import { QUEUE } from "../support/scenes/scene.ts";

const LOG = `${QUEUE}/sent.log`;
const UNLOGGED = `${QUEUE}/unlogged`;
const ENDPOINT = "http://127.0.0.1:9";
const DELIVERED = { outcome: "delivered", reason: null, endpoint: ENDPOINT } as const;
const REJECTED = { outcome: "rejected", reason: "HTTP 400", endpoint: ENDPOINT } as const;

function hostWithQueue(): MemoryHost {
  const host = new MemoryHost();
  host.files.plantFolder(QUEUE);
  return host;
}

function left(from: number, to: number): LeftReport[] {
  return range(from, to).map((number) => ({ report: writeReport(report(number)), permission: "told" }));
}

/** The reports' numbers with their outcomes and reasons, oldest first. */
function logged(host: MemoryHost): string[] {
  return readSentLog(host, HOME).map(({ report, outcome, reason }) =>
    `${Number(report.messageId.slice(-12))} ${outcome}: ${reason}`
  );
}

Deno.test("logAttempted writes a report once, however often it is attempted", () => {
  const host = hostWithQueue();
  for (let attempt = 0; attempt < 1000; attempt++) {
    logAttempted(host, HOME, left(0, 2), { endpoint: ENDPOINT, reason: "HTTP 503" });
  }
  logAttempted(host, HOME, left(1, 3), { endpoint: ENDPOINT });
  assertEquals(logged(host), ["0 attempted: HTTP 503", "1 attempted: HTTP 503", "2 attempted: no answer"]);
});

Deno.test("readSentLog gives a report once, with its newest outcome at its newest place", () => {
  const host = hostWithQueue();
  logAttempted(host, HOME, left(0, 3), { endpoint: ENDPOINT, reason: "HTTP 503" });
  logDone(host, HOME, left(3, 4), DELIVERED);
  logDone(host, HOME, left(1, 2), DELIVERED);
  logDone(host, HOME, left(0, 1), REJECTED);
  // A crash between the answer and the removal sends it again.
  logAttempted(host, HOME, left(0, 2), { endpoint: ENDPOINT, reason: "HTTP 500" });
  assertEquals(logged(host), [
    "2 attempted: HTTP 503",
    "3 delivered: null",
    "1 delivered: null",
    "0 rejected: HTTP 400",
  ]);
});

Deno.test("logAttempted and readSentLog tell a report apart that went again under another machine id", () => {
  const host = hostWithQueue();
  const ids = ["a".repeat(32), "b".repeat(32)];
  const under = (userId: string): LeftReport[] => [
    { report: writeReport({ ...report(1), userId }), permission: "told" },
  ];
  for (const id of [...ids, ...ids]) logAttempted(host, HOME, under(id), { endpoint: ENDPOINT });
  logDone(host, HOME, under("b".repeat(32)), DELIVERED);
  const read = readSentLog(host, HOME).map(({ report, outcome }) => [report.userId, outcome]);
  assertEquals(read, [["a".repeat(32), "attempted"], ["b".repeat(32), "delivered"]]);
  assertEquals(host.files.text(LOG)?.split("\n").filter((line) => line !== "").length, 3);
});

Deno.test("readSentLog takes entries without a messageId, which somebody planted, for one each", () => {
  const host = hostWithQueue();
  const line = `{"sentAt":"x","outcome":"delivered","report":{"event":"A"}}\n`;
  host.files.plant(LOG, line.repeat(3));
  assertEquals(readSentLog(host, HOME).length, 3);
});

Deno.test("SentLogTail gives a report again with what became of it, and once for each look", () => {
  const host = hostWithQueue();
  const tail = new SentLogTail(host, HOME);
  const outcomes = () => tail.read().map(({ outcome }) => outcome);
  logAttempted(host, HOME, left(0, 1), { endpoint: ENDPOINT });
  assertEquals(outcomes(), ["attempted"]);
  logDone(host, HOME, left(0, 1), DELIVERED);
  assertEquals(outcomes(), ["delivered"]);
  logAttempted(host, HOME, left(1, 2), { endpoint: ENDPOINT });
  logDone(host, HOME, left(1, 2), DELIVERED);
  assertEquals(outcomes(), ["delivered"]);
});

const LACKS =
  "its file could not be written, the disk was full, or a process was killed while it sent; rasa-telemetry " +
  "log clear begins a new one";
const WAY = "repair it, or delete it with rasa-telemetry log clear";

/** What keeps the log from being written, and what people are told of it after two reports were sent. */
const FAULTS: Readonly<Record<string, readonly [prepare: (host: MemoryHost) => void, told: readonly string[]]>> = {
  "a folder in its place": [
    (host) => host.files.plantFolder(LOG),
    [
      `${LOG} can't be read (NotAFile): not everything that left is shown; ${WAY}`,
      `the log of what was sent lacks 2 entries: ${LACKS}`,
    ],
  ],
  "a file that can't be written": [
    (host) => {
      host.files.plant(LOG, "");
      refuse(host, "EACCES", (path) => path === LOG);
    },
    [
      `${LOG} can't be written (EACCES): what leaves now is not in it; ${WAY}`,
      `the log of what was sent lacks 2 entries: ${LACKS}`,
    ],
  ],
  "a disk that is full for a while": [
    (host) => {
      refuse(host, "ENOSPC", (path) => path === LOG);
      logDone(host, HOME, left(7, 8), DELIVERED);
      host.files.before = () => {};
    },
    [`the log of what was sent lacks 1 entry: ${LACKS}`],
  ],
  "a full disk, which takes only an empty file": [
    (host) => {
      host.files.plant(UNLOGGED, "");
      refuse(host, "ENOSPC", () => true);
    },
    [`the log of what was sent lacks at least 1 entry: ${LACKS}`],
  ],
  "nothing": [() => {}, []],
};

/** Lets nothing be added to some files. */
function refuse({ files }: MemoryHost, code: string, isMeant: (path: string) => boolean): void {
  files.before = ({ action, path }) => {
    if (action === "append" && isMeant(path)) throw new FileFault("add to a file", code);
  };
}

for (const [name, [prepare, told]] of Object.entries(FAULTS)) {
  Deno.test(`describeLogFaults after ${name} says ${told.length === 0 ? "nothing" : "what is missing"}`, () => {
    const host = hostWithQueue();
    prepare(host);
    logDone(host, HOME, left(0, 1), DELIVERED);
    logAttempted(host, HOME, left(1, 2), { endpoint: ENDPOINT });
    assertEquals(describeLogFaults(host, HOME), told);
  });
}

Deno.test("readSentLogWhole counts lines that can't be understood, but not one that is still being written", () => {
  const host = hostWithQueue();
  logDone(host, HOME, left(0, 1), DELIVERED);
  host.files.plant(`${LOG}.1`, '{"sentAt":"20');
  host.files.plant(LOG, `\n\nnull\n${host.files.text(LOG)}{"sentAt":1}\n{"sentAt":"2026`);
  const { entries, unreadable } = readSentLogWhole(host, HOME);
  assertEquals([entries.length, unreadable], [1, 3]);
});

Deno.test("describeUnreadable says how many lines can't be understood", () => {
  const of = "of the log of what was sent can't be understood: a crash tore";
  const way = "rasa-telemetry log clear begins a new one";
  assertEquals([0, 1, 2].map(describeUnreadable), [
    [],
    [`1 line ${of} it, or somebody changed it; ${way}`],
    [`2 lines ${of} them, or somebody changed them; ${way}`],
  ]);
});

Deno.test("logDone counts only those of a batch that the log didn't take", () => {
  const host = hostWithQueue();
  // So large that the log turns over within the batch.
  host.files.plant(LOG, "x".repeat(1024 * 1024 - 10_000));
  let appended = 0;
  host.files.before = ({ action, path }) => {
    if (action === "append" && path === LOG && ++appended > 1) throw new FileFault("add to a file", "ENOSPC");
  };
  logDone(host, HOME, left(0, 100), DELIVERED);
  assertEquals(readSentLog(host, HOME).length + (host.files.text(UNLOGGED)?.length ?? 0), 100);
});

Deno.test("clearSentLog forgets what the log lacked", () => {
  const host = hostWithQueue();
  host.files.plant(UNLOGGED, "\0");
  clearSentLog(host, HOME);
  assertEquals([describeLogFaults(host, HOME), host.files.text(UNLOGGED)], [[], undefined]);
});
