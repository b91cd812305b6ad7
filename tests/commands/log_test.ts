import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { ASKED, BUILD, MACHINE_ID, QUEUE, runHere, runJson } from "../support/scenes/scene.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import { assertFits, printed, terminalHost, WIDTHS } from "../support/inputs/widths.ts";

const LOG = `${QUEUE}/sent.log`;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** A moment so long before noon. */
function before(milliseconds: number): string {
  return new Date(NOON.getTime() - milliseconds).toISOString();
}

/** A line of the log. An event that is undefined stands for the traits. */
function entry(sentAt: string, event: string | undefined, reason: string | null = null): string {
  const report = event === undefined
    ? { userId: MACHINE_ID, traits: {} }
    : { userId: MACHINE_ID, event, properties: {} };
  const outcome = reason === null ? "delivered" : "rejected";
  const where = { endpoint: BUILD.endpoint, permission: "asked" };
  return JSON.stringify({ sentAt, outcome, reason, ...where, withheld: [], withheldUnknown: 0, report }) + "\n";
}

const ENTRIES = [
  entry(before(9 * DAY_MS), "Shell Started"),
  entry(before(2 * DAY_MS), "Enterprise Search Policy Training Completed"),
  entry(before(DAY_MS), undefined),
  entry(before(3 * HOUR_MS), "Shell Started", "HTTP 400"),
  entry(before(0), "Shell Started"),
];

function loggedHost(options: MemoryHostOptions = {}, lines = ENTRIES): MemoryHost {
  return new MemoryHost({ ...options, files: { ...ASKED, [LOG]: lines.join(""), ...options.files } });
}

const loggedTerminal = (columns: number, options: MemoryHostOptions = {}) =>
  terminalHost(columns, { ...options, files: { ...ASKED, [LOG]: ENTRIES.join("") } });

const AT_80 = `9d ago    delivered  Shell Started
2d ago    delivered  Enterprise Search Policy Training Completed
1d ago    delivered  identify
3h ago    rejected   Shell Started: HTTP 400
just now  delivered  Shell Started
`;

const AT_40 = `9d ago    delivered  Shell Started
2d ago    delivered  Enterprise Search
                     Policy Training
                     Completed
1d ago    delivered  identify
3h ago    rejected   Shell Started: HTTP
                     400
just now  delivered  Shell Started
`;

Deno.test("log is laid out for the terminal's width, with how long ago, or exact times on request", async () => {
  assertEquals(await printed(loggedTerminal(80), "log"), AT_80);
  assertEquals(await printed(loggedTerminal(40), "log"), AT_40);
  const exact = await printed(loggedTerminal(80), "log", "--exact", "--last", "2");
  assertEquals(
    exact,
    `${before(3 * HOUR_MS)}  rejected   Shell Started: HTTP 400\n${before(0)}  delivered  Shell Started\n`,
  );
  assertEquals(await printed(loggedHost(), "log", "--last", "2"), exact);
});

for (const columns of WIDTHS) {
  Deno.test(`log and its summary fit ${columns} columns`, async () => {
    for (const args of [["log"], ["log", "--exact"], ["log", "--summary"], ["log", "--summary", "--exact"]]) {
      assertFits(await printed(loggedTerminal(columns), ...args), columns);
    }
  });
}

const SELECTIONS: readonly (readonly [args: readonly string[], indexes: readonly number[]])[] = [
  [[], [0, 1, 2, 3, 4]],
  [["--last", "2"], [3, 4]],
  [["--last", "0"], [0, 1, 2, 3, 4]],
  [["--event", "Shell Started"], [0, 3, 4]],
  [["--event=Shell Started", "--last", "1"], [4]],
  [["--event", "identify"], [2]],
  [["--event", "Project Created"], []],
  [["--since", "2026-03-01"], [3, 4]],
  [["--since", "2026-03-01T09:00Z"], [3, 4]],
  [["--since", "2026-03-01T09:00:00.001Z"], [4]],
  [["--since", "24h"], [2, 3, 4]],
  [["--since", "3d"], [1, 2, 3, 4]],
  [["--since", "2w", "--event", "Shell Started"], [0, 3, 4]],
  [["--since", "10s"], [4]],
  [["--since", "2026-03-02"], []],
];

for (const [args, indexes] of SELECTIONS) {
  Deno.test(`log ${args.join(" ")} --json gives whole entries, oldest first`, async () => {
    const chosen = indexes.map((index) => ENTRIES[index]).join("");
    assertEquals(await printed(loggedHost(), "log", "--json", ...args), chosen);
  });
}

Deno.test("log shows twenty unless asked for more, and says where nothing matches or there is nothing", async () => {
  const many = loggedHost({}, Array.from({ length: 30 }, (_, at) => entry(before(30 - at), "Shell Started")));
  assertEquals((await printed(many, "log")).trim().split("\n").length, 20);
  const host = loggedHost();
  await runHere(host, "log", "--event", "Project Created");
  assertEquals([host.out, host.err], [
    "",
    "No entry of the log matches; rasa-telemetry log --last 0 shows all of them.\n",
  ]);
  const noLog =
    "There is no log: no home folder is known to keep one in. What leaves because the environment says on isn't noted.\n";
  for (
    const [options, message] of [
      [{}, "The log is empty: nothing has left this machine that could be noted, or nothing since it was cleared.\n"],
      [{ env: { HOME: "" } }, noLog],
      [{ env: { HOME: "~" } }, noLog],
    ] as const
  ) {
    const empty = new MemoryHost(options);
    assertEquals(await runHere(empty, "log"), 0);
    assertEquals([empty.out, empty.err, empty.files.writes], ["", message, []]);
  }
});

const SUMMARY_AT_80 = `Reports     5 (1 rejected)
First       9d ago
Last        just now
Endpoint    http://127.0.0.1:9
Permission  asked 5 (1 rejected)

By event
  Shell Started                                █████████████████  3 (1 rejected)
  Enterprise Search Policy Training Completed  ██████  1
  identify                                     ██████  1

By day, in UTC
  2026-02-20  ████████████████████  1
  2026-02-21  0
  2026-02-22  0
  2026-02-23  0
  2026-02-24  0
  2026-02-25  0
  2026-02-26  0
  2026-02-27  ████████████████████  1
  2026-02-28  ████████████████████  1
  2026-03-01  ████████████████████████████████████████  2 (1 rejected)
`;

const SUMMARY_AT_40 = `Reports     5 (1 rejected)
First       9d ago
Last        just now
Endpoint    http://127.0.0.1:9
Permission  asked 5 (1 rejected)

By event
  Shell Started
    ████████████████████  3 (1 rejected)
  Enterprise Search Policy Training
  Completed
    ███████  1
  identify
    ███████  1

By day, in UTC
  2026-02-20  █████  1
`;

Deno.test("log --summary draws reports by event and by day, days without any included", async () => {
  assertEquals(await printed(loggedTerminal(80), "log", "--summary"), SUMMARY_AT_80);
  assertEquals((await printed(loggedTerminal(40), "log", "--summary")).startsWith(SUMMARY_AT_40), true);
});

Deno.test("log --summary draws with # where a terminal is dumb or there is none", async () => {
  const dumb = await printed(loggedTerminal(80, { env: { TERM: "dumb" } }), "log", "--summary");
  assertEquals(dumb, SUMMARY_AT_80.replaceAll("█", "#"));
  const piped = await printed(loggedHost(), "log", "--summary");
  assertEquals(
    piped,
    SUMMARY_AT_80.replaceAll("█", "#").replace("9d ago", before(9 * DAY_MS)).replace("just now", before(0)),
  );
});

Deno.test("log --summary shows the last fourteen days and counts those before", async () => {
  const days = [40, 20, 20, 13, 0].map((day) => entry(before(day * DAY_MS), "Shell Started"));
  const text = await printed(loggedHost({}, days), "log", "--summary");
  assertEquals([text.includes("2026-02-15"), text.includes("2026-02-16"), text.endsWith("  and 3 before\n")], [
    false,
    true,
    true,
  ]);
});

Deno.test("log --summary --json counts what is selected", async () => {
  const host = loggedHost();
  assertEquals(JSON.parse(await printed(host, "log", "--summary", "--json", "--since", "3d")), {
    delivered: 3,
    rejected: 1,
    attempted: 0,
    from: before(2 * DAY_MS),
    to: before(0),
    endpoints: { "http://127.0.0.1:9": { delivered: 3, rejected: 1, attempted: 0 } },
    permissions: { asked: { delivered: 3, rejected: 1, attempted: 0 } },
    events: {
      "Shell Started": { delivered: 1, rejected: 1, attempted: 0 },
      "Enterprise Search Policy Training Completed": { delivered: 1, rejected: 0, attempted: 0 },
      identify: { delivered: 1, rejected: 0, attempted: 0 },
    },
    days: {
      "2026-02-27": { delivered: 1, rejected: 0, attempted: 0 },
      "2026-02-28": { delivered: 1, rejected: 0, attempted: 0 },
      "2026-03-01": { delivered: 1, rejected: 1, attempted: 0 },
    },
    withheld: { reports: 0, properties: {}, unknown: 0 },
  });
  assertEquals(JSON.parse(await printed(host, "log", "--summary", "--json", "--since", "2026-03-02")), {
    delivered: 0,
    rejected: 0,
    attempted: 0,
    from: null,
    to: null,
    endpoints: {},
    permissions: {},
    events: {},
    days: {},
    withheld: { reports: 0, properties: {}, unknown: 0 },
  });
});

Deno.test("log shows a report once, as it ended last, and counts those that were only attempted", async () => {
  const rows = [
    [before(2 * HOUR_MS), "attempted", "no answer", "first"],
    [before(HOUR_MS), "attempted", "HTTP 503", "second"],
    [before(0), "delivered", null, "first"],
  ];
  const lines = rows.map(([sentAt, outcome, reason, messageId]) => {
    const report = { event: "Shell Started", properties: {}, messageId };
    return JSON.stringify({ sentAt, outcome, reason, report }) + "\n";
  });
  const host = loggedHost({}, lines);
  assertEquals(
    await printed(host, "log"),
    `${before(HOUR_MS)}  attempted  Shell Started: HTTP 503\n${before(0)}  delivered  Shell Started\n`,
  );
  assertEquals((await printed(host, "log", "--summary")).split("\n")[0], "Reports     2 (1 attempted)");
});

Deno.test("log --summary survives names and times that somebody planted", async () => {
  const odd = [
    entry("x", "__proto__"),
    entry("+275760-09-13T00:00:00.000Z", "a\u001b[2J"),
    entry(before(0), "toString"),
  ];
  const host = loggedHost({}, odd);
  const text = await printed(host, "log", "--summary");
  assertEquals([text.includes("\u001b"), text.includes("__proto__"), text.includes("toString")], [false, true, true]);
  const { events } = JSON.parse(await printed(host, "log", "--summary", "--json"));
  assertEquals(Object.keys(events), ["__proto__", "a\u001b[2J", "toString"]);
});

Deno.test("log clear deletes both files and nothing else, asks nothing, and says what it did", async () => {
  const older = { [`${LOG}.1`]: entry(before(DAY_MS), "Shell Started") };
  const host = loggedHost({ files: older });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const names = host.files.names(QUEUE);
  host.err = "";
  assertEquals([await runHere(host, "log", "clear"), host.out, host.err], [
    0,
    "",
    "The log is deleted; it held 6 reports.\n",
  ]);
  assertEquals(host.files.names(QUEUE), names.filter((name) => !name.startsWith("sent.log")));
  host.err = "";
  assertEquals([await runHere(host, "log", "clear", "--json"), host.out, host.err], [
    0,
    '{\n  "deleted": 0\n}\n',
    "The log was empty.\n",
  ]);
  host.err = "";
  await runHere(host, "flush");
  assertEquals((await printed(host, "log", "--json")).split("\n").length, 2);
});

Deno.test("log clear says where a file can't be deleted, and where it is", async () => {
  const host = loggedHost();
  host.files.before = ({ action }) => {
    if (action === "remove") throw new FileFault("remove a file", "EPERM");
  };
  assertEquals([await runHere(host, "log", "clear"), host.err], [
    2,
    `rasa-telemetry: Cannot delete ${LOG}: EPERM; delete it and ${LOG}.1 by hand\n`,
  ]);
});

Deno.test("log keeps one to two MiB in two files, however much leaves", async () => {
  const host = loggedHost({}, [entry(before(0), "Shell Started").repeat(6_000)]);
  await runHere(host, "track", "Training Started");
  assertEquals([host.files.names(QUEUE).includes("sent.log.1"), host.files.text(LOG)?.split("\n").length], [true, 2]);
  assertEquals((await printed(host, "log", "--json", "--last", "0")).trim().split("\n").length, 6_001);
});

Deno.test("log misses nothing where the file that is written becomes the older one while it is read", async () => {
  const host = loggedHost({ files: { [`${LOG}.1`]: entry(before(20 * DAY_MS), "Project Created") } });
  let reads = 0;
  host.files.before = ({ action, path }) => {
    if (action !== "read" || path !== LOG || reads++ > 0) return;
    host.files.rename(LOG, `${LOG}.1`);
    host.files.plant(LOG, entry(before(0), "Training Started"));
  };
  const lines = (await printed(host, "log", "--json", "--last", "0")).trim().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).report.event), [
    "Shell Started",
    "Enterprise Search Policy Training Completed",
    undefined,
    "Shell Started",
    "Shell Started",
    "Training Started",
  ]);
});

/** A machine on which the log is followed. */
function followedHost(options: MemoryHostOptions = {}): TimedHost {
  return new TimedHost({
    files: { ...ASKED, [LOG]: entry(before(DAY_MS), "Shell Started") },
    ...options,
  });
}

/** What was printed so far, by event. */
function eventsIn(host: MemoryHost): string[] {
  return host.out.split("\n").slice(0, -1).map((line) => line.split("  ").at(-1) ?? "");
}

function append(host: MemoryHost, text: string): void {
  host.files.append(LOG, new TextEncoder().encode(text));
}

Deno.test("log --follow shows what is there and what comes, and ends well when it is asked to", async () => {
  const host = followedHost();
  const ended = run(["log", "--follow"], host, BUILD);
  await host.pass(700);
  assertEquals(eventsIn(host), ["Shell Started"]);
  append(host, entry(before(0), "Training Started"));
  await host.pass(500);
  assertEquals(eventsIn(host), ["Shell Started", "Training Started"]);
  await host.pass(10_000);
  append(host, entry(before(0), "Training Failed") + entry(before(0), "Training Completed"));
  await host.pass(500);
  host.requestEnd?.();
  assertEquals(await host.until(ended), 0);
  assertEquals(
    host.out,
    [
      `${before(DAY_MS)}  delivered  Shell Started\n`,
      `${before(0)}  delivered  Training Started\n`,
      `${before(0)}  delivered  Training Failed\n`,
      `${before(0)}  delivered  Training Completed\n`,
    ].join(""),
  );
  assertEquals([host.err, host.files.writes.filter((path) => path !== LOG)], ["", []]);
});

Deno.test("log --follow shows only what is asked for, whole with --json", async () => {
  const host = followedHost();
  const ended = run(["log", "--follow", "--json", "--last", "1", "--event", "Training Started"], host, BUILD);
  await host.pass(100);
  const wanted = entry(before(0), "Training Started");
  append(host, entry(before(0), "Training Failed") + wanted);
  await host.pass(500);
  host.requestEnd?.();
  assertEquals([await host.until(ended), host.out], [0, wanted]);
});

Deno.test("log --follow goes on where the log is rotated, cleared and begun again", async () => {
  const host = followedHost({ files: ASKED });
  host.files.plantFolder(QUEUE);
  const ended = run(["log", "--follow"], host, BUILD);
  await host.pass(100);
  append(host, entry(before(3), "Shell Started"));
  await host.pass(500);
  append(host, entry(before(2), "Training Started"));
  host.files.rename(LOG, `${LOG}.1`);
  append(host, entry(before(1), "Training Failed"));
  await host.pass(500);
  assertEquals(await runHere(host, "log", "clear", "-q"), 0);
  await host.pass(500);
  append(host, entry(before(0), "Training Completed"));
  await host.pass(500);
  host.requestEnd?.();
  assertEquals(await host.until(ended), 0);
  assertEquals(eventsIn(host), ["Shell Started", "Training Started", "Training Failed", "Training Completed"]);
});

Deno.test("log --follow shows an entry once, and not before it is written whole", async () => {
  const host = followedHost();
  const ended = run(["log", "--follow"], host, BUILD);
  const text = entry(before(0), "Training Started");
  for (const part of [text.slice(0, 30), text.slice(30, -1)]) {
    append(host, part);
    await host.pass(600);
    assertEquals(eventsIn(host), ["Shell Started"]);
  }
  append(host, "\n");
  await host.pass(600);
  // A crash may tear one: the next begins a line of its own.
  append(host, `${text.slice(0, 20)}\n${entry(before(0), "Training Failed")}`);
  await host.pass(600);
  host.requestEnd?.();
  await host.until(ended);
  assertEquals(eventsIn(host), ["Shell Started", "Training Started", "Training Failed"]);
});

Deno.test("log --follow reads nothing while nothing changes", async () => {
  const host = followedHost();
  const ended = run(["log", "--follow"], host, BUILD);
  await host.pass(100);
  const reads = () => host.files.operations.filter(({ action }) => action === "read").length;
  const first = reads();
  await host.pass(60_000);
  assertEquals(reads(), first);
  host.requestEnd?.();
  assertEquals(await host.until(ended), 0);
});

Deno.test("log --follow ends where nobody reads any more", async () => {
  const host = followedHost();
  const ended = run(["log", "--follow"], host, BUILD);
  await host.pass(600);
  host.stdoutBroken = true;
  append(host, entry(before(0), "Training Started"));
  assertEquals([await host.until(ended), eventsIn(host)], [0, ["Shell Started"]]);
});

Deno.test("log --follow gives exact times on a terminal too, because they stay there, and says how to end it", async () => {
  const host = followedHost({ terminal: { stdout: true, columns: 80 }, env: { NO_COLOR: "1" } });
  const ended = run(["log", "--follow"], host, BUILD);
  await host.pass(600);
  host.requestEnd?.();
  await host.until(ended);
  assertStringIncludes(host.out, `${before(DAY_MS)}  delivered  Shell Started\n`);
  assertEquals(host.err, "Showing each report as it leaves; press Ctrl-C to end.\n");
});

/** Lines of the log from which things were withheld, one as it was written before that was told, and two that nobody wrote so. */
const HELD = [
  { withheld: ["properties.type"], withheldUnknown: 1 },
  { withheld: ["properties.pipeline[].llm.temperature", "properties.type"] },
  { withheldUnknown: 12 },
  {},
  { withheld: ["properties.type", "<script>"], withheldUnknown: 1 },
  { withheld: [], withheldUnknown: -1 },
].map((held) =>
  JSON.stringify({
    ...JSON.parse(entry(before(0), "Shell Started")),
    withheld: undefined,
    withheldUnknown: undefined,
    ...held,
  }) + "\n"
);

Deno.test("log says how much was withheld from each report, and believes nothing there that it can't have written", async () => {
  const at = before(0);
  assertEquals(
    await printed(loggedHost({}, HELD), "log"),
    [
      `${at}  delivered  Shell Started (2 withheld)\n`.repeat(2),
      `${at}  delivered  Shell Started (12 withheld)\n`,
      `${at}  delivered  Shell Started\n`.repeat(3),
    ].join(""),
  );
  const lines = (await printed(loggedHost({}, HELD), "log", "--json")).trim().split("\n").map((line) =>
    JSON.parse(line)
  );
  assertEquals(lines.map(({ withheld, withheldUnknown }) => [withheld, withheldUnknown]), [
    [["properties.type"], 1],
    [["properties.pipeline[].llm.temperature", "properties.type"], 0],
    [[], 12],
    [[], 0],
    [[], 0],
    [[], 0],
  ]);
});

Deno.test("log --summary names what was withheld, most often first", async () => {
  const text = await printed(loggedHost({}, HELD), "log", "--summary");
  assertStringIncludes(
    text,
    `
Withheld from 3 reports
   2  properties.type
   1  properties.pipeline[].llm.temperature
  13  (unknown keys, entries over a list's limit)
`,
  );
  assertEquals((await printed(loggedHost(), "log", "--summary")).includes("Withheld"), false);
  assertEquals(JSON.parse(await printed(loggedHost({}, HELD), "log", "--summary", "--json"))["withheld"], {
    reports: 3,
    properties: { "properties.type": 2, "properties.pipeline[].llm.temperature": 1 },
    unknown: 13,
  });
});

for (const columns of WIDTHS) {
  Deno.test(`log and its summary fit ${columns} columns with what was withheld, and the log stays aligned`, async () => {
    const host = terminalHost(columns, { files: { ...ASKED, [LOG]: HELD.join("") } });
    assertFits(await printed(host, "log", "--summary"), columns);
    const text = await printed(host, "log");
    assertFits(text, columns);
    assertEquals(
      text.split("\n").filter((line) => line !== "" && !line.startsWith("just now  delivered  Shell")),
      columns < 60 ? text.split("\n").filter((line) => /^ +\S/.test(line)) : [],
    );
  });
}

for (const file of [LOG, `${LOG}.1`]) {
  Deno.test(`log and status say that ${file} can't be read, instead of that nothing has left`, async () => {
    const host = loggedHost({ files: { [file]: "x".repeat(2 * 1024 * 1024 + 1) } }, []);
    const said =
      `${file} can't be read (TooLarge): not everything that left is shown; repair it, or delete it with rasa-telemetry log clear`;
    assertEquals(await runHere(host, "log"), 0);
    assertEquals([host.out, host.err], ["", `rasa-telemetry: ${said}\n`]);
    host.err = "";
    await runHere(host, "status");
    assertStringIncludes(host.err, said);
    host.err = "";
    await runHere(host, "log", "clear");
    await runHere(host, "log", "-q");
    assertEquals([host.err.includes("can't be read"), host.files.text(file)], [false, undefined]);
  });
}

Deno.test("log shows what left, newest last, and --json gives the reports as they left", async () => {
  const host = new MemoryHost({ files: ASKED });
  for (const name of ["Shell Started", "Training Completed"]) await runHere(host, "track", name);
  host.out = "";
  await runHere(host, "log");
  const at = NOON.toISOString();
  assertEquals(host.out, `${at}  delivered  Shell Started\n${at}  delivered  Training Completed\n`);
  host.out = "";
  await runHere(host, "log", "--json", "--last", "1");
  const { sentAt, ...sent } = host.requests[1]?.body ?? {};
  const held = { withheld: [], withheldUnknown: 0 };
  const where = { endpoint: BUILD.endpoint, permission: "asked" };
  assertEquals(JSON.parse(host.out), { sentAt, outcome: "delivered", reason: null, ...where, ...held, report: sent });
});

Deno.test("log strips what a terminal would obey, and says what a crash tore", async () => {
  const entry = {
    sentAt: "2026\u001b[2J",
    outcome: "delivered",
    reason: null,
    report: { event: "a\u202eb", timestamp: "x" },
  };
  const host = new MemoryHost({ files: { [`${QUEUE}/sent.log`]: `${JSON.stringify(entry)}\n{"sentAt": "20\n` } });
  await runHere(host, "log");
  assertEquals(host.out, "2026\uFFFD[2J  delivered  a\uFFFDb\n");
  const why = "a crash tore it, or somebody changed it; rasa-telemetry log clear begins a new one";
  assertEquals(host.err, `rasa-telemetry: 1 line of the log of what was sent can't be understood: ${why}\n`);
});

Deno.test("log clear deletes a log of which nothing can be understood", async () => {
  const host = new MemoryHost({ files: { [`${QUEUE}/sent.log`]: "x\n" } });
  await runHere(host, "log", "clear");
  assertEquals([host.err, host.files.names(QUEUE)], ["The log is deleted; it held 0 reports.\n", []]);
});

Deno.test("log --local shows what local mode has kept, and clears that log alone", async () => {
  const host = new MemoryHost({ files: ASKED });
  await runHere(host, "track", "Shell Started");
  await runHere(host, "enable", "--local");
  host.out = host.err = "";
  assertEquals([await runHere(host, "log", "--local"), host.out], [0, ""]);
  assertEquals(host.err, "The log of local mode is empty; rasa-telemetry enable --local begins it.\n");
  host.input = { properties: { type: "rasa", secret: "x" } };
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "local");
  host.out = "";
  await runHere(host, "log", "--local");
  assertMatch(host.out, /^2026-03-01T12:00:\S+ +kept here +Shell Started \(1 withheld\)\n$/);
  host.out = "";
  await runHere(host, "log", "--local", "--json");
  const { recordedAt, withheldUnknown, report } = JSON.parse(host.out);
  assertEquals([recordedAt.slice(0, 16), withheldUnknown, report.event, report.properties.type], [
    "2026-03-01T12:00",
    1,
    "Shell Started",
    "rasa",
  ]);
  assertEquals((await runJson(host, "log", "clear", "--local"))["deleted"], 1);
  assertEquals([host.files.text(`${QUEUE}/local.log`), host.requests.length], [undefined, 1]);
  assertEquals((await runJson(host, "log", "clear"))["deleted"], 1);
});
