import { assertEquals, assertMatch } from "@std/assert";
import { waitingIds } from "../support/inputs/queue_folder.ts";
import { CAN_LIMIT, type Condition, hasProgram, ON_LINUX, ON_POSIX } from "../support/programs/conditions.ts";
import { type EndToEnd, endToEnd, type RunOptions } from "../support/scenes/end_to_end.ts";

/** Starts that are not like ours: what the runtime does before the program does anything, and what the program makes of it. */

const TRACK = ["track", "Shell Started", "--timeout", "0", "--json"];
const ON = { RASA_TELEMETRY_ENABLED: "true" };
const PYTHON: Condition = await hasProgram("python3", "--version");

const env = (name: string, value: string): RunOptions => ({ env: { [name]: value } });
const limited = (...options: readonly string[]): RunOptions => ({ wrap: (argv) => ["prlimit", ...options, ...argv] });
/** A line of Python before the program takes its place. */
const after = (line: string): RunOptions => ({
  wrap: (argv) => ["python3", "-c", `import os, resource, sys\n${line}\nos.execv(sys.argv[1], sys.argv[1:])`, ...argv],
});

/** Starts after which a report is queued, and nothing is said. */
const GOOD: Readonly<Record<string, readonly [how: RunOptions, needs: Condition]>> = {
  ...Object.fromEntries(
    ["/", "/nonexistent", "/dev/null"].map((value) => [`TMPDIR=${value}`, [env("TMPDIR", value), ON_POSIX]] as const),
  ),
  ...Object.fromEntries(
    ["C", "POSIX", "tr_TR.UTF-8", "xx_YY.nonsense", ""].map((value) =>
      [`LC_ALL=${value}`, [env("LC_ALL", value), ON_POSIX]] as const
    ),
  ),
  ...Object.fromEntries(
    [
      ["DENO_V8_FLAGS", "--nonsense"],
      ["DENO_TOKIO_WORKERS", "x"],
      ["DENO_DIR", "/proc"],
      ["DENO_NO_PROMPT", "1"],
      ["DENO_AUTO_SERVE", "1"],
      ["DENO_INSPECT", "1"],
      ["NODE_OPTIONS", "--nope"],
      ["NODE_DEBUG", "*"],
      ["OTEL_DENO", "true"],
      ["RUST_LOG", "trace"],
      ["TOKIO_WORKER_THREADS", "0"],
      ["FORCE_COLOR", "1"],
      ["TZ", "Nonsense/Zone"],
    ].map(([name = "", value = ""]) => [`${name}=${value}`, [env(name, value), ON_POSIX]] as const),
  ),
  "16 open files": [limited("--nofile=16"), CAN_LIMIT],
  "no standard input": [after("os.close(0)"), PYTHON],
  "standard streams that are closed": [after("os.close(0); os.close(2)"), PYTHON],
  "a variable that isn't UTF-8": [after('os.environb[b"LANG"] = b"\\xff"'), PYTHON],
  "a search path with a missing folder": [env("PATH", "/nonexistent"), ON_LINUX],
  "a umask that takes everything": [after("os.umask(0o777)"), PYTHON],
};

for (const [name, [how, needs]] of Object.entries(GOOD)) {
  endToEnd(`track starts with ${name}`, { needs: [needs, ON_POSIX], endpoint: "nobody", env: ON }, async (here) => {
    const { code, out, err } = await here.run(TRACK, how);
    const { outcome, messageId } = JSON.parse(out || "{}");
    assertEquals([code, err, outcome, await waitingIds(here)], [0, "", "queued", [messageId]]);
  });
}

/** Starts at which the runtime ends before the program begins. docs/troubleshooting.md names each by these words. */
const BAD: Readonly<Record<string, readonly [how: RunOptions, needs: Condition, code: number, words: RegExp]>> = {
  ...Object.fromEntries(["", "tmp", "~/tmp"].map((value) =>
    [
      `TMPDIR=${value}`,
      [env("TMPDIR", value), ON_POSIX, 1, /^error: Could not convert path to URL\.\n {2}Path: \S+\n$/],
    ] as const
  )),
  "TMPDIR=/tmp/../tmp": [env("TMPDIR", "/tmp/../tmp"), ON_LINUX, 1, /^error: Module not found: file:\S+\n$/],
  "a working folder that was deleted": [
    after("os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone')"),
    PYTHON,
    1,
    /^error: No such file or directory \(os error 2\)\n$/,
  ],
  "8 open files": [limited("--nofile=8"), CAN_LIMIT, 101, /Too many open files/],
  "an argument that isn't UTF-8": [
    { wrap: ([binary = ""]) => ["sh", "-c", `exec "$0" track "$(printf '\\377')"`, binary] },
    ON_LINUX,
    101,
    /binary\.rs.*\n.*`Result::unwrap\(\)` on an `Err` value: "\\xFF"/,
  ],
};

for (const [name, [how, needs, code, words]] of Object.entries(BAD)) {
  endToEnd(
    `the runtime ends with ${code} before the program starts, with ${name}`,
    { needs: [needs, ON_POSIX], endpoint: "nobody", env: { ...ON, NO_COLOR: "1" } },
    async (here: EndToEnd) => {
      const ended = await here.run(TRACK, how);
      assertMatch(ended.err, words);
      assertEquals([ended.code, ended.out], [code, ""]);
    },
  );
}
