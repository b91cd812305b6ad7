import { ROOT } from "../toolchain/toolchain.ts";
import type { Place } from "./place.ts";
import { median } from "./statistics.ts";
import type { Row, Section } from "./table.ts";

/** The goals, in MiB: what one child has for itself while it waits, and what all of a server's workers have. */
const PRIVATE_MIB = 12;
const ALL_MIB = 120;
/** How long a child may take until it waits, and how long all of them are looked at while they report. */
const SETTLE_MS = 4_000;
const LOOK_MS = 3_000;
/** So many events each reports. */
const EVENTS = 1_000;

/** Measures the memory of the children of one server's workers, beside programs that only wait. Linux only. */
export async function measureChildren(place: Place, workers: number): Promise<Section> {
  const title = `Children: memory of ${workers}, and of one while it waits`;
  if (Deno.build.os !== "linux") return { title, rows: [] };
  const own = await look(place, [place.binary, "stream", "--idle", "60"], workers, await place.events(EVENTS));
  const floor = await look(place, [place.waitFloor], workers, undefined);
  await place.collector.count();
  const beside = { unit: "MiB", beside: "a program that only waits" } as const;
  const rows: Row[] = [
    {
      ...beside,
      what: "a child's private memory while it waits",
      value: own.privateMib,
      besideValue: floor.privateMib,
      goal: { compare: "itself", most: PRIVATE_MIB },
    },
    {
      ...beside,
      what: `${workers} workers while they report, in all (PSS)`,
      value: own.allMib,
      besideValue: floor.allMib,
      goal: { compare: "itself", most: ALL_MIB },
    },
  ];
  return { title, rows };
}

/** Starts programs, and gives their memory: before they have read anything, and at most while they read `events`. */
async function look(place: Place, argv: readonly string[], count: number, events: string | undefined) {
  const env = await place.home("children");
  const [command = "", ...args] = argv;
  const children = Array.from({ length: count }, () =>
    new Deno.Command(command, {
      args,
      cwd: place.project,
      clearEnv: true,
      env,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn());
  const pids = children.map(({ pid }) => pid);
  try {
    await pause(SETTLE_MS);
    const waiting = await Promise.all(pids.map((pid) => memoryOf(pid)));
    const text = events === undefined ? new Uint8Array() : await Deno.readFile(events);
    const writing = Promise.all(children.map(async ({ stdin }) => {
      const writer = stdin.getWriter();
      await writer.write(text);
      writer.releaseLock();
    }));
    let allMib = 0;
    for (const since = Date.now(); Date.now() - since < LOOK_MS;) {
      const now = await Promise.all(pids.map((pid) => memoryOf(pid)));
      allMib = Math.max(allMib, now.reduce((sum, { pss }) => sum + pss, 0));
      await pause(50);
    }
    await writing;
    return { privateMib: median(waiting.map((memory) => memory.private)), allMib };
  } finally {
    await Promise.all(children.map(async (child) => {
      await child.stdin.close();
      await child.status;
    }));
  }
}

/** What a process has, in MiB: for itself alone, and with its share of what others have too. */
async function memoryOf(pid: number): Promise<{ readonly private: number; readonly pss: number }> {
  const text = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
  const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) / 1024;
  return { private: mib("Private_Dirty"), pss: mib("Pss") };
}

/**
 * Starts a Python program that reports an event, says nothing for longer than a child waits, and reports another one.
 * The function that is returned waits for its end, and gives how many children it had before and after the second.
 */
export async function startIdle(place: Place, python: string): Promise<() => Promise<Section>> {
  const env = await place.home("idle");
  // Its own copy: a file that runs stays in the page cache, and others are measured without one meanwhile.
  const binary = `${place.folder}/rasa-telemetry-idle`;
  await Deno.copyFile(place.binary, binary);
  const running = new Deno.Command(python, {
    args: [`${ROOT}/scripts/bench/idle.py`, `${ROOT}/python/src`],
    cwd: place.project,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
      SSL_CERT_FILE: place.authority,
      RASA_TELEMETRY_BINARY: binary,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  return async () => {
    const { success, stdout, stderr } = await running;
    if (!success) throw new Error(`Cannot measure: idle.py failed:\n${new TextDecoder().decode(stderr)}`);
    const { first, idle, next }: Record<string, number> = JSON.parse(new TextDecoder().decode(stdout));
    const shared = { unit: "children", beside: "after the first event", besideValue: first } as const;
    return {
      title: "Children of a Python program",
      rows: [
        { ...shared, what: "after the idle minute", value: idle, goal: { compare: "itself", most: 0 } },
        { ...shared, what: "after the next event", value: next, goal: { compare: "itself", most: 1, least: 1 } },
      ],
    };
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
