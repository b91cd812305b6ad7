import type { BuildConfig } from "../build_config.ts";
import type { Host } from "../host/host.ts";

/** What the program's end says to its caller. */
export const ExitCode = {
  /** Done. Off, held and queued count as done: the network never fails the caller. */
  Done: 0,
  /** A fault of the program itself. */
  Fault: 1,
  /** Bad usage or bad input. */
  Usage: 2,
  /** Refused by the licence. */
  Refused: 3,
  /** Something is left that should have gone (`flush` only). */
  Left: 4,
} as const;

/** One of the program's exit codes. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** An option that a command takes. */
export interface OptionRule {
  readonly kind: "switch" | "seconds" | "count";
  readonly help: string;
}

/** A subcommand: what it takes, what it says of itself, what it does. */
export interface Command {
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
  /** What it does, in a paragraph or two. */
  readonly description: string;
  /** The name of the one operand it takes, and whether it must be there; undefined where it takes none. */
  readonly operand?: { readonly name: string; readonly required: boolean };
  readonly options: Readonly<Record<string, OptionRule>>;
  /** Commands to try, each with what it is good for. */
  readonly examples: readonly (readonly [command: string, purpose: string])[];
  run(host: Host, build: BuildConfig, invocation: Invocation): Promise<ExitCode>;
}

/** What a command was called with. */
export interface Invocation {
  readonly operand: string | undefined;
  readonly switches: ReadonlySet<string>;
  /** Values of options that take a number, by name. */
  readonly numbers: ReadonlyMap<string, number>;
}

/** The caller's mistake: what can't be done, with what, and the way out. Ends the program with exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** The option that most commands have. */
export const JSON_OPTION: OptionRule = { kind: "switch", help: "print one JSON document on standard output" };

/** Writes one JSON document, indented, on standard output. */
export function printJson(host: Host, document: unknown): void {
  host.stdout(JSON.stringify(document, null, 2) + "\n");
}
