import { parseArgs } from "@std/cli/parse-args";
import { type Command, COMMON_OPTIONS, type Invocation, type OptionRule, UsageError } from "./command.ts";
import { MOMENT_IN_WORDS, parseMoment } from "./moment.ts";
import { nearest } from "./suggest.ts";
import { unicodePattern } from "../unicode.ts";

/** Largest number that an option takes. */
const MAX_NUMBER = 1_000_000;

/** What an option of each kind takes, in words, and whether a text is one of those. */
const KINDS: Readonly<
  Record<Exclude<OptionRule["kind"], "switch">, { readonly words: string; accepts(text: string): boolean }>
> = {
  seconds: { words: "a number of seconds", accepts: (text) => isNumber(text, /^\d{1,7}(\.\d{1,3})?$/) },
  count: { words: "a whole number", accepts: (text) => isNumber(text, /^\d{1,7}$/) },
  moment: { words: MOMENT_IN_WORDS, accepts: (text) => parseMoment(text, new Date(0)) !== undefined },
  text: { words: "a value", accepts: (text) => text !== "" },
};

/** What a command was called with. Throws `UsageError`, which names everything that is wrong at once. */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const problems: string[] = [];
  const entries = Object.entries(command.options);
  const switches = ["quiet", ...entries.filter(([, rule]) => rule.kind === "switch").map(([name]) => name)];
  const valued = entries.filter(([, rule]) => rule.kind !== "switch").map(([name]) => name);
  const parsed: Record<string, unknown> = parseArgs(joinHyphens(args, valued), {
    boolean: switches,
    string: ["_", ...valued],
    collect: valued,
    alias: { quiet: "q" },
    unknown: (argument: string, key?: string) => {
      if (key === undefined) return true;
      const name = /^--([^=]+)=$/.exec(argument)?.[1] ?? "";
      const rule = Object.hasOwn(command.options, name) ? command.options[name] : undefined;
      // A known option, but without a value.
      if (rule !== undefined && rule.kind !== "switch") {
        problems.push(`--${name} takes ${KINDS[rule.kind].words}, not ""`);
      } else problems.push(unknownOption(argument, Object.keys(command.options)));
      return false;
    },
  });
  const operands = Array.isArray(parsed["_"]) ? parsed["_"].map(String) : [];
  problems.push(...operandProblems(command, operands));
  const numbers = new Map<string, number>();
  const texts = new Map<string, string>();
  for (const [name, { kind }] of entries) {
    const given: unknown = parsed[name];
    // Where an option is given twice, the last one counts.
    const text = Array.isArray(given) ? given.map(String).at(-1) : undefined;
    if (kind === "switch" || text === undefined) continue;
    if (!KINDS[kind].accepts(text)) problems.push(`--${name} takes ${KINDS[kind].words}, not ${quote(text)}`);
    else if (kind === "seconds" || kind === "count") numbers.set(name, Number(text));
    else texts.set(name, text);
  }
  if (problems.length > 0) {
    throw new UsageError(
      `Cannot run "${command.name}": ${problems.join("; ")}; see rasa-telemetry ${command.name} --help`,
    );
  }
  return { operand: operands[0], switches: new Set(switches.filter((name) => parsed[name] === true)), numbers, texts };
}

/**
 * A hyphen alone, which stands for standard output, would be taken for an operand, and a number below zero for an
 * option: each is joined with the option before it.
 */
function joinHyphens(args: readonly string[], valued: readonly string[]): string[] {
  const isValue = (at: number) => /^-\d*$/.test(args[at] ?? "") && valued.some((name) => args[at - 1] === `--${name}`);
  return args.flatMap((argument, at) =>
    isValue(at) ? [] : isValue(at + 1) ? [`${argument}=${args[at + 1]}`] : [argument]
  );
}

/** What a terminal would obey or hide. */
const UNSEEN = unicodePattern(String.raw`[\p{C}\u2028\u2029]`, "gu");

/** Text from outside in a message: quoted, shortened, and without anything that a terminal would obey. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short.replace(UNSEEN(), "\uFFFD"));
}

function operandProblems(command: Command, operands: readonly string[]): string[] {
  const { operand } = command;
  if (operand === undefined) return operands.length === 0 ? [] : ["it takes no operand"];
  if (operands.length === 0) return operand.required ? [`it needs ${operand.name}`] : [];
  if (operands.length === 1) return [];
  // The operands aren't quoted: one of them may hold what was meant for standard input.
  return [`it takes one ${operand.name}, not ${operands.length}; a name with spaces needs quotes`];
}

function unknownOption(argument: string, known: readonly string[]): string {
  const name = /^-*([^=]*)/.exec(argument)?.[1] ?? "";
  const suggestion = nearest(name, [...known, ...Object.keys(COMMON_OPTIONS)]);
  return `no such option ${quote(/^[^=]*/.exec(argument)?.[0] ?? "")}${
    suggestion ? `; the nearest is --${suggestion}` : ""
  }`;
}

function isNumber(text: string, pattern: RegExp): boolean {
  return pattern.test(text) && Number(text) <= MAX_NUMBER;
}
