import { ROOT } from "../toolchain/toolchain.ts";

/** A program to run. */
export interface Job {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The file on standard input; undefined: nothing is on it. */
  readonly stdin?: string;
  /** A folder whose queued reports are deleted before each run. */
  readonly fresh?: string;
}

/** What one run of a program cost. */
export interface Run {
  readonly name: string;
  /** From its start to its end, in milliseconds. */
  readonly ms: number;
  /** Time of the processors, in milliseconds. */
  readonly userMs: number;
  readonly systemMs: number;
  /** Memory at its peak, in KiB. */
  readonly kib: number;
  readonly code: number;
  /** What it wrote on standard output. */
  readonly out: string;
}

/** How often to run each program, in turns. `cold`: with an empty page cache each time. */
export interface Turns {
  readonly rounds: number;
  readonly cold?: boolean;
  /** What all of them are started through. */
  readonly through?: readonly string[];
}

/** Runs programs in turns, and returns the runs of each in their order. Throws where one of them fails. */
export async function measure(
  python: string,
  jobs: readonly Job[],
  { rounds, cold = false, through = [] }: Turns,
): Promise<Map<string, Run[]>> {
  const [program, ...args] = [...through, python, "-S", `${ROOT}/scripts/bench/runner.py`];
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const order = jobs.map((job) => ({ ...job, stdin: job.stdin ?? null, fresh: job.fresh ?? null }));
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify({ rounds, cold, jobs: order })));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot measure: scripts/bench/runner.py failed");
  const runs: Run[] = new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
  const failed = runs.find(({ code }) => code !== 0);
  if (failed !== undefined) throw new Error(`Cannot measure "${failed.name}": it ended with code ${failed.code}`);
  return Map.groupBy(runs, ({ name }) => name);
}

/** Whether the page cache can be emptied here: only root on Linux can, where the system allows it. */
export function canBeCold(): boolean {
  try {
    Deno.openSync("/proc/sys/vm/drop_caches", { write: true }).close();
    return true;
  } catch {
    return false;
  }
}

/** The path of a program; undefined where it isn't on the PATH. */
export async function findProgram(name: string): Promise<string | undefined> {
  for (const path of (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${name}`)) {
    try {
      if ((await Deno.stat(path)).isFile) return path;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}
