import { denoFiles } from "./deno_files.ts";
import { prepareRequests, requestsPrepared, send } from "./deno_network.ts";
import { outputFault, standardInput, writeError, writeOutput } from "./deno_streams.ts";
import { denoSystem, orUndefined } from "./deno_system.ts";
import { canReadStderr, openKeyboard } from "./deno_terminal.ts";
import { type Host, PROBLEM_MARK } from "./host.ts";
import type { Variable } from "./variables.ts";
import { pause, sleep } from "./waiting.ts";

/** Standard input, once somebody has asked for it: two streams would take each other's chunks. */
let input: ReadableStream<Uint8Array> | undefined;

/** The real machine. */
export function denoHost(): Host {
  return {
    env: readVariable,
    now: () => new Date(),
    elapsed: () => performance.now(),
    uuid: () => crypto.randomUUID(),
    random: () => Math.random(),
    cwd: () => orUndefined(() => Deno.cwd()),
    sleep,
    pause,
    fetch: send,
    prepareRequests,
    get program() {
      return orUndefined(() => Deno.execPath());
    },
    leaveFolder: () => orUndefined(() => Deno.chdir("/")),
    onEndRequest,
    relinquish() {
      Deno.permissions.revokeSync({ name: "env" });
      Deno.permissions.revokeSync({ name: "sys" });
    },
    files: denoFiles,
    system: denoSystem,
    get terminal() {
      return {
        stdin: Deno.stdin.isTerminal(),
        stdout: Deno.stdout.isTerminal(),
        stderr: Deno.stderr.isTerminal(),
        get canBeRead() {
          return canReadStderr();
        },
        get columns() {
          // A terminal to which nobody has given a size says 0.
          return orUndefined(() => Deno.consoleSize().columns) || undefined;
        },
      };
    },
    get stdin() {
      return input ??= standardInput();
    },
    openKeyboard,
    stdout: writeOutput,
    get outputFault() {
      return outputFault();
    },
    say(text) {
      return !this.quiet && writeError(text);
    },
    problem: (text) => writeError(`${PROBLEM_MARK}${text}\n`),
    quiet: false,
  };
}

/** The program's own arguments. */
export function commandLine(): string[] {
  return Deno.args;
}

/**
 * Ends the process, also while something is pending: a standard input that never ends, a time-out. Only a thread that
 * makes requests ready is waited for.
 */
export async function exit(code: number): Promise<never> {
  await requestsPrepared();
  Deno.exit(code);
}

function readVariable(name: Variable): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    // It is set to something that isn't Unicode. No rule takes the result for a yes, and no folder has that name.
    if (error instanceof Deno.errors.InvalidData) return "\uFFFD";
    // A variable that may not be read must not pass for one that isn't set: it could be the one that says no.
    throw error;
  }
}

function onEndRequest(listener: () => void): void {
  // Windows has only these two. It ends a process without asking.
  const signals: Deno.Signal[] = denoSystem.isWindows ? ["SIGINT", "SIGBREAK"] : ["SIGTERM", "SIGINT", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
}
