import { type Command, COMMON_OPTIONS, type OptionRule } from "./command.ts";
import { EXIT_CODES } from "./exit_code.ts";
import { paragraph, table } from "../terminal/table.ts";
import type { Paint } from "../terminal/paint.ts";

/** What the help calls the value of each kind of option, unless the option says otherwise. */
const VALUES: Readonly<Record<OptionRule["kind"], string>> = {
  switch: "",
  seconds: "SECONDS",
  count: "N",
  moment: "WHEN",
  text: "TEXT",
};

/** The help of the whole program. */
export function programHelp(commands: readonly Command[], paint: Paint): string {
  const heading = (text: string) => `\n${paint.bold(`${text}:`)}\n`;
  return [
    prose("rasa-telemetry reports how Rasa Pro is used, and shows what it reports.", paint),
    usage("[COMMAND]", paint),
    heading("Commands"),
    list(commands.map((command) => [usageOf(command), command.summary]), paint),
    heading("Options"),
    list(optionRows(COMMON_OPTIONS), paint),
    heading("Exit codes"),
    list(EXIT_CODES.map(([code, meaning]) => [String(code), meaning]), paint),
    "\n",
    prose("rasa-telemetry COMMAND --help says more about a command.", paint),
  ].join("");
}

/** The help of one command, examples first. */
export function commandHelp(command: Command, paint: Paint): string {
  // Examples aren't wrapped: people copy them.
  const examples = command.examples.map(([example, purpose]) =>
    `${prose(`# ${purpose}`, paint, "  ", paint.dim)}  ${example}\n`
  );
  return [
    prose(`rasa-telemetry ${command.name}: ${command.summary}`, paint),
    `\n${paint.bold("Examples:")}\n`,
    ...examples,
    usage(usageOf(command), paint),
    "\n",
    paragraphsOf(command).map((text) => prose(text, paint)).join("\n"),
    `\n${paint.bold("Options:")}\n`,
    list([...optionRows(command.options), ...optionRows(COMMON_OPTIONS)], paint),
  ].join("");
}

/** A command with its operand: `events [EVENT]`. */
export function usageOf({ name, operand }: Command): string {
  if (operand === undefined) return name;
  return `${name} ${operand.required ? operand.name : `[${operand.name}]`}`;
}

/** What an option's value is called, or nothing where it takes none. */
export function valueName(rule: OptionRule): string {
  return rule.value ?? VALUES[rule.kind];
}

/** A command's description, each paragraph on one line. */
export function paragraphsOf(command: Command): string[] {
  return command.description.split("\n\n").map((text) => text.replaceAll("\n", " "));
}

function usage(operands: string, paint: Paint): string {
  return "\n" + table([["Usage:", `rasa-telemetry ${operands} [OPTIONS]`]], paint.proseWidth, [paint.bold]);
}

function optionRows(options: Readonly<Record<string, OptionRule>>): [string, string][] {
  return Object.entries(options).map(([name, rule]) => [`--${name} ${valueName(rule)}`.trimEnd(), rule.help]);
}

function list(rows: readonly (readonly [string, string])[], paint: Paint): string {
  return table(rows.map(([left, right]) => [`  ${left}`, right]), paint.proseWidth);
}

function prose(text: string, paint: Paint, indent = "", style = (line: string) => line): string {
  return paragraph(text, paint.proseWidth, indent, style);
}
