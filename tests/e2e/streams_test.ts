import { assertEquals } from "@std/assert";
import {
  another,
  plantFiles,
  QUEUE_ONLY,
  takePattern,
  tellUser,
  TRACK,
  TRACK_JSON,
  waitingIn,
} from "../support/inputs/queue_folder.ts";
import { CAN_LIMIT, type Condition, ON_LINUX, ON_POSIX } from "../support/programs/conditions.ts";
import { type Running } from "../support/programs/process.ts";
import { until } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd, type RunOptions } from "../support/scenes/end_to_end.ts";

/** Broken streams, dead parents and signals: what the binary does, and what becomes of what it was given. */

const PURPOSE = 'rasa-telemetry: Cannot record "Shell Started": standard input';
const LATE = `${PURPOSE} did not end within 5 s\n`;
const UNREADABLE = `${PURPOSE} can't be read\n`;
const TOO_LARGE = `${PURPOSE} is larger than 1 MiB\n`;
const NO_JSON = `${PURPOSE} is not JSON; it may be one object with "properties" and "context"\n`;
const NO_TEXT = NO_JSON.replace("is not JSON", "is not UTF-8");
const MISSPELT = ["track", "Shell Strted"];

/** Starts the binary by a shell script that holds its command line as `"$0" "$@"`. */
const through = (script: string): RunOptions => ({ wrap: (argv) => ["sh", "-c", script, ...argv] });

async function write({ stdin }: Running, text: string): Promise<void> {
  try {
    await stdin?.write(new TextEncoder().encode(text));
  } catch (error) {
    // It has ended meanwhile.
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
  }
}

endToEnd("track gives its input 5 s to end, and then records nothing", async (here) => {
  const queue = await tellUser(here.home);
  const since = performance.now();
  const runs = ['{"properties": {"type"', "{"].map(async (text, index) => {
    const running = here.start(TRACK_JSON, { stdin: null });
    await write(running, text);
    const drip = setInterval(() => void write(running, index === 0 ? "" : " "), 400);
    try {
      return await running.ended();
    } finally {
      clearInterval(drip);
    }
  });
  const late = { code: 2, signal: null, out: "", err: LATE };
  assertEquals(await Promise.all(runs), [late, late]);
  assertEquals([performance.now() - since < 10_000, await waitingIn(queue), here.collector.arrivals], [true, [], []]);
});

const BINARY = "\u0000\u0001\u0002".repeat(1000);
const INPUTS: Readonly<Record<string, readonly [needs: Condition | [], options: RunOptions, message: string]>> = {
  "half an object": [[], { stdin: '{"properties": {"type": "ra' }, NO_JSON],
  "control characters": [[], { stdin: BINARY }, NO_JSON],
  "bytes that are no text": [ON_POSIX, through(`printf '{"properties": \\377\\376}' | "$0" "$@"`), NO_TEXT],
  "a folder": [ON_POSIX, through('exec "$0" "$@" </'), UNREADABLE],
  "a stream that can only be written": [ON_POSIX, through('exec "$0" "$@" 0>/dev/null'), UNREADABLE],
  "an endless device": [ON_POSIX, through('exec "$0" "$@" </dev/zero'), TOO_LARGE],
};

for (const [name, [needs, options, message]] of Object.entries(INPUTS)) {
  endToEnd(
    `track refuses ${name} as standard input with one line, and records nothing`,
    { needs },
    async (here) => {
      const queue = await tellUser(here.home);
      assertEquals(await here.run(TRACK_JSON, options), { code: 2, signal: null, out: "", err: message });
      assertEquals([await waitingIn(queue), here.collector.arrivals], [[], []]);
    },
  );
}

/** Redirections of the streams that print, to where nothing can be printed. */
const SILENT: Readonly<Record<string, readonly [needs: Condition, script: (stream: 1 | 2) => string]>> = {
  "closed": [ON_POSIX, (stream) => `exec "$0" "$@" ${stream}>&-`],
  "full": [ON_LINUX, (stream) => `exec "$0" "$@" ${stream}>/dev/full`],
  "only for reading": [ON_POSIX, (stream) => `exec "$0" "$@" ${stream}</dev/null`],
  "without a reader": [
    ON_POSIX,
    (stream) =>
      stream === 1
        ? '{ "$0" "$@"; echo $? >&3; } 3>&2 | true'
        : '{ "$0" "$@" 2>&1 >&4; echo $? >&3; } 3>&2 4>&1 | true',
  ],
};

for (const [name, [needs, script]] of Object.entries(SILENT)) {
  endToEnd(
    `track, events and flush do their work, and end as they should, with streams that are ${name}`,
    { needs },
    async (here) => {
      await tellUser(here.home);
      const exitCode = async (args: readonly string[], stream: 1 | 2) => {
        const { code, signal, err } = await here.run(args, through(script(stream)));
        // A pipe's own exit code is its reader's.
        return [signal, name === "without a reader" ? Number(err) : code];
      };
      assertEquals(await exitCode(TRACK_JSON, 1), [null, 0]);
      assertEquals(here.collector.reports.length, 1);
      assertEquals(await exitCode(["events", "--json"], 1), [null, name === "full" ? 2 : 0]);
      assertEquals(await exitCode(MISSPELT, 2), [null, 2]);
      assertEquals(await exitCode(["flush"], 2), [null, 0]);
    },
  );
}

const SHOWING = [
  ["status"],
  ["inspect"],
  ["inspect", "--html", "-"],
  ["events"],
  ["log", "--json", "--last", "0"],
  ["export", "-"],
  ["completions", "bash"],
  ["--help"],
];

endToEnd(
  "commands that show something say that the disk is full, and end with 2",
  { needs: ON_LINUX },
  async (here) => {
    await tellUser(here.home);
    await here.run(TRACK);
    for (const args of SHOWING) {
      const { code, err } = await here.run(args, through('exec "$0" "$@" >/dev/full'));
      assertEquals([args, code, err.split("\n").at(-2)], [
        args,
        2,
        `${UNWRITTEN}: ENOSPC (the disk is full); ${PARTLY}`,
      ]);
      const left = await here.run(args, through('"$0" "$@" | true'));
      assertEquals([args, left.code, left.err.includes(UNWRITTEN)], [args, 0, false]);
    }
  },
);

const UNWRITTEN = "rasa-telemetry: Cannot write to standard output";
const PARTLY = "what was written there isn't whole";

endToEnd("log says that its output has no room for all of it", { needs: CAN_LIMIT }, async (here) => {
  await tellUser(here.home);
  for (let count = 0; count < 3; count++) await here.run(TRACK);
  const file = `${here.folder}/out`;
  // As a child of Python, which ignores the signal of that limit and lets its children inherit that.
  const limited = `trap "" XFSZ; exec prlimit --fsize=1000 "$0" "$@" >${file}`;
  const { code, err } = await here.run(["log", "--json", "--last", "0"], through(limited));
  assertEquals([code, err], [2, `${UNWRITTEN}: File too large (os error 27); ${PARTLY}\n`]);
  assertEquals((await Deno.stat(file)).size, 1000);
});

endToEnd(
  "track without any stream records and delivers, and prints into none of its files",
  { needs: ON_POSIX },
  async (here) => {
    const queue = await tellUser(here.home);
    const closed = through('exec "$0" "$@" <&- >&- 2>&-');
    assertEquals(await here.run(TRACK_JSON, closed), { code: 0, signal: null, out: "", err: "" });
    assertEquals((await here.run(MISSPELT, closed)).code, 2);
    assertEquals((await here.run(["status"], closed)).code, 0);
    const log = (await Deno.readTextFile(`${queue}/sent.log`)).trim().split("\n").map((line) =>
      JSON.parse(line).report
    );
    assertEquals([log, log.length, await waitingIn(queue)], [here.collector.reports, 1, []]);
    JSON.parse(await Deno.readTextFile(`${queue}/delivery.json`));
  },
);

endToEnd("track takes a closed standard input for an empty one", { needs: ON_POSIX }, async (here) => {
  await tellUser(here.home);
  const { code, out, err } = await here.run(TRACK_JSON, through('exec "$0" "$@" <&-'));
  assertEquals([code, err, JSON.parse(out).outcome, here.collector.reports.length], [0, "", "delivered", 1]);
});

/** Starts a command whose request is then under way; `release` lets the collector answer it. */
async function underWay(
  here: EndToEnd,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ running: Running; release: () => void }> {
  const { promise, resolve: release } = Promise.withResolvers<void>();
  here.collector.answer = async () => {
    await promise;
    return Response.json({ success: true });
  };
  const running = here.start(args, options);
  await until("the request", () => here.collector.arrivals.length === 1);
  return { running, release };
}

const SIGNALS = ["SIGTERM", "SIGHUP", "SIGINT"] as const;
/** Longest time, in milliseconds, from a signal to the end: nobody who stops a program waits for the network. */
const PROMPTLY_MS = 2_000;

for (const name of SIGNALS) {
  endToEnd(
    `track ends at ${name} while it reads standard input, and records nothing`,
    { needs: ON_POSIX },
    async (here) => {
      const queue = await tellUser(here.home);
      const running = here.start(TRACK, { stdin: null });
      // More than a pipe holds: once it is written, somebody is reading.
      await write(running, " ".repeat(300_000));
      const since = performance.now();
      running.child.kill(name);
      const { signal, out, err } = await running.ended();
      assertEquals([signal, out, err, performance.now() - since < PROMPTLY_MS], [name, "", "", true]);
      assertEquals([await waitingIn(queue), here.collector.arrivals], [[], []]);
    },
  );

  endToEnd(
    `track ends at ${name} while a request is under way, and keeps the report`,
    { needs: ON_POSIX },
    async (here) => {
      const queue = await tellUser(here.home);
      const { running, release } = await underWay(here, TRACK);
      const since = performance.now();
      running.child.kill(name);
      const { signal, out, err } = await running.ended();
      assertEquals([signal, out, err, performance.now() - since < PROMPTLY_MS], [name, "", "", true]);
      const sent = here.collector.reports;
      assertEquals((await waitingIn(queue)).length, 1);
      release();
      here.collector.reset();
      for (const delivered of [1, 0]) {
        assertEquals((await here.run(["flush"])).err, `${delivered} delivered, 0 rejected, 0 left\n`);
      }
      // Sent twice, because nobody can know what the server would have answered; it drops the second.
      assertEquals(here.collector.reports, sent);
    },
  );
}

endToEnd(
  "track delivers in spite of signals that its caller ignores, and of SIGPIPE",
  { needs: ON_POSIX },
  async (here) => {
    const queue = await tellUser(here.home);
    const { running, release } = await underWay(here, TRACK_JSON, through(`trap "" HUP INT TERM; exec "$0" "$@"`));
    for (const name of [...SIGNALS, "SIGPIPE"] as const) running.child.kill(name);
    release();
    const { code, out, err } = await running.ended();
    assertEquals([code, err, JSON.parse(out).outcome, await waitingIn(queue)], [0, "", "delivered", []]);
  },
);

endToEnd(
  "track that is stopped and continued delivers, and sends nothing twice",
  { needs: ON_LINUX },
  async (here) => {
    const queue = await tellUser(here.home);
    const { running, release } = await underWay(here, TRACK_JSON);
    running.child.kill("SIGSTOP");
    const isStopped = async () => /\) [Tt] /.test(await Deno.readTextFile(`/proc/${running.child.pid}/stat`));
    await until("it stands still", isStopped);
    release();
    running.child.kill("SIGCONT");
    const { code, err } = await running.ended();
    assertEquals([code, err], [0, ""]);
    await here.run(["flush"]);
    assertEquals([here.collector.arrivals.length, await waitingIn(queue)], [1, []]);
  },
);

/** Starts the binary by a shell that waits for it, so that the shell can be killed. */
const orphaned = through('"$0" "$@" & wait');

endToEnd("track delivers although its parent is killed", { needs: ON_POSIX }, async (here) => {
  const queue = await tellUser(here.home);
  const { running, release } = await underWay(here, TRACK_JSON, orphaned);
  running.child.kill("SIGKILL");
  await running.child.status;
  release();
  // Its streams are open for as long as it runs.
  assertEquals(JSON.parse((await running.ended()).out).outcome, "delivered");
  assertEquals([here.collector.reports.length, await waitingIn(queue)], [1, []]);
});

endToEnd(
  "track whose parent is killed ends in time without an answer, and its report waits",
  { needs: ON_POSIX },
  async (here) => {
    const queue = await tellUser(here.home);
    const { running, release } = await underWay(here, [...TRACK_JSON, "--timeout", "1"], orphaned);
    running.child.kill("SIGKILL");
    assertEquals(JSON.parse((await running.ended()).out).outcome, "queued");
    assertEquals((await waitingIn(queue)).length, 1);
    release();
  },
);

endToEnd(
  "disable during a flush stops further requests, and nothing from before it goes after an enable",
  async (here) => {
    const queue = await tellUser(here.home);
    const pattern = await takePattern(here, queue);
    const since = Date.now() - 750;
    plantFiles(queue, 750, (index) => another(pattern, since + index));
    const { running, release } = await underWay(here, ["flush"]);
    assertEquals((await here.run(["disable"])).code, 0);
    release();
    const { code } = await running.ended();
    assertEquals([code, here.collector.reports.length, await waitingIn(queue)], [0, 500, []]);
    here.collector.reset();
    await here.run(["enable"]);
    const { messageId } = JSON.parse((await here.run(TRACK_JSON)).out);
    await here.run(["flush"]);
    assertEquals(here.collector.reports.map((report) => report["messageId"]), [messageId]);
  },
);

endToEnd("disable and enable during a flush keep everything from before them from going", async (here) => {
  const queue = await tellUser(here.home);
  const pattern = await takePattern(here, queue);
  const since = Date.now() - 750;
  plantFiles(queue, 750, (index) => another(pattern, since + index));
  const { running, release } = await underWay(here, ["flush"]);
  await here.run(["disable"]);
  await here.run(["enable"]);
  // As if disable could not have deleted them, or they had been written back.
  plantFiles(queue, 50, (index) => another(pattern, since + index));
  release();
  await running.ended();
  await here.run(["flush"]);
  assertEquals([here.collector.arrivals.length, await waitingIn(queue)], [1, []]);
});

// The runtime itself ends, before the program has begun.
endToEnd("the binary ends at once in a working directory that was deleted", { needs: ON_LINUX }, async (here) => {
  const queue = await tellUser(here.home);
  const gone = through('mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"');
  const { code, out, err } = await here.run(QUEUE_ONLY, { ...gone, env: { NO_COLOR: "1" } });
  assertEquals([code, out, err], [1, "", "error: No such file or directory (os error 2)\n"]);
  assertEquals([await waitingIn(queue), here.collector.arrivals], [[], []]);
});
