import { assertEquals } from "@std/assert";
import { QUESTION } from "../../lib/consent/question.ts";
import { binaryPath } from "../support/programs/binary.ts";
import { CAN_ASK, CAN_TRACE, ON_LINUX } from "../support/programs/conditions.ts";
import { withAskedHome } from "../support/programs/mounts.ts";
import { HAS_PTY, type PtyOptions, runOnTerminal, type Step } from "../support/programs/pseudo_terminal.ts";
import { inParallel } from "../support/programs/waiting.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What `init` takes for an answer on a terminal, and what becomes of the terminal. */

const NEEDS = [HAS_PTY, CAN_ASK];
/** How many terminals there are at a time. Each of them mostly waits. */
const AT_ONCE = 3;
/** Longer than what is typed may still be too early. */
const SETTLED: Step = ["wait", 1];
const ASKED: Step = ["until", QUESTION];
const TOO_SOON: Step = ["until", "too soon to count"];
const LATER: readonly Step[] = [ASKED, SETTLED, ["same"]];

/** What is done at a terminal, and what comes of it. */
interface Scene {
  readonly steps: readonly Step[];
  readonly options?: Partial<PtyOptions>;
  /** How `init` ends; below zero: by that signal. */
  readonly code?: number;
  /** The answer as `init` says it; undefined: it says nothing. */
  readonly answer?: boolean | null;
}

const scene = (answer: boolean | null, steps: readonly Step[], options: Partial<PtyOptions> = {}): Scene => (
  { answer, steps, options }
);
const SCENES: Readonly<Record<string, Scene>> = {
  "y": scene(true, [...LATER, ["type", "y\n"]]),
  "Yes!": scene(true, [...LATER, ["type", " Yes!\n"]]),
  "y, mended from n by hand": scene(true, [...LATER, ["type", "n\u007fy\n"]]),
  "nope": scene(false, [...LATER, ["type", "nope\n"]]),
  "stop": scene(false, [...LATER, ["type", "stop\n"]]),
  "Enter": scene(null, [...LATER, ["type", "\n"]]),
  "nonsense, then no": scene(false, [...LATER, ["type", "ok\n"], ...LATER, ["type", "no\n"]]),
  "nonsense twice": scene(null, [...LATER, ["type", "ok\n"], ...LATER, ["type", "ja\n"]]),
  "nonsense and a yes in one paste": scene(null, [...LATER, ["type", "ok\ny\n"], TOO_SOON, ...LATER, ["type", "\n"]]),
  "Ctrl-D": scene(null, [...LATER, ["type", "\u0004"]]),
  "nope and Ctrl-D": scene(false, [...LATER, ["type", "nope\u0004"]]),
  "y and Ctrl-D twice": scene(null, [...LATER, ["type", "y\u0004\u0004"]]),
  "a double Enter before": scene(false, [...LATER, ["type", "n\n"]], { before: "\n\n" }),
  "y before, then Ctrl-D": scene(null, [...LATER, ["type", "\u0004"]], { before: "y\n" }),
  "a long paste before, then Ctrl-D": scene(null, [...LATER, ["type", "\u0004"]], { before: "y\n".repeat(500) }),
  "y without Enter before, then Enter": scene(null, [...LATER, ["type", "\n"]], { before: "y" }),
  "y without Enter before, then es": scene(null, [...LATER, ["type", "es\n"], ...LATER, ["type", "\n"]], {
    before: "y",
  }),
  "no without Enter before, then y": scene(true, [...LATER, ["type", "y\n"]], { before: "no" }),
  "y at once, then Ctrl-D": scene(null, [ASKED, ["type", "y\n"], TOO_SOON, ...LATER, ["type", "\u0004"]]),
  "y at once without Enter, then Enter": scene(null, [ASKED, ["type", "y"], TOO_SOON, ...LATER, ["type", "\n"]]),
  "y at once without Enter, then n": scene(false, [ASKED, ["type", "y"], TOO_SOON, ...LATER, ["type", "n\n"]]),
  "y on a non-blocking terminal": scene(true, [...LATER, ["type", "y\n"]], { nonblocking: true }),
  "Ctrl-D on a non-blocking terminal": scene(null, [...LATER, ["type", "\u0004"]], { nonblocking: true }),
  "y before a non-blocking terminal asks": scene(null, [...LATER, ["type", "\n"]], { nonblocking: true, before: "y" }),
  "a terminal that closes, without a signal": scene(null, [...LATER, ["close"]], { borrowed: true }),
  "y on a terminal without echo": scene(true, [...LATER, ["type", "y\n"]], { without: { lflag: ["ECHO"] } }),
  "y on a terminal without a line editor": scene(null, [...LATER, ["type", "y\r"], ["wait", 0.3], ["close"]], {
    borrowed: true,
    without: { lflag: ["ICANON", "ECHO", "ISIG"], iflag: ["ICRNL"] },
  }),
  "CI=true": scene(null, [], { env: { CI: "true" }, before: "y\n" }),
  "TF_BUILD=True": scene(null, [], { env: { TF_BUILD: "True" }, before: "y\n" }),
};

/** What ends `init` while it asks: nobody has answered. */
const ENDS: Readonly<Record<string, Scene>> = {
  "Ctrl-C": { steps: [...LATER, ["type", "\u0003"]], code: -2 },
  "Ctrl-C at once": { steps: [ASKED, ["type", "\u0003"]], code: -2 },
  "Ctrl-C in the middle of an answer": { steps: [...LATER, ["type", "y\u0003"]], code: -2 },
  "SIGTERM": { steps: [...LATER, ["signal", 15]], code: -15 },
  "SIGINT at once": { steps: [ASKED, ["signal", 2]], code: -2 },
  "a closed terminal": { steps: [...LATER, ["close"]], code: -1 },
};

/** Plays scenes, each with a home and a terminal of its own. */
async function play(here: EndToEnd, scenes: Readonly<Record<string, Scene>>): Promise<void> {
  const all = Object.entries(scenes);
  await withAskedHome(here, async ({ wrap, outside }) => {
    await inParallel(AT_ONCE, all.length, async (index) => {
      const [name, { steps, options, code = 0, answer }] = all[index] ?? ["", { steps: [] }];
      const home = `${here.home}/${index}`;
      await Deno.mkdir(outside(home));
      const env = { HOME: home, PATH: Deno.env.get("PATH") ?? "", ...options?.env };
      const argv = wrap([binaryPath(), "init", "--json"]);
      const result = await runOnTerminal(argv, steps, { cwd: here.project, ...options, env });
      const said = result.out === "" ? undefined : JSON.parse(result.out).answer;
      // What a signal ended, and what ended itself because of one, is the same to a shell.
      const ended = result.code > 128 ? 128 - result.code : result.code;
      assertEquals([name, ended, said, result.same], [name, code, answer, true], result.screen);
      assertEquals([name, result.screen.includes(QUESTION)], [name, steps.length > 0]);
      if (answer === undefined) return;
      assertEquals([name, (await here.run(["init"], { wrap, home })).err], [name, ""]);
    });
  });
}

endToEnd(
  "init on a terminal takes what is typed for what it is, and leaves the modes",
  { needs: NEEDS },
  async (here) => {
    await play(here, SCENES);
  },
);

endToEnd(
  "init ends by a signal while it asks, answers nothing, and leaves the modes",
  { needs: NEEDS },
  async (here) => {
    await play(here, ENDS);
  },
);

/** Where standard error goes, as a shell says it, and whether somebody can read what is written there. */
const STREAMS: Readonly<Record<string, boolean>> = {
  "2>/dev/null": false,
  "2>&-": false,
  "2>/dev/zero": false,
  "2>/dev/full": false,
  "2>/dev/null </dev/null >/dev/null": false,
  "2>../seen": true,
  "2>&1 | cat >../seen": true,
};

for (const [redirected, told] of Object.entries(STREAMS)) {
  endToEnd(`init ${redirected} has told ${told ? "the user" : "nobody"}`, { needs: ON_LINUX }, async (here) => {
    const ended = await here.run(["init"], { wrap: (argv) => ["sh", "-c", `"$0" "$@" ${redirected}`, ...argv] });
    assertEquals([ended.code, ended.err], [0, ""]);
    const again = await here.run(["init"]);
    assertEquals(again.err.startsWith("Rasa Pro reports"), !told);
  });
}

endToEnd(
  "init leaves the terminal's modes where a signal comes while it switches them",
  { needs: [...NEEDS, CAN_TRACE] },
  async (here) => {
    await withAskedHome(here, async ({ wrap, outside }) => {
      const log = `${here.folder}/calls`;
      const traced = async (name: string, options: readonly string[], steps: readonly Step[]) => {
        const home = `${here.home}/${name}`;
        await Deno.mkdir(outside(home));
        const argv = wrap(["strace", "-f", "-o", log, "-e", "trace=ioctl", ...options, binaryPath(), "init"]);
        const env = { HOME: home, PATH: Deno.env.get("PATH") ?? "" };
        return await runOnTerminal(argv, steps, { cwd: here.project, env });
      };
      await traced("first", [], [...LATER, ["type", "\n"]]);
      // strace counts the calls of each thread; the first is the one that matters.
      const record = (await Deno.readTextFile(log)).split("\n");
      const [main = ""] = record[0]?.split(" ") ?? [];
      const calls = record.filter((line) => line.startsWith(`${main} `));
      const switches = calls.flatMap((line, at) => line.includes("TCSETSW") ? [at + 1] : []);
      assertEquals([switches.length >= 4, switches.length % 2], [true, 0], calls.join("\n"));
      for (const [index, number] of switches.slice(0, 4).entries()) {
        const [signal, code] = index % 2 === 0 ? ["INT", 130] as const : ["TERM", 143] as const;
        const options = ["-e", `inject=ioctl:signal=${signal}:when=${number}`];
        const { code: ended, same } = await traced(signal + number, options, []);
        assertEquals([number, ended, same], [number, code, true]);
      }
    });
  },
);
