import type { BuildConfig } from "../build_config.ts";
import type { Host } from "../host/host.ts";
import { safeJson } from "../terminal/printable.ts";
import type { ExitCode } from "./exit_code.ts";

/** An option that a command takes. */
export interface OptionRule {
  /** `moment`: a day, a moment or a span before now (`parseMoment`); `text`: anything but nothing. */
  readonly kind: "switch" | "seconds" | "count" | "moment" | "text";
  readonly help: string;
  /** What the help calls its value, unless as its kind; shells complete a `FILE` as a path. */
  readonly value?: string;
  /** Values that shells suggest. */
  readonly values?: readonly string[];
}

/** The one operand that a command takes. */
export interface OperandRule {
  /** What the help calls it; a word in lower case stands for itself. */
  readonly name: string;
  readonly required: boolean;
  /** Values that shells suggest. */
  readonly values?: readonly string[];
}

/** A subcommand: what it takes, what it says of itself, what it does. */
export interface Command {
  readonly name: string;
  /** What it does, in half a line. */
  readonly summary: string;
  /** What it does, in a paragraph or two. */
  readonly description: string;
  /** Undefined where it takes none. */
  readonly operand?: OperandRule;
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
  /** Values of options that take a moment or a text, by name, as they were given. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * What a person asked for can't be done, by bad usage, bad input or a disk in the way. The message names the action,
 * the input and the way out. Ends the program with exit code 2.
 */
export class UsageError extends Error {
  override name = "UsageError";
}

/** `--json`, as most commands have it. */
export const JSON_OPTION: OptionRule = { kind: "switch", help: "print one JSON document on standard output" };

/** `--exact`, of commands that tell people times. */
export const EXACT_OPTION: OptionRule = {
  kind: "switch",
  help: "give exact times, in UTC, instead of how long ago; output that isn't a terminal always has exact times",
};

/** What every command understands besides its own options. */
export const COMMON_OPTIONS: Readonly<Record<string, OptionRule>> = {
  quiet: { kind: "switch", help: "write on standard error only what is wrong (-q)" },
  help: { kind: "switch", help: "show this help (-h)" },
  version: { kind: "switch", help: "show the version" },
};

/** Writes one JSON document, indented, on standard output. */
export function printJson(host: Host, document: unknown): void {
  host.stdout(safeJson(document, 2) + "\n");
}
