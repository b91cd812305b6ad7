import { binaryPath, endpointPort } from "../programs/binary.ts";
import { Collector } from "../programs/collector.ts";
import type { Condition } from "../programs/conditions.ts";
import { type Ended, type Running, startProgram } from "../programs/process.ts";

/** The one way to declare a test that runs real programs: with a home of its own, a server, and the compiled binary. */

/** How a test differs from one that runs everywhere, with a collector at the binary's endpoint. */
export interface Setting {
  /** What the machine must have. Where it lacks it, the test is ignored, and its name says why. */
  readonly needs?: Condition | readonly Condition[];
  /** Who is at the binary's endpoint: a `Collector`, or nobody, so that the test can put there what it wants. */
  readonly endpoint?: "collector" | "nobody";
  /** Names the binary that runs unless a run names another one. */
  readonly binary?: () => string;
  /** Whether the test uses what other tests opened and will close, such as a browser. */
  readonly sharesResources?: boolean;
  /** Variables of each run, beside those that name the home. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How one run of the binary differs from the others. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another home than the test's; undefined: no variable names one. */
  readonly home?: string | undefined;
  /** The user to run it as (programs/other_user.ts). */
  readonly user?: number | undefined;
  /** Written to standard input, which then ends; undefined: there is nothing on it; null: it stays open. */
  readonly stdin?: string | Uint8Array | null | undefined;
  readonly binary?: string;
  /** Makes a command line that starts the given one through another program. */
  readonly wrap?: (argv: readonly string[]) => readonly string[];
  /** How long it may run, in milliseconds, before it is killed and the test fails. */
  readonly longestMs?: number;
}

/** What an end-to-end test has. */
export interface EndToEnd {
  /** The server at the binary's endpoint. Throws where the setting wants nobody there. */
  readonly collector: Collector;
  /** A temporary folder that holds `home` and `project`; removed at the end. */
  readonly folder: string;
  /** An empty home, in which the binary keeps what it keeps. */
  readonly home: string;
  /** An empty folder, in which the binary is started. */
  readonly project: string;
  /** Starts the binary with an environment that holds a home and what is given, and nothing else. */
  start(args: readonly string[], options?: RunOptions): Running;
  /** Runs the binary to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
}

type Work = (here: EndToEnd) => Promise<void>;

/** Declares an end-to-end test. Those of one process run one after the other: the endpoint is fixed in the binary. */
export function endToEnd(name: string, ...rest: readonly [work: Work] | readonly [setting: Setting, work: Work]): void {
  const [setting, work] = rest.length === 2 ? rest : [{}, rest[0]];
  const missing = [setting.needs ?? []].flat().filter(({ met }) => !met).map(({ reason }) => reason);
  Deno.test({
    name: missing.length === 0 ? name : `${name} (ignored: ${missing.join(", ")})`,
    ignore: missing.length > 0,
    sanitizeOps: !setting.sharesResources,
    sanitizeResources: !setting.sharesResources,
    fn: () => withFolder((folder) => withServer(folder, setting, work)),
  });
}

/** A temporary folder for one test, which holds the empty folders `home` and `project`; removed at the end. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
  try {
    await Deno.mkdir(`${folder}/home`);
    await Deno.mkdir(`${folder}/project`);
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function withServer(folder: string, setting: Setting, work: Work): Promise<void> {
  if (setting.endpoint === "nobody") return await work(makeEndToEnd(folder, setting, undefined));
  const collector = new Collector(endpointPort());
  try {
    await work(makeEndToEnd(folder, setting, collector));
  } finally {
    await collector.close();
  }
}

function makeEndToEnd(folder: string, setting: Setting, collector: Collector | undefined): EndToEnd {
  const [home, project] = [`${folder}/home`, `${folder}/project`];
  const start: EndToEnd["start"] = (args, options = {}) => {
    const set = "home" in options ? options.home : home;
    const { user, wrap = (argv) => argv } = options;
    // Another user may not reach the binary where it is.
    const usual = user === undefined ? (setting.binary ?? binaryPath)() : `${folder}/rasa-telemetry`;
    return startProgram(wrap([options.binary ?? usual, ...args]), {
      ...options,
      cwd: project,
      env: { ...(set === undefined ? {} : { HOME: set, USERPROFILE: set }), ...setting.env, ...options.env },
    });
  };
  return {
    get collector() {
      if (collector === undefined) throw new Error("Nobody is at the binary's endpoint in this test");
      return collector;
    },
    folder,
    home,
    project,
    start,
    run: (args, options) => start(args, options).ended(),
  };
}
