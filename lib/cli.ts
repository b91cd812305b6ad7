import type { BuildConfig } from "./build_config.ts";
import { parseInvocation, quote } from "./commands/arguments.ts";
import { disable, enable } from "./commands/choose.ts";
import { type Command, ExitCode, UsageError } from "./commands/command.ts";
import { completionsOf } from "./commands/completions.ts";
import { events } from "./commands/events.ts";
import { flush } from "./commands/flush.ts";
import { commandHelp, programHelp } from "./commands/help.ts";
import { identify } from "./commands/identify.ts";
import { init } from "./commands/init.ts";
import { inspect } from "./commands/inspect.ts";
import { log } from "./commands/log.ts";
import { nearest } from "./commands/nearest.ts";
import { PROBLEM, quietly } from "./commands/quiet.ts";
import { status } from "./commands/status.ts";
import { stream } from "./commands/stream.ts";
import { track } from "./commands/track.ts";
import { paintFor, printable } from "./commands/words.ts";
import type { Host } from "./host/host.ts";

/** Every subcommand, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  status,
  track,
  identify,
  stream,
  flush,
  enable,
  disable,
  init,
  inspect,
  events,
  log,
  completionsOf(() => COMMANDS),
];

/** Runs one command line to its exit code. Never throws: the one place that catches everything. */
export async function run(args: readonly string[], host: Host, build: BuildConfig): Promise<ExitCode> {
  try {
    return await dispatch(args, host, build);
  } catch (error) {
    if (error instanceof UsageError) {
      host.stderr(`${PROBLEM}${printable(error.message)}\n`);
      return ExitCode.Usage;
    }
    // Neither message nor stack: both may hold a path, so somebody's name, or a piece of what was being recorded.
    const kind = error instanceof Error ? error.name : typeof error;
    host.stderr(
      `${PROBLEM}Cannot go on: an unexpected ${kind}; please report it with the version (${build.version})\n`,
    );
    return ExitCode.Fault;
  }
}

async function dispatch(args: readonly string[], host: Host, build: BuildConfig): Promise<ExitCode> {
  const at = args.findIndex((argument) => !argument.startsWith("-"));
  const name = at === -1 ? undefined : args[at];
  const rest = args.filter((_, index) => index !== at);
  // Behind `--` nothing is an option any more.
  const options = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (options.includes("--version") || (name === undefined && options.includes("-V"))) {
    host.stdout(`rasa-telemetry ${build.version}\n`);
    return ExitCode.Done;
  }
  const wantsHelp = name === "help" || options.includes("--help") || options.includes("-h");
  const topic = name === "help" ? rest[0] : name;
  if (wantsHelp) {
    const paint = paintFor(host);
    host.stdout(topic === undefined ? programHelp(COMMANDS, paint) : commandHelp(findCommand(topic), paint));
    return ExitCode.Done;
  }
  const command = findCommand(name ?? "status");
  const invocation = parseInvocation(command, rest);
  return await command.run(invocation.switches.has("quiet") ? quietly(host) : host, build, invocation);
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const suggestion = nearest(name, COMMANDS.map((candidate) => candidate.name));
  const way = suggestion === undefined ? "rasa-telemetry --help lists them" : `the nearest is ${quote(suggestion)}`;
  throw new UsageError(`Cannot run ${quote(name)}: no such command; ${way}`);
}
