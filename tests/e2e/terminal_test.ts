import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { noticeFor } from "../../lib/consent/notice.ts";
import { QUESTION } from "../../lib/consent/question.ts";
import { binaryPath } from "../support/programs/binary.ts";
import { another, plantFiles, QUEUE_ONLY, takePattern, tellUser, TRACK } from "../support/inputs/queue_folder.ts";
import { MACHINE_ID } from "../support/scenes/scene.ts";
import { CAN_ASK, ON_POSIX } from "../support/programs/conditions.ts";
import { type Mounts, withAskedHome } from "../support/programs/mounts.ts";
import { HAS_TMUX, Terminal } from "../support/programs/tmux.ts";
import { pause } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What people see who use the binary in a terminal, tried in a real one. */

/** What every sequence begins with that makes colours. */
const STYLES = "\u001b[";
const ON_SIGINT = 128 + 2;

interface Look {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  /** Makes the command line that starts the binary. */
  readonly wrap?: Mounts["wrap"];
}

/** Runs the binary in a terminal of its own, which is closed when the work is done. */
async function inTerminal<T>(
  here: EndToEnd,
  args: readonly string[],
  look: Look,
  work: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const { folder } = here;
  const env = { HOME: look.home ?? here.home, ...look.env };
  const options = { folder, cwd: `${folder}/project`, columns: look.columns ?? 80, rows: look.rows ?? 50, env };
  const { wrap = (argv) => argv } = look;
  const terminal = await Terminal.open(wrap([binaryPath(), ...args]), options);
  try {
    return await work(terminal);
  } finally {
    await terminal.close();
  }
}

/** What it printed by the time it ended well. */
async function show(here: EndToEnd, args: readonly string[], look: Look = {}, styled = false): Promise<string> {
  return await inTerminal(here, args, look, async (terminal) => {
    assertEquals(await terminal.code(), 0);
    return await terminal.screen(styled);
  });
}

interface Answer {
  /** What is pressed at each question. */
  readonly keys: readonly (readonly string[])[];
  readonly code: number;
  /** What is on the screen behind the question. */
  readonly behind: RegExp;
  readonly enabled: boolean;
}

const NO_ANSWER = /^\nNo answer: nothing leaves for an hour; rasa-telemetry disable switches it off\.\n$/;
const AGAIN = 'Please answer "y" or "n"\\.\nReport usage to Rasa\\? \\[y/n\\] \\(Enter decides nothing\\)';

const ANSWERS: Readonly<Record<string, Answer>> = {
  "y": { keys: [["y", "Enter"]], code: 0, behind: /^ y\nTelemetry is on\.\n$/, enabled: true },
  "n": { keys: [["n", "Enter"]], code: 0, behind: /^ n\nTelemetry is off\.\n$/, enabled: false },
  "Enter": { keys: [["Enter"]], code: 0, behind: NO_ANSWER, enabled: true },
  "what, then no": {
    keys: [["w", "Enter"], ["N", "O", "Enter"]],
    code: 0,
    behind: new RegExp(`^ w\n${AGAIN} NO\nTelemetry is off\\.\n$`),
    enabled: false,
  },
  "Ctrl-D": { keys: [["C-d"]], code: 0, behind: NO_ANSWER, enabled: true },
  "Ctrl-C": { keys: [["C-c"]], code: ON_SIGINT, behind: /^ \^C\n$/, enabled: true },
  "nothing": { keys: [], code: 0, behind: NO_ANSWER, enabled: true },
};

/** Longer than what is pressed may still be too early, in milliseconds. */
const SETTLED_MS = 1_500;

endToEnd("init asks in a terminal, and does what each answer says", { needs: [HAS_TMUX, CAN_ASK] }, async (here) => {
  await withAskedHome(here, async ({ wrap, outside }) => {
    // All at the same time, because init waits half a minute for one of them.
    const tried = await Promise.allSettled(
      Object.entries(ANSWERS).map(async ([name, answer], index) => {
        const home = `${here.home}/${index}`;
        await Deno.mkdir(outside(home));
        const since = performance.now();
        await inTerminal(
          here,
          ["init"],
          { home, columns: 100, wrap },
          (terminal) => giveAnswer(terminal, name, answer),
        );
        // It waits half a minute; the rest is for a busy machine.
        assertEquals([name, performance.now() - since < 45_000], [name, true]);
        const { out } = await here.run(["status", "--json"], { home, wrap });
        assertEquals([name, JSON.parse(out).enabled], [name, answer.enabled]);
      }),
    );
    for (const result of tried) if (result.status === "rejected") throw result.reason;
  });
  assertEquals(here.collector.arrivals, []);
});

async function giveAnswer(terminal: Terminal, name: string, { keys, code, behind }: Answer): Promise<void> {
  const asked = (times: number) => (screen: string) =>
    screen.split(QUESTION).length > times && screen.endsWith(`${QUESTION}\n`);
  const first = await terminal.until(asked(1));
  assertEquals(withoutMoment(first), `${noticeAt(100)}${QUESTION}\n`);
  for (const [index, sequence] of keys.entries()) {
    await terminal.until(asked(index + 1));
    await pause(SETTLED_MS);
    await terminal.press(...sequence);
  }
  assertEquals([name, await terminal.code(45_000)], [name, code]);
  assertMatch((await terminal.screen()).slice(first.length - 1), behind);
}

/** The notice at so many columns, without its moment. */
function noticeAt(columns: number): string {
  const now = new Date();
  const terminal = { stdin: true, stdout: true, stderr: true, canBeRead: true, columns };
  return withoutMoment(noticeFor({ terminal }, { locked: false, addressee: "127.0.0.1", leavesFrom: now, now }));
}

function withoutMoment(text: string): string {
  return text.replace(/(Nothing leaves before) .*/, "$1 a moment.");
}

endToEnd("init asks nothing with --quiet, and shows nothing", { needs: HAS_TMUX }, async (here) => {
  assertEquals(await show(here, ["init", "--quiet"]), "\n");
});

endToEnd(
  "init's notice and question fit terminals of 40, 60, 80 and 200 columns",
  { needs: [HAS_TMUX, CAN_ASK] },
  async (here) => {
    await withAskedHome(here, async ({ wrap, outside }) => {
      for (const columns of [40, 60, 80, 200]) {
        const home = `${here.home}/${columns}`;
        await Deno.mkdir(outside(home));
        await inTerminal(here, ["init"], { home, columns, wrap }, async (terminal) => {
          const screen = await terminal.until((text) => text.includes("decides nothing)"));
          const question = columns === 40 ? QUESTION.replace("(Enter ", "(Enter\n") : QUESTION;
          assertEquals(withoutMoment(screen), `${noticeAt(columns)}${question}\n`);
        });
      }
    });
  },
);

/** A home that has delivered something and has something waiting. */
async function use(here: EndToEnd): Promise<string> {
  const queue = await tellUser(here.home);
  await here.run(TRACK);
  await here.run(["track", "Enterprise Search Policy Training Completed"]);
  await here.run(QUEUE_ONLY);
  return queue;
}

endToEnd(
  "status, log and events fit terminals of 40, 80 and 200 columns, in colour",
  { needs: HAS_TMUX },
  async (here) => {
    await use(here);
    for (const columns of [40, 80, 200]) {
      const look = { columns, rows: 150 };
      const status = await show(here, ["status"], look);
      assertMatch(status, new RegExp(`^Telemetry is on\\.\n\nDecided by[^]* ${MACHINE_ID}\n[^]*\nVersion `));
      const log = await show(here, ["log"], look);
      assertMatch(log, /^(just now|\d+s ago) +delivered +Shell Started\n/);
      assertStringIncludes(log.split(/\s+/).join(" "), "delivered Enterprise Search Policy Training Completed");
      const summary = await show(here, ["log", "--summary"], look);
      assertStringIncludes(summary, "█");
      const events = await show(here, ["events", "Error Encountered"], look);
      assertStringIncludes(events, "frames");
      // A line that doesn't fit would fill the last column, and go on in the next one.
      for (const text of [status, log, summary, events]) {
        assertEquals(text.split("\n").filter((line) => line.length > columns), []);
      }
      for (const args of [["status"], ["log"], ["events"], ["log", "--summary"], ["--help"]]) {
        assertEquals([args, (await show(here, args, look, true)).includes(STYLES)], [args, true]);
      }
    }
  },
);

const PLAIN: Readonly<Record<string, Look>> = {
  "NO_COLOR is set": { env: { NO_COLOR: "1" } },
  "the terminal is dumb": { env: { TERM: "dumb" } },
};

for (const [name, look] of Object.entries(PLAIN)) {
  endToEnd(`status, log and events are plain where ${name}`, { needs: HAS_TMUX }, async (here) => {
    await use(here);
    for (const args of [["status"], ["log"], ["log", "--summary"], ["events"], ["inspect"], ["--help"]]) {
      const styled = await show(here, args, { ...look, rows: 300 }, true);
      assertEquals([args, styled.length > 20, styled.includes(STYLES)], [args, true, false]);
    }
  });
}

endToEnd(
  "log --follow shows in a terminal what leaves while it runs, until Ctrl-C",
  { needs: HAS_TMUX },
  async (here) => {
    await use(here);
    await inTerminal(here, ["log", "--follow"], { columns: 100 }, async (terminal) => {
      await terminal.until((screen) => screen.includes("press Ctrl-C to end") && screen.includes("Shell Started"));
      await here.run(["track", "Project Created"]);
      const screen = await terminal.until((text) => text.includes("Project Created"));
      assertMatch(screen, /\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z +delivered +Project Created\n/);
      await terminal.press("C-c");
      assertEquals(await terminal.code(), 0);
    });
  },
);

endToEnd("log --follow ends with 0 at SIGTERM, and once nobody reads it", { needs: ON_POSIX }, async (here) => {
  await use(here);
  const asked = here.start(["log", "--follow", "--json"]);
  const reader = asked.child.stdout.getReader();
  await reader.read();
  asked.child.kill("SIGTERM");
  assertEquals((await asked.child.status).code, 0);
  await Promise.all([reader.cancel(), asked.child.stderr.cancel()]);

  const left = here.start(["log", "--follow", "--json"], {
    wrap: (argv) => ["sh", "-c", '{ "$0" "$@"; echo $? >&2; } | head -n 1', ...argv],
  });
  // It finds out when it has something to say.
  const ended = left.ended();
  await here.run(TRACK);
  await here.run(TRACK);
  assertEquals((await ended).err, "0\n");
});

endToEnd(
  "flush of a long queue shows a bar with rate and time left, and leaves only its result",
  { needs: HAS_TMUX },
  async (here) => {
    for (const columns of [80, 40]) {
      const queue = await tellUser(here.home);
      const pattern = await takePattern(here, queue);
      plantFiles(queue, 900, (index) => another(pattern, Date.now() + index));
      // The second answer waits until the bar was seen.
      let answerAll = () => {};
      const seen = new Promise<void>((resolve) => answerAll = resolve);
      let batches = 0;
      here.collector.answer = async () => {
        if (++batches === 1) await new Promise((resolve) => setTimeout(resolve, 600));
        if (batches > 1) await seen;
        return Response.json({ success: true });
      };
      await inTerminal(here, ["flush"], { columns }, async (terminal) => {
        const screen = await terminal.until((text) => text.includes("500 of 900"));
        assertMatch(screen, /^\[#+\.+\] 500 of 900 +(\d+\/s +)?\d+s left\n$/);
        assertEquals(screen.length <= columns, true);
        answerAll();
        assertEquals(await terminal.code(), 0);
        assertEquals(await terminal.screen(), "900 delivered, 0 rejected, 0 left\n");
      });
    }
  },
);
