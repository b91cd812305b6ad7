import { assertEquals } from "@std/assert";
import { progressFor, progressLine } from "../../lib/terminal/progress.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { ASKED, QUEUE, queued, runHere } from "../support/scenes/scene.ts";
import { WIDTHS } from "../support/inputs/widths.ts";

type Shown = readonly [done: number, left: number, elapsedMs: number, columns: number, line: string];

const LINES: readonly Shown[] = [
  [0, 1000, 0, 80, "[..............................] 0 of 1000"],
  [100, 900, 400, 80, "[###...........................] 100 of 1000"],
  [100, 900, 1000, 80, "[###...........................] 100 of 1000  100/s  9s left"],
  [500, 500, 50_000, 80, "[###############...............] 500 of 1000  10/s  50s left"],
  [3, 997, 60_000, 80, "[..............................] 3 of 1000  0.1/s  5h 32m left"],
  [1000, 0, 10_000, 80, "[##############################] 1000 of 1000  100/s"],
  [100, 900, 1000, 60, "[###..........................] 100 of 1000  100/s  9s left"],
  [100, 900, 1000, 40, "[#........] 100 of 1000  100/s  9s left"],
  [500, 500, 50_000, 40, "[#####....] 500 of 1000  10/s  50s left"],
  [3, 997, 60_000, 40, "[.......] 3 of 1000  0.1/s  5h 32m left"],
  [100, 900, 1000, 20, "[#.......] 100/1000"],
  [100, 900, 1000, 14, "100/1000"],
  [100, 900, 1000, 6, "100/1"],
];

for (const [done, left, elapsedMs, columns, line] of LINES) {
  Deno.test(`progressLine after ${done} of ${done + left} in ${elapsedMs} ms, in ${columns} columns`, () => {
    assertEquals(progressLine(done, left, elapsedMs, columns), line);
  });
}

Deno.test("progressLine never fills the last column", () => {
  for (const columns of [2, 10, 20, 30, ...WIDTHS]) {
    for (const done of [0, 1, 99, 100, 999, 1000]) {
      for (const elapsed of [0, 999, 3_600_000]) {
        const line = progressLine(done, 1000 - done, elapsed, columns);
        assertEquals([line, line.length < columns], [line, true]);
      }
    }
  }
});

/** A machine with so many reports waiting, whose server takes a second for each batch. */
async function waitingHost(count: number, options: MemoryHostOptions = {}): Promise<MemoryHost> {
  const host: MemoryHost = new MemoryHost({
    ...options,
    files: ASKED,
    respond: () => {
      host.clock += 1000;
      return 200;
    },
  });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [name = ""] = host.files.names(QUEUE).filter((name) => name.endsWith(".json"));
  const text = host.files.text(`${QUEUE}/${name}`) ?? "";
  for (let at = 1; at < count; at++) {
    const id = `00000000-0000-4000-9000-${String(at).padStart(12, "0")}`;
    const [, old = ""] = /"messageId":"([^"]+)"/.exec(text) ?? [];
    host.files.plant(`${QUEUE}/${name.replace(old, id)}`, text.replaceAll(old, id));
  }
  assertEquals(queued(host).length, count);
  host.err = "";
  return host;
}

/** What the screen shows after each write: a carriage return begins the line anew, and covers what was there. */
function screens(text: string): string[] {
  let line = "";
  return text.split("\r").slice(1).map((part) => {
    line = part + line.slice(part.length);
    return line.trimEnd();
  });
}

const DONE = "900 delivered, 0 rejected, 0 left\n";

Deno.test("flush of a long queue shows how far it is, and takes that off the screen again", async () => {
  const host = await waitingHost(900, { terminal: { stderr: true, columns: 60 } });
  assertEquals(await runHere(host, "flush"), 0);
  assertEquals(screens(host.err.slice(0, -DONE.length)), [
    "[..............................] 0 of 900",
    "[#################.............] 500 of 900  500/s  1s left",
    "[##############################] 900 of 900  450/s",
    "",
    "",
  ]);
  assertEquals(host.err.endsWith(`\r${DONE}`), true);
});

const WITHOUT: readonly (readonly [name: string, options: MemoryHostOptions, args: readonly string[]])[] = [
  ["standard error is no terminal", { terminal: { stdout: true } }, []],
  ["the terminal is dumb", { terminal: { stderr: true }, env: { TERM: "dumb" } }, []],
];

for (const [name, options, args] of WITHOUT) {
  Deno.test(`flush shows no progress where ${name}`, async () => {
    const host = await waitingHost(900, options);
    await runHere(host, "flush", ...args);
    assertEquals(host.err, DONE);
  });
}

Deno.test("flush shows no progress for what goes at once, and none with --quiet", async () => {
  const few = await waitingHost(500, { terminal: { stderr: true } });
  await runHere(few, "flush");
  assertEquals(few.err, "500 delivered, 0 rejected, 0 left\n");
  const quiet = await waitingHost(900, { terminal: { stderr: true } });
  assertEquals([await runHere(quiet, "flush", "--quiet"), quiet.err], [0, ""]);
});

Deno.test("flush --quiet still says why something is left", async () => {
  const host = new MemoryHost({ files: ASKED, respond: 503 });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertEquals([await runHere(host, "flush", "--quiet"), host.err], [
    4,
    "rasa-telemetry: 0 delivered, 0 rejected, 1 left: the server can't be reached or can't take them just now; " +
    "rasa-telemetry status says more\n",
  ]);
});

Deno.test("progressFor writes nothing at the end of what it never showed", () => {
  const host = new MemoryHost({ terminal: { stderr: true } });
  const progress = progressFor(host);
  progress.step(20, 0);
  progress.end();
  assertEquals(host.err, "");
});
