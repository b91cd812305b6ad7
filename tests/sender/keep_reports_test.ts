import { assertEquals } from "@std/assert";
import type { Label } from "../../lib/consent/permission.ts";
import type { Permit } from "../../lib/consent/permit.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import type { QueuedReport } from "../../lib/sender/disk_queue/content.ts";
import { enqueue } from "../../lib/sender/disk_queue/enqueue.ts";
import { countDropped, type DroppedBy, DROPS } from "../../lib/sender/disk_queue/files.ts";
import { countHeld, keepReports, type KeptReports } from "../../lib/sender/keep_reports.ts";
import { range } from "../support/inputs/numbered_events.ts";
import { type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import { HOME, LABEL, PERMIT, permitOf, report, routeOf, waiting } from "../support/scenes/memory_queue_scene.ts";
import {
  ASKED,
  CONFIG_FILE,
  EPOCH,
  OTHER_EPOCH,
  QUEUE,
  RECORD_FILE,
  recordOf,
  STORED_ON,
  TOLD,
  toldAt,
} from "../support/scenes/scene.ts";

const HOUR_MS = 60 * 60 * 1000;
const UNTOLD = { [CONFIG_FILE]: STORED_ON, [RECORD_FILE]: recordOf() };
/** A user who was told half an hour ago. */
const RECENTLY_TOLD = toldAt("2026-03-01T11:30:00.000Z");
const HELD: Permit = await permitOf({ files: RECENTLY_TOLD });
const NOBODY_TOLD: Permit = await permitOf({ files: UNTOLD });
const OFF: Permit = { kind: "off" };
const UNCLEAR: Permit = { kind: "unclear" };

/** The report with this number and label. Those from 1,000 on are of another event. */
function queued(number: number, label: Partial<Label> = {}): QueuedReport {
  const written = writeReport(report(number, number < 1_000 ? {} : { policies: 1 }));
  return { label: { ...LABEL, ...label }, report: written };
}

/** Keeps reports under what `permits` give, one after the other; the last of them holds on. */
function keep(host: TimedHost, reports: readonly QueuedReport[], ...permits: readonly Permit[]): KeptReports {
  let asked = 0;
  const permit = () => permits[Math.min(asked++, permits.length - 1)] ?? PERMIT;
  return keepReports(host, routeOf({ permit }), reports);
}

/** How many reports were dropped by each rule, without the rules by which none were. */
function dropped(host: TimedHost): Partial<Record<DroppedBy, number>> {
  return Object.fromEntries(Object.entries(countDropped(host, HOME)).filter(([, count]) => count > 0));
}

Deno.test("keepReports writes each report with its label, under a name that tells its permission and event", () => {
  const host = new TimedHost();
  const { files, lost } = keep(host, [queued(1), queued(1_000, { permission: "environment" })], PERMIT);
  const at = NOON.getTime();
  assertEquals([files.map(({ name }) => name), lost], [[
    `00${at}-10000000-0000-4000-8000-000000000001.asked.model-core-tested.json`,
    `00${at + 1}-10000000-0000-4000-8000-000000001000.environment.training-started.json`,
  ], undefined]);
  const { report: _, ...head } = JSON.parse(host.files.text(files[0]?.path ?? "") ?? "null");
  assertEquals(head, {
    format: 1,
    catalogue: 1,
    epoch: EPOCH,
    permission: "asked",
    notice: 1,
    at,
  });
});

Deno.test("keepReports keeps of what may not leave yet the earliest 50 of each event, and counts the others", () => {
  const host = new TimedHost();
  const told = { permission: "told" } as const;
  const reports = [...range(0, 40), ...range(1_000, 1_070), ...range(40, 60)].map((number) => queued(number, told));
  const first = keep(host, reports, HELD);
  assertEquals([first.files.length, first.lost], [100, "surplus"]);
  assertEquals(waiting(host).toSorted((left, right) => left - right), [...range(0, 50), ...range(1_000, 1_050)]);
  assertEquals(dropped(host), { limits: 30 });
  // Another process of the same hour.
  assertEquals(keep(host, [queued(60, told)], HELD), { files: [], dropped: [], lost: "surplus", unkept: [] });
  assertEquals([waiting(host).length, dropped(host)], [100, { limits: 31 }]);
});

Deno.test("keepReports keeps 50 of an event in all, whether recorded before the notice or after it", () => {
  const host = new TimedHost();
  host.clock = new Date("2026-03-01T11:29:00.000Z").getTime();
  const untold = range(0, 45).map((number) => queued(number, { permission: "untold", at: host.clock }));
  keep(host, untold, NOBODY_TOLD);
  host.clock = NOON.getTime();
  keep(host, range(45, 60).map((number) => queued(number, { permission: "told" })), HELD);
  assertEquals([waiting(host), dropped(host)], [range(0, 50), { limits: 10 }]);
});

Deno.test("keepReports keeps all of what may leave", () => {
  const host = new TimedHost();
  assertEquals(keep(host, range(0, 120).map((number) => queued(number)), PERMIT).files.length, 120);
  assertEquals([waiting(host), dropped(host)], [range(0, 120), {}]);
});

/** What becomes of a report that is to be kept, or waits already, on a machine like this. */
const FATES: readonly (readonly [
  what: string,
  options: MemoryHostOptions,
  label: Partial<Label>,
  dropped: DroppedBy | undefined,
])[] = [
  ["recorded under a yes", { files: ASKED }, {}, undefined],
  ["of another epoch", { files: ASKED }, { epoch: OTHER_EPOCH }, "withdrawn"],
  ["that is held for its hour", { files: RECENTLY_TOLD }, { permission: "told" }, undefined],
  ["whose hour is over", { files: TOLD }, { permission: "told" }, undefined],
  ["that nobody was told of yet", { files: UNTOLD }, { permission: "untold" }, undefined],
  [
    "that nobody was told of within the hour",
    { files: UNTOLD },
    { permission: "untold", at: NOON.getTime() - HOUR_MS - 1 },
    "untold",
  ],
  [
    "whose telling came too late",
    { files: RECENTLY_TOLD },
    { permission: "untold", at: NOON.getTime() - 2 * HOUR_MS },
    "untold",
  ],
  [
    "whose telling came in time",
    { files: RECENTLY_TOLD },
    { permission: "untold", at: NOON.getTime() - HOUR_MS },
    undefined,
  ],
  ["that nobody was told of before a yes", { files: ASKED }, { permission: "untold" }, "untold"],
  [
    "under the variable",
    { files: TOLD, env: { RASA_TELEMETRY_ENABLED: "1" } },
    { permission: "environment" },
    undefined,
  ],
  ["under the variable, which is gone", { files: TOLD }, { permission: "environment" }, "environment"],
  ["under the variable, after a yes", { files: ASKED }, { permission: "environment" }, undefined],
];

for (const [what, options, label, by] of FATES) {
  Deno.test(`keepReports ${by === undefined ? "keeps" : `drops as ${by}`} a report ${what}`, async () => {
    const host = new TimedHost();
    const permit = await permitOf(options);
    const { files, lost } = keep(host, [queued(1, label)], permit);
    assertEquals([files.length, lost], by === undefined ? [1, undefined] : [0, "withdrawn"]);
    assertEquals([waiting(host), dropped(host)], by === undefined ? [[1], {}] : [[], { [by]: 1 }]);
  });

  // Another epoch is looked for once, by whoever finds the change of consent: it isn't in the file's name.
  if (label.epoch !== undefined) continue;
  Deno.test(`keepReports ${by === undefined ? "leaves" : `drops as ${by}`} what waits ${what}`, async () => {
    const host = new TimedHost();
    // It was queued when it was recorded.
    host.clock = label.at ?? host.clock;
    enqueue(host, HOME, [queued(1, label)]);
    host.clock = NOON.getTime();
    const permit = await permitOf(options);
    const other = queued(2, { permission: permit.consent.standing.record.asked === null ? "told" : "asked" });
    keep(host, [other], permit);
    assertEquals([waiting(host), dropped(host)], by === undefined ? [[1, 2], {}] : [[2], { [by]: 1 }]);
  });
}

Deno.test("keepReports looks into what was queued after a telling that came after it was recorded", () => {
  const host = new TimedHost();
  // A batch in memory: recorded a second before the notice was shown, and queued a second after it.
  const label = { permission: "untold", at: new Date("2026-03-01T11:29:59.000Z").getTime() } as const;
  host.clock = new Date("2026-03-01T11:30:01.000Z").getTime();
  enqueue(host, HOME, [queued(1, label)]);
  keep(host, [queued(2, { permission: "told" })], HELD);
  assertEquals([waiting(host), dropped(host)], [[1, 2], {}]);
});

for (const [newer, text] of [["format", '{"format":2,'], ["catalogue", '{"format":1,"catalogue":999,']] as const) {
  Deno.test(`keepReports leaves what another version wrote in a newer ${newer}, whatever its name says`, () => {
    const host = new TimedHost();
    const name = `00${NOON.getTime() - 2 * HOUR_MS}-10000000-0000-4000-8000-000000000007.untold.session-joined.json`;
    host.files.plant(`${QUEUE}/${name}`, `${text}"report":{"messageId":"10000000-0000-4000-8000-000000000007"}}`);
    keep(host, [queued(1)], PERMIT);
    assertEquals([waiting(host), dropped(host)], [[7, 1], {}]);
  });
}

Deno.test("keepReports drops each of several by its own rule, and keeps the others", () => {
  const host = new TimedHost();
  const reports = [
    queued(1, { permission: "told" }),
    queued(2, { permission: "environment" }),
    queued(3, { permission: "told", epoch: OTHER_EPOCH }),
    queued(4, { permission: "untold", at: NOON.getTime() - 2 * HOUR_MS }),
    queued(5, { permission: "told" }),
  ];
  keep(host, reports, HELD);
  assertEquals([waiting(host), dropped(host)], [[1, 5], { untold: 1, withdrawn: 1, environment: 1 }]);
});

Deno.test("keepReports drops traits whose own switch was thrown, and keeps events", async () => {
  const host = new TimedHost();
  const permit = await permitOf({
    files: { ...ASKED, [CONFIG_FILE]: STORED_ON.replace(/(traits:\n {2}enabled: )true/, "$1false") },
  });
  const { userId, context, messageId, timestamp } = report(1);
  const label = { ...LABEL, epoch: permit.consent.standing.record.epoch };
  const traits = { label, report: writeReport({ userId, traits: {}, context, messageId, timestamp }) };
  keep(host, [traits, queued(2, label)], permit);
  assertEquals([waiting(host), dropped(host)], [[2], { withdrawn: 1 }]);
});

Deno.test("keepReports keeps nothing where telemetry is off, and counts it", () => {
  const host = new TimedHost();
  assertEquals(keep(host, [queued(1), queued(2)], OFF), { files: [], dropped: [], lost: "withdrawn", unkept: [] });
  assertEquals([waiting(host), dropped(host)], [[], { withdrawn: 2 }]);
});

Deno.test("keepReports keeps everything where nobody can tell whether telemetry is on", () => {
  const host = new TimedHost();
  const reports = [queued(1), queued(2, { permission: "environment" }), queued(3, { epoch: OTHER_EPOCH })];
  const { files, lost } = keep(host, reports, UNCLEAR);
  assertEquals([files.length, lost, waiting(host), dropped(host)], [3, undefined, [1, 2, 3], {}]);
});

for (
  const [what, now] of [
    ["telemetry was switched off", OFF],
    ["a new epoch began", await permitOf({ files: { ...ASKED, [RECORD_FILE]: recordOf({ epoch: OTHER_EPOCH }) } })],
  ] as const
) {
  Deno.test(`keepReports takes back what it wrote where ${what} meanwhile, and counts it once`, () => {
    const host = new TimedHost();
    enqueue(host, HOME, [queued(0)]);
    const { files, lost } = keep(host, [queued(1), queued(2)], PERMIT, now);
    assertEquals([files, lost, waiting(host), dropped(host)], [[], "withdrawn", [0], { withdrawn: 2 }]);
  });
}

Deno.test("keepReports counts no report twice that went over a limit before it was withdrawn", () => {
  const host = new TimedHost();
  const reports = range(0, 53).map((number) => queued(number, { permission: "told" }));
  keep(host, reports, HELD, OFF);
  assertEquals([waiting(host), dropped(host)], [[], { limits: 3, withdrawn: 50 }]);
});

Deno.test("keepReports keeps what it wrote where meanwhile nobody can tell", () => {
  const host = new TimedHost();
  assertEquals(keep(host, [queued(1)], PERMIT, UNCLEAR).lost, undefined);
  assertEquals([waiting(host), dropped(host)], [[1], {}]);
});

Deno.test("keepReports has nowhere to keep a report without a home", () => {
  const host = new TimedHost();
  const kept = keepReports(host, routeOf({ home: undefined }), [queued(1)]);
  assertEquals([kept, host.files.operations], [{ files: [], dropped: [], lost: "unkept", unkept: [] }, []]);
});

Deno.test("countHeld counts what may not leave yet, and opens no file", async () => {
  const host = new TimedHost();
  const kinds = ["told", "untold", "environment", "asked"] as const;
  enqueue(host, HOME, kinds.map((permission, number) => queued(number, { permission, at: NOON.getTime() - HOUR_MS })));
  const since = host.files.operations.length;
  const { consent } = await permitOf({ files: RECENTLY_TOLD });
  assertEquals(countHeld(host, consent), 2);
  const actions = host.files.operations.slice(since).map(({ action }) => action);
  assertEquals(actions, ["list"]);
});

Deno.test("the rules by which reports are dropped have letters of their own", () => {
  const letters = Object.values(DROPS).map(({ letter }) => letter);
  assertEquals(new Set(letters).size, letters.length);
});
