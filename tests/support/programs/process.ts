/** Programs that tests start and wait for, with an environment of their own. */

/** How a process ended, and what it left on its streams. */
export interface Ended {
  /** 128 and the signal's number where a signal ended it. */
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
}

/** How to start a program. It inherits nothing but the search path. */
export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The number of the user and group to run it as; the tests' own unless given. */
  readonly user?: number | undefined;
  /** Written to standard input, which then ends; undefined: there is nothing on it; null: it stays open. */
  readonly stdin?: string | Uint8Array | null | undefined;
  /** How long it may run, in milliseconds, before it is killed and the test fails. */
  readonly longestMs?: number | undefined;
}

/** A program that runs. */
export interface Running {
  readonly child: Deno.ChildProcess;
  /** Its standard input where that stays open. */
  readonly stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  /** Resolves when it has ended and its streams are closed. Kills it and throws where that takes too long. */
  ended(): Promise<Ended>;
}

/** Longest run, in milliseconds: delivering may take 10 s in all, and starting on a busy machine a few more. */
const LONGEST_RUN_MS = 15_000;

/** How programs are found and, on Windows, what none can do without. */
const SYSTEM_ENVIRONMENT = {
  PATH: Deno.env.get("PATH") ?? "",
  ...(Deno.build.os === "windows" ? { SystemRoot: Deno.env.get("SystemRoot") ?? "" } : {}),
};

/** Starts a program. */
export function startProgram(argv: readonly string[], options: ProgramOptions): Running {
  const [program = "", ...args] = argv;
  const user = options.user === undefined ? {} : { uid: options.user, gid: options.user };
  const child = new Deno.Command(program, {
    args,
    cwd: options.cwd,
    clearEnv: true,
    env: { ...SYSTEM_ENVIRONMENT, ...options.env },
    ...user,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = options.stdin === undefined ? undefined : child.stdin.getWriter();
  return {
    child,
    stdin: options.stdin === null ? stdin : undefined,
    ended: () => awaitEnd(child, stdin, options),
  };
}

/** Runs a program to its end. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<Ended> {
  return await startProgram(argv, options).ended();
}

/** Whether a program is here and ends with code 0. */
export async function succeeds(program: string, ...args: readonly string[]): Promise<boolean> {
  try {
    return (await runProgram([program, ...args], { cwd: Deno.cwd(), env: {} })).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

async function awaitEnd(
  child: Deno.ChildProcess,
  stdin: WritableStreamDefaultWriter<Uint8Array> | undefined,
  { stdin: content, longestMs = LONGEST_RUN_MS }: ProgramOptions,
): Promise<Ended> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    killQuietly(child);
  }, longestMs);
  try {
    const output = child.output();
    if (content !== undefined && content !== null) await feed(stdin, content);
    const { code, signal, stdout, stderr } = await output;
    if (late) throw new Error(`The program did not end within ${longestMs / 1000} s`);
    return { code, signal, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  } finally {
    clearTimeout(timer);
    await stdin?.abort().catch(() => {});
  }
}

/** Kills a process that may have ended by itself a moment ago. */
export function killQuietly(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Writes and closes. A program may end without reading everything, which breaks the pipe. */
async function feed(
  writer: WritableStreamDefaultWriter<Uint8Array> | undefined,
  content: string | Uint8Array,
): Promise<void> {
  try {
    await writer?.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
    await writer?.close();
  } catch (error) {
    // The stream of a broken pipe throws a TypeError.
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
  }
}
