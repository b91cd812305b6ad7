import { assert, assertEquals } from "@std/assert";
import type { PageData } from "../../../lib/page/page_data.ts";
import { sentSection } from "../../../lib/page/sections/sent.ts";
import type { SentEntry } from "../../../lib/sender/sent_log.ts";
import { attemptedAt, entries, entryOf, QUIET_MACHINE, rowsOf, textOf } from "../page_fixture.ts";

function show(sent: readonly SentEntry[], data: Partial<PageData> = {}): string {
  return String(sentSection({ ...QUIET_MACHINE, ...data, sent }).content);
}

/** The heights of the chart's bars, day by day: delivered, rejected and attempted. */
function barsOf(markup: string): number[][] {
  const chart = markup.slice(0, markup.indexOf("</svg>"));
  return chart.split("<g>").slice(1).map((day) =>
    ["delivered", "rejected", "attempted"].map((name) =>
      Number(new RegExp(`<rect class="${name}"[^>]* height="([\\d.]+)"`).exec(day)?.[1] ?? 0)
    )
  );
}

Deno.test("sentSection says so where nothing was sent, and what the log can't know", () => {
  assertEquals(
    textOf(show([])),
    "The log of what was sent is empty. The log holds the last one to two MiB. It lacks what was sent while nothing could be " +
      "kept on this machine, and what was under way when a process was killed. It is the file /home/ada/.config/rasa/telemetry/sent.log and the older one beside it.",
  );
});

Deno.test("sentSection shows one report: in words, in both charts, and whole", () => {
  const entry = entryOf("2026-03-01T10:00:00.000Z");
  const markup = show([entry]);
  assert(
    textOf(markup).startsWith(
      "The log of what was sent holds 1 report, of 2026-03-01 10:00:00Z: 1 delivered, 0 that the server refused for " +
        "good, and 0 attempted: they went out, or may have, and no answer said either. Sent to https://collector.example. Permission: asked 1.",
    ),
  );
  assertEquals(rowsOf(markup, "Reports by day"), [["2026-03-01", "1", "1", "0", "0"]]);
  assertEquals(rowsOf(markup, "Reports by event"), [["Shell Started", "1", "1", "0", "0"]]);
  assertEquals(barsOf(markup), [...Array.from({ length: 13 }, () => [0, 0, 0]), [50, 0, 0]]);
  assertEquals(rowsOf(markup, "Reports, 2026-03-01 (UTC)"), [
    [
      "10:00:00.000Z",
      "delivered (asked)",
      `Shell Started ${JSON.stringify(entry.report, null, 1).replace(/\s+/g, " ")}`,
    ],
  ]);
});

Deno.test("sentSection counts by day in UTC and by event, and draws what it counts", () => {
  const markup = show([
    entryOf("2026-02-27T23:59:59.999Z"),
    entryOf("2026-02-28T00:00:00.000Z", "Shell Started", "HTTP 400"),
    entryOf("2026-03-01T00:00:00.000Z", "Training Started"),
    entryOf("2026-03-01T08:00:00.000Z", "Training Started"),
    entryOf("2026-03-01T09:00:00.000Z", "Training Started", "HTTP 400"),
    attemptedAt("2026-03-01T10:00:00.000Z"),
  ]);
  assertEquals(rowsOf(markup, "Reports by day"), [
    ["2026-03-01", "4", "2", "1", "1"],
    ["2026-02-28", "1", "0", "1", "0"],
    ["2026-02-27", "1", "1", "0", "0"],
  ]);
  assertEquals(rowsOf(markup, "Reports by event"), [
    ["Shell Started", "3", "1", "1", "1"],
    ["Training Started", "3", "2", "1", "0"],
  ]);
  assertEquals(barsOf(markup).slice(-3), [[25, 0, 0], [0, 25, 0], [50, 25, 25]]);
  assertEquals(rowsOf(markup, "Reports, 2026-03-01")[0]?.[1], "attempted (asked): no answer");
  assert(markup.includes(
    'aria-label="Column chart: 6 reports from 2026-02-16 to 2026-03-01; most on 2026-03-01: 4"',
  ));
  assert(textOf(markup).includes("delivered: 3 rejected: 2 attempted: 1"));
});

Deno.test("sentSection draws at most 60 days, and none after the page's own", () => {
  const markup = show([
    entryOf("2020-01-01T00:00:00.000Z"),
    entryOf("2026-01-01T00:00:00.000Z"),
    entryOf("2026-01-02T00:00:00.000Z"),
    entryOf("2026-02-28T00:00:00.000Z"),
    entryOf("9999-12-31T00:00:00.000Z"),
  ]);
  assertEquals(rowsOf(markup, "Reports by day").map(([day]) => day), ["2026-02-28", "2026-01-02", "2026-01-01"]);
  assertEquals(barsOf(markup).length, 59);
});

/** Times as only somebody who changed the file can have written them. */
const STRANGE_TIMES = [
  "",
  "yesterday",
  "2026-03-01",
  "2026-03-01T10:00:00.000Z (remark)",
  "-271821-04-20T00:00:00.000Z",
  "+275760-09-13T00:00:00.000Z",
  "+275760-09-13T00:00:00.001Z",
];

for (const time of STRANGE_TIMES) {
  Deno.test(`sentSection shows an entry of ${JSON.stringify(time)}`, () => {
    const markup = show([entryOf(time)]);
    assertEquals(markup.split('<bdi class="event">').length - 1, 1);
    assert(textOf(markup).startsWith("The log of what was sent holds 1 report"));
  });
}

Deno.test("sentSection lists days newest first, each day's newest first, and what has no time last", () => {
  const sent = [
    entryOf("yesterday", "A"),
    entryOf("2026-03-01T08:00:00.000Z", "B"),
    entryOf("2026-02-01T08:00:00.000Z", "C"),
    entryOf("2026-03-01T09:00:00.000Z", "D"),
  ];
  const names = [...show(sent).matchAll(/<bdi class="event">(\w)/g)].map(([, name]) => name);
  assertEquals(names, ["D", "B", "C", "A"]);
  const days = [...show(sent).matchAll(/<details class="day"( open)?><summary>(.*?) <span/g)].map((found) =>
    found.slice(1)
  );
  assertEquals(days, [
    [" open", "2026-03-01 (UTC)"],
    [undefined, "2026-02-01 (UTC)"],
    [undefined, "Without a time that can be understood"],
  ]);
});

Deno.test("sentSection parts a day of many reports, so that what is open stays quick", () => {
  const markup = show(entries(1_100, 0.5));
  const parts = [...markup.matchAll(/<summary>(2026[^<]*) <span class="count">([^<]*)</g)].map(([, ...found]) => found);
  assertEquals(parts, [
    ["2026-03-01 (UTC), part 1 of 3", "500 reports"],
    ["2026-03-01 (UTC), part 2 of 3", "500 reports"],
    ["2026-03-01 (UTC), part 3 of 3", "100 reports"],
  ]);
});

Deno.test("sentSection says which reports had no room, and where they are", () => {
  const text = textOf(show(entries(10_010, 7)));
  const [, bare] = /This page has no room for all: ([\d,]+) reports of the oldest can't be opened here\./.exec(text) ??
    [];
  assert(bare !== undefined);
  assert(
    text.includes(
      "10 reports, older still, are missing. rasa-telemetry log --json --last 0 prints all of them whole.",
    ),
  );
  assert(text.includes(" 10,000 reports 2026-03-01"));
});

Deno.test("sentSection shows every report whole that a full log of this program's can hold", () => {
  // Two files of a MiB each, and what the last batch put on top.
  const size = JSON.stringify(entryOf("2026-03-01T08:00:00.000Z")).length;
  const text = textOf(show(entries(Math.floor(2 * 1.4 * 1024 * 1024 / size), 7)));
  assertEquals(text.includes("no room"), false);
});

/** Reports larger than any of this program's; laid out a line for each value they would be larger still. */
const MONSTROUS: Readonly<Record<string, unknown>> = {
  "nested deeply": JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`),
  "of very many values": { a: { b: { c: { d: { e: Array.from({ length: 500_000 }, () => []) } } } } },
  "of one long text": { a: "x".repeat(1_000_000) },
};

for (const [name, report] of Object.entries(MONSTROUS)) {
  Deno.test(`sentSection shows a report ${name} by its name alone`, () => {
    // What a file holds can be anything.
    const entry: SentEntry = { ...entryOf("2026-03-01T08:00:00.000Z"), report: JSON.parse(JSON.stringify(report)) };
    const markup = show([entry]);
    assertEquals(rowsOf(markup, "Reports, 2026-03-01"), [["08:00:00.000Z", "delivered (asked)", "identify"]]);
    assert(markup.length < 20_000);
  });
}

Deno.test("sentSection shows the largest report that there can be whole", () => {
  const properties = {
    pipeline: Array.from({ length: 200 }, () => ({ name: "custom", llm: { model: "custom", timeout: 7 } })),
  };
  const entry = entryOf("2026-03-01T08:00:00.000Z");
  const [row] = rowsOf(show([{ ...entry, report: { ...entry.report, properties } }]), "Reports, 2026-03-01");
  assert(row?.[2]?.includes('"pipeline": [ { "name": "custom", "llm": { "model": "custom", "timeout": 7 } },'));
});

Deno.test("sentSection keeps the fields of the filter hidden from whoever has no script", () => {
  assert(show(entries(3, 60)).includes('<div id="filter" role="search" aria-label="Filter the reports" hidden>'));
});

Deno.test("sentSection lets one choose from the events that there are", () => {
  const [, choices] = /<select id="filter-event"[^>]*>(.*?)<\/select>/s.exec(show(entries(3, 60))) ?? [];
  assertEquals(textOf(choices ?? ""), "all Shell Started Training Started");
});

Deno.test("sentSection says how many reports the chart has no room for, and of how many something was withheld", () => {
  const far = { ...entryOf("2025-01-01T10:00:00.000Z"), withheld: ["properties.type"], withheldUnknown: 2 };
  const sent = [entryOf("yesterday"), far, entryOf("2026-03-01T10:00:00.000Z", "Shell Started", "HTTP 400")];
  const markup = show(sent);
  assert(textOf(markup).includes("2 reports of other days or without a day are not drawn."));
  assertEquals(rowsOf(markup, "Reports, 2025-01-01")[0]?.[1], "delivered (asked), 3 withheld");
  assertEquals(rowsOf(markup, "Reports, 2026-03-01")[0]?.[1], "rejected (asked): HTTP 400");
  assertEquals(textOf(show(sent.slice(2))).includes("not drawn"), false);
});
