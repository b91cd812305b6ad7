import type { BuildConfig } from "./build_config.ts";
import { parseInvocation, quote } from "./commands/arguments.ts";
import { type Command, ExitCode, UsageError } from "./commands/command.ts";
import { identify } from "./commands/identify.ts";
import { nearest } from "./commands/nearest.ts";
import { printable } from "./commands/printable.ts";
import { PROBLEM, quietly } from "./commands/quiet.ts";
import { track } from "./commands/track.ts";
import type { Host } from "./host/host.ts";

const forPeople = () => import("./commands/for_people.ts");

/**
 * Every subcommand, in the order of the help. Most are loaded when they are asked for: what a start costs is, next to the
 * runtime's own part, the code that is read.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command> | Command>> = {
  status: async () => (await forPeople()).status,
  track: () => track,
  identify: () => identify,
  stream: async () => (await import("./commands/stream.ts")).stream,
  flush: async () => (await forPeople()).flush,
  enable: async () => (await forPeople()).enable,
  disable: async () => (await forPeople()).disable,
  init: async () => (await forPeople()).init,
  inspect: async () => (await forPeople()).inspect,
  events: async () => (await forPeople()).events,
  log: async () => (await forPeople()).log,
  completions: async () => (await forPeople()).completionsOf(loadCommands),
};

/** Loads every subcommand, in the order of the help. */
export async function loadCommands(): Promise<Command[]> {
  return await Promise.all(Object.values(COMMANDS).map((load) => load()));
}

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
    await showHelp(host, topic === undefined ? undefined : await loadCommand(topic));
    return ExitCode.Done;
  }
  const command = await loadCommand(name ?? "status");
  const invocation = parseInvocation(command, rest);
  return await command.run(invocation.switches.has("quiet") ? quietly(host) : host, build, invocation);
}

async function showHelp(host: Host, command: Command | undefined): Promise<void> {
  const { commandHelp, paintFor, programHelp } = await forPeople();
  const paint = paintFor(host);
  host.stdout(command === undefined ? programHelp(await loadCommands(), paint) : commandHelp(command, paint));
}

async function loadCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load !== undefined) return await load();
  const suggestion = nearest(name, Object.keys(COMMANDS));
  const way = suggestion === undefined ? "rasa-telemetry --help lists them" : `the nearest is ${quote(suggestion)}`;
  throw new UsageError(`Cannot run ${quote(name)}: no such command; ${way}`);
}
