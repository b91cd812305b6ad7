import type { BuildConfig } from "./build_config.ts";
import { parseInvocation, quote } from "./cli/arguments.ts";
import { type Command, UsageError } from "./cli/command.ts";
import { ExitCode } from "./cli/exit_code.ts";
import { nearest } from "./cli/suggest.ts";
import { printable } from "./terminal/printable.ts";
import type { Host } from "./host/host.ts";

/**
 * Every subcommand, in the order of the help. Each is loaded when it is asked for. Next to the runtime's own part, the
 * code that is read is most of what a start costs.
 */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  status: async () => (await import("./commands/status.ts")).status,
  track: async () => (await import("./commands/track.ts")).track,
  identify: async () => (await import("./commands/identify.ts")).identify,
  stream: async () => (await import("./commands/stream.ts")).stream,
  flush: async () => (await import("./commands/flush.ts")).flush,
  enable: async () => (await import("./commands/enable.ts")).enable,
  disable: async () => (await import("./commands/disable.ts")).disable,
  "reset-id": async () => (await import("./commands/reset_id.ts")).resetIdCommand,
  init: async () => (await import("./commands/init.ts")).init,
  inspect: async () => (await import("./commands/inspect.ts")).inspect,
  events: async () => (await import("./commands/events.ts")).events,
  log: async () => (await import("./commands/log.ts")).log,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  completions: async () => (await import("./commands/completions.ts")).completionsOf(loadCommands),
};

/**
 * The subcommands that are run to see something. They fail where it can't be written. The others have done what they
 * were run for by then, and whoever embeds them must not fail because of an output that nobody reads.
 */
const SHOWING: ReadonlySet<string> = new Set(["status", "inspect", "events", "log", "export", "completions"]);

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
      host.problem(printable(error.message));
      return ExitCode.Usage;
    }
    // Neither message nor stack: both may hold a path, so somebody's name, or a piece of what was being recorded.
    const kind = error instanceof Error ? error.name : typeof error;
    host.problem(`Cannot go on: an unexpected ${kind}; please report it with the version (${build.version})`);
    return ExitCode.Fault;
  }
}

async function dispatch(args: readonly string[], host: Host, build: BuildConfig): Promise<ExitCode> {
  const at = args.findIndex((argument) => !argument.startsWith("-"));
  const name = at === -1 ? undefined : args[at];
  const rest = args.filter((_, index) => index !== at);
  // After `--` nothing is an option.
  const options = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (options.includes("--version") || (name === undefined && options.includes("-V"))) {
    host.stdout(`rasa-telemetry ${build.version}\n`);
    requireShown(host);
    return ExitCode.Done;
  }
  const wantsHelp = name === "help" || options.includes("--help") || options.includes("-h");
  const topic = name === "help" ? rest[0] : name;
  if (wantsHelp) {
    await showHelp(host, topic === undefined ? undefined : await loadCommand(topic));
    requireShown(host);
    return ExitCode.Done;
  }
  const command = await loadCommand(name ?? "status");
  const invocation = parseInvocation(command, rest);
  host.quiet = invocation.switches.has("quiet");
  const code = await command.run(host, build, invocation);
  if (SHOWING.has(command.name)) requireShown(host);
  return code;
}

/** Throws `UsageError` where something could not be written on standard output, and not because its reader left. */
function requireShown({ outputFault }: Host): void {
  if (outputFault === undefined) return;
  const what = outputFault === "ENOSPC" ? "ENOSPC (the disk is full)" : outputFault;
  throw new UsageError(`Cannot write to standard output: ${what}; what was written there isn't whole`);
}

async function showHelp(host: Host, command: Command | undefined): Promise<void> {
  const [{ commandHelp, programHelp }, { paintFor }] = await Promise.all([
    import("./cli/help.ts"),
    import("./terminal/paint.ts"),
  ]);
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
