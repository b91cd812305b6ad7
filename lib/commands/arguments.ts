import { parseArgs } from "@std/cli/parse-args";
import { type Command, type Invocation, UsageError } from "./command.ts";
import { nearest } from "./nearest.ts";

/** Largest number that an option takes. */
const MAX_NUMBER = 1_000_000;

/** What a command was called with. Throws `UsageError`, which names everything that is wrong at once. */
export function parseInvocation(command: Command, args: readonly string[]): Invocation {
  const problems: string[] = [];
  const entries = Object.entries(command.options);
  const switches = entries.filter(([, rule]) => rule.kind === "switch").map(([name]) => name);
  const numbers = entries.filter(([, rule]) => rule.kind !== "switch").map(([name]) => name);
  const parsed: Record<string, unknown> = parseArgs([...args], {
    boolean: switches,
    string: ["_", ...numbers],
    collect: numbers,
    unknown: (argument: string, key?: string) => {
      if (key === undefined) return true;
      problems.push(unknownOption(argument, Object.keys(command.options)));
      return false;
    },
  });
  const operands = Array.isArray(parsed["_"]) ? parsed["_"].map(String) : [];
  problems.push(...operandProblems(command, operands));
  const values = new Map<string, number>();
  for (const name of numbers) {
    const given: unknown = parsed[name];
    const texts = Array.isArray(given) ? given.map(String) : [];
    const text = texts.at(-1);
    if (text === undefined) continue;
    const value = parseNumber(command.options[name]?.kind, text);
    if (value === undefined) {
      problems.push(`--${name} takes ${kindInWords(command.options[name]?.kind)}, not ${quote(text)}`);
    } else values.set(name, value);
  }
  if (problems.length > 0) {
    throw new UsageError(
      `Cannot run "${command.name}": ${problems.join("; ")}; see rasa-telemetry ${command.name} --help`,
    );
  }
  return {
    operand: operands[0],
    switches: new Set(switches.filter((name) => parsed[name] === true)),
    numbers: values,
  };
}

/** Somebody's text in a message: quoted, shortened, and with nothing in it that a terminal would obey. */
export function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return JSON.stringify(short.replace(/[\p{C}\u2028\u2029]/gu, "\uFFFD"));
}

function operandProblems(command: Command, operands: readonly string[]): string[] {
  const { operand } = command;
  if (operand === undefined) return operands.length === 0 ? [] : ["it takes no operand"];
  if (operands.length === 0) return operand.required ? [`it needs ${operand.name}`] : [];
  if (operands.length === 1) return [];
  // Not quoted: what was meant for standard input may stand there.
  return [`it takes one ${operand.name}, not ${operands.length}; a name with spaces needs quotes`];
}

function unknownOption(argument: string, known: readonly string[]): string {
  const name = /^-*([^=]*)/.exec(argument)?.[1] ?? "";
  const suggestion = nearest(name, [...known, "help", "version"]);
  return `no such option ${quote(/^[^=]*/.exec(argument)?.[0] ?? "")}${
    suggestion ? `; the nearest is --${suggestion}` : ""
  }`;
}

function parseNumber(kind: string | undefined, text: string): number | undefined {
  const pattern = kind === "seconds" ? /^\d{1,7}(\.\d{1,3})?$/ : /^\d{1,7}$/;
  if (!pattern.test(text)) return undefined;
  const value = Number(text);
  return value <= MAX_NUMBER ? value : undefined;
}

function kindInWords(kind: string | undefined): string {
  return kind === "seconds" ? "a number of seconds" : "a whole number";
}
