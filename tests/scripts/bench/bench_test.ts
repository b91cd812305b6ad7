import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseStreamLine } from "../../../lib/recording/input/stream_line.ts";
import { NOTICE_NUMBER } from "../../../lib/consent/notice_number.ts";
import { redactCaller } from "../../../lib/report/caller_input.ts";
import { CollectorProcess } from "../../../scripts/bench/collector_process.ts";
import { CONTEXT, eventLine } from "../../../scripts/bench/events.ts";
import { noiseSection } from "../../../scripts/bench/noise.ts";
import { type Job, measure } from "../../../scripts/bench/processes.ts";
import { median, quantile, ratio, rounded } from "../../../scripts/bench/statistics.ts";
import { compared, isMet, type Row, toJson, toMarkdown, toText } from "../../../scripts/bench/table.ts";
import { freePorts } from "../../../scripts/support/free_ports.ts";
import { findPython } from "../../../scripts/toolchain/python.ts";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { Authority } from "../../support/programs/authority.ts";
import { withFolder } from "../../support/scenes/end_to_end.ts";

const python = await findPython();
/** What counts a program's use is the system's, and only these have it. */
const canMeasure = python !== undefined && Deno.build.os !== "windows";

for (
  const [numbers, share, expected] of [
    [[3], 0.5, 3],
    [[1, 9, 5], 0.5, 5],
    [[10, 9, 1, 2], 0.5, 5.5],
    [[0, 10], 0.95, 9.5],
    [[4, 2], 0, 2],
    [[4, 2], 1, 4],
  ] as const
) {
  Deno.test(`quantile of ${numbers} at ${share} is ${expected}`, () =>
    assertEquals(quantile(numbers, share), expected));
}

Deno.test("median of nothing is refused", () => {
  assertThrows(() => median([]), RangeError, "Cannot take a quantile of nothing");
});

for (
  const [value, expected] of [
    [0, "0"],
    [0.1234, "0.123"],
    [1.2345, "1.23"],
    [98.76, "98.8"],
    [987.6, "988"],
    [12345.6, "12,346"],
    [-1.5, "-1.5"],
  ] as const
) {
  Deno.test(`rounded shows ${value} as ${expected}`, () => assertEquals(rounded(value), expected));
}

for (const [value, expected] of [[1.2, "1.20"], [0.104, "0.10"], [0.00321, "0.0032"], [0, "0.00"]] as const) {
  Deno.test(`ratio shows ${value} as ${expected}`, () => assertEquals(ratio(value), expected));
}

const SIDES = { what: "this", value: 12, beside: "that", besideValue: 10 };
const TIMES: Row = { unit: "ms", ...SIDES, goal: { compare: "times", most: 1.25 } };
const MORE: Row = { unit: "MiB", ...SIDES, goal: { compare: "more", most: 1 } };
const UNMEASURED: Row = {
  unit: "events/s",
  what: "this",
  value: 100,
  beside: "a peer",
  besideValue: undefined,
  goal: { compare: "times", least: 3 },
  note: "Not measured: why.",
};

for (
  const [found, met, line] of [
    [1.2, true, TIMES],
    [2, false, MORE],
    [undefined, undefined, UNMEASURED],
    [3, true, { ...UNMEASURED, value: 300, besideValue: 100 }],
    [2.9, false, { ...UNMEASURED, value: 290, besideValue: 100 }],
    [1.2, undefined, { ...TIMES, goal: { compare: "times" } }],
    [12, true, { ...TIMES, goal: { compare: "itself", most: 12 } }],
    [12, false, { ...TIMES, goal: { compare: "itself", most: 11 } }],
    [100, true, { ...UNMEASURED, goal: { compare: "itself", least: 90 } }],
  ] as const satisfies readonly (readonly [number | undefined, boolean | undefined, Row])[]
) {
  Deno.test(`compared says ${found}, and isMet ${met}, of ${JSON.stringify(line)}`, () => {
    assertEquals([compared(line), isMet(line)], [found, met]);
  });
}

Deno.test("noiseSection shows what the machine does to one program, within a part and between parts", () => {
  const found = [{ low: 30, middle: 33, high: 36 }, { low: 32, middle: 40, high: 60 }, {
    low: 31,
    middle: 34,
    high: 35,
  }];
  const { rows } = noiseSection(found);
  assertEquals(rows.map(({ value, besideValue }) => [value, besideValue]), [[36, 31], [40, 33]]);
});

Deno.test({
  name: "host.py says in milliseconds what a program without events takes, and one with some",
  ignore: !canMeasure,
  fn: async () => {
    const job = (count: string): Job => ({
      name: count,
      argv: ["/usr/bin/env", python ?? "", `${ROOT}/scripts/bench/host.py`, "none", "", count, "0", "beside"],
      env: { PATH: Deno.env.get("PATH") ?? "" },
      cwd: ROOT,
    });
    const runs = await measure(python ?? "", [job("0"), job("3")], { rounds: 1 });
    const taken = ["0", "3"].map((name) => JSON.parse(runs.get(name)?.[0]?.out ?? ""));
    assertEquals(taken.map((of) => [Object.keys(of), of.each.length]), [
      [["import", "first", "each"], 0],
      [["import", "first", "each"], 2],
    ]);
  },
});

Deno.test("a row whose goal is about the figure alone shows it as a part of the one beside it", () => {
  const row: Row = { ...TIMES, value: 5, goal: { compare: "itself", most: 4 } };
  assertEquals(
    toText([{ title: "Alone", rows: [row] }]).split("\n").at(-1),
    "this      5 ms  that       10 ms    0.50 x  at most 4 ms  no",
  );
});

const SECTIONS = [{ title: "Times", rows: [TIMES, MORE] }, { title: "Peers", rows: [UNMEASURED] }];

Deno.test("toMarkdown writes a table for each section, and what could not be measured below", () => {
  assertEquals(
    toMarkdown(SECTIONS),
    [
      "### Times",
      "",
      "| what | measured | beside | measured | compared | goal | met |",
      "| --- | ---: | --- | ---: | ---: | ---: | --- |",
      "| this | 12 ms | that | 10 ms | 1.20 x | at most 1.25 x | yes |",
      "| this | 12 MiB | that | 10 MiB | +2 MiB | at most 1 MiB more | no |",
      "",
      "### Peers",
      "",
      "| what | measured | beside | measured | compared | goal | met |",
      "| --- | ---: | --- | ---: | ---: | ---: | --- |",
      "| this | 100 events/s | a peer | not measured |  | at least 3 x |  |",
      "",
      "Not measured: why.",
    ].join("\n"),
  );
});

Deno.test("toText aligns the columns of all sections", () => {
  assertEquals(toText(SECTIONS).split("\n"), [
    "Times",
    "what      measured  beside      measured  compared                goal  met",
    "this         12 ms  that           10 ms    1.20 x      at most 1.25 x  yes",
    "this        12 MiB  that          10 MiB    +2 MiB  at most 1 MiB more  no",
    "",
    "Peers",
    "what      measured  beside      measured  compared                goal  met",
    "this  100 events/s  a peer  not measured                  at least 3 x",
    "Not measured: why.",
  ]);
});

Deno.test("toJson has null for what could not be measured", () => {
  assertEquals(toJson([{ title: "Peers", rows: [UNMEASURED] }]), [{
    title: "Peers",
    rows: [{
      what: "this",
      unit: "events/s",
      value: 100,
      beside: "a peer",
      besideValue: null,
      compared: null,
      goal: { compare: "times", least: 3 },
      met: null,
      note: "Not measured: why.",
    }],
  }]);
});

for (const index of [0, 1, 2, 3]) {
  Deno.test(`eventLine(${index}) is taken whole by stream`, async () => {
    const entry = parseStreamLine({ number: 1, text: eventLine(index).trim(), problem: undefined });
    if (typeof entry === "string" || "unknown" in entry) throw new Error("It was refused");
    const { withheld, withheldUnknown, versions } = await redactCaller(
      entry.recording,
      entry.values,
      entry.context,
      NOTICE_NUMBER,
    );
    assertEquals([withheld, withheldUnknown, versions], [[], 0, CONTEXT]);
  });
}

function job(name: string, program: string, more: Partial<Job> = {}): Job {
  return { name, argv: ["/bin/sh", "-c", program], env: {}, cwd: "/", ...more };
}

Deno.test({
  name: "measure runs each program as often as it is told, and says what it cost",
  ignore: !canMeasure,
  fn: () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/in`, "given");
      const fresh = `${folder}/home`;
      await Deno.writeTextFile(`${fresh}/001795387886645-x.json`, "");
      await Deno.writeTextFile(`${fresh}/kept.json`, "");
      const jobs = [
        job("reads", 'cat; pwd; echo "$WORD"', { env: { WORD: "said" }, cwd: folder, stdin: `${folder}/in` }),
        job("lists", `cd ${fresh}; echo *`, { fresh }),
      ];
      const runs = await measure(python ?? "", jobs, { rounds: 2 });
      assertEquals([...runs].map(([name, each]) => [name, each.map(({ code, out }) => [code, out])]), [
        ["reads", [[0, `given${folder}\nsaid\n`], [0, `given${folder}\nsaid\n`]]],
        ["lists", [[0, "kept.json\n"], [0, "kept.json\n"]]],
      ]);
      const figures = [...runs.values()].flat().flatMap((
        { ms, kib, userMs, systemMs },
      ) => [ms, kib, userMs + systemMs]);
      assertEquals(figures.filter((figure) => !Number.isFinite(figure) || figure < 0), []);
    }),
});

Deno.test({
  name: "measure refuses a program that fails",
  ignore: !canMeasure,
  fn: async () => {
    await assertRejects(
      () => measure(python ?? "", [job("bad", "exit 3")], { rounds: 1 }),
      Error,
      'Cannot measure "bad": it ended with code 3',
    );
  },
});

Deno.test("the benchmark's collector counts different reports, in batches, compressed or neither, once for each question", () =>
  withFolder(async (folder) => {
    const authority = await Authority.create();
    const { cert, key } = await authority.issue();
    await Deno.writeTextFile(`${folder}/cert.pem`, cert);
    await Deno.writeTextFile(`${folder}/key.pem`, key);
    const [port = 0] = freePorts(1);
    const collector = await CollectorProcess.start(folder, port);
    const client = Deno.createHttpClient({ caCerts: [authority.pem] });
    try {
      const send = async (body: BodyInit, headers: Record<string, string> = {}) => {
        const response = await fetch(`https://localhost:${port}/v1/batch`, { method: "POST", body, headers, client });
        assertEquals(await response.json(), { success: true, status: "Ok" });
      };
      const batch = JSON.stringify({ batch: [{ messageId: "b" }, { messageId: "c" }, { uuid: "d" }] });
      const compressed = await new Response(new Blob([batch]).stream().pipeThrough(new CompressionStream("gzip")))
        .bytes();
      await send('{"messageId": "a"}');
      await send(batch);
      await send(compressed, { "content-encoding": "gzip" });
      const bytes = 18 + batch.length + compressed.length;
      assertEquals(await collector.count(), { requests: 3, reports: 7, distinct: 4, bytes });
      assertEquals(await collector.count(), { requests: 0, reports: 0, distinct: 0, bytes: 0 });
    } finally {
      client.close();
      await collector.stop();
    }
  }));
