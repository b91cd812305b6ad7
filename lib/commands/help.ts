import { type Command, ExitCode } from "./command.ts";

/** What every command understands besides its own options. */
const COMMON = { help: "show this help", version: "show the version" } as const;

const EXIT_CODES: readonly (readonly [code: number, meaning: string])[] = [
  [ExitCode.Done, "done; off, held and queued count as done"],
  [ExitCode.Fault, "a fault of the program itself"],
  [ExitCode.Usage, "bad usage or bad input"],
  [ExitCode.Refused, "refused by the licence"],
  [ExitCode.Left, "something is left that should have gone (flush only)"],
];

/** The help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  return `rasa-telemetry reports how Rasa Pro is used, and shows what it reports.

Usage: rasa-telemetry [COMMAND] [OPTIONS]

Commands:
${table(commands.map((command) => [usageOf(command), command.summary]))}
Options:
${table(Object.entries(COMMON).map(([name, help]) => [`--${name}`, help]))}
Exit codes:
${table(EXIT_CODES.map(([code, meaning]) => [String(code), meaning]))}
rasa-telemetry COMMAND --help says more about a command.
`;
}

/** The help of one command, examples first. */
export function commandHelp(command: Command): string {
  const options = [
    ...Object.entries(command.options).map((
      [name, rule],
    ): [string, string] => [`--${name}${VALUES[rule.kind]}`, rule.help]),
    ...Object.entries(COMMON).map(([name, help]): [string, string] => [`--${name}`, help]),
  ];
  const examples = command.examples.map(([example, purpose]) => `  # ${purpose}\n  ${example}\n`).join("");
  return `rasa-telemetry ${command.name}: ${command.summary}

Examples:
${examples}
Usage: rasa-telemetry ${usageOf(command)} [OPTIONS]

${command.description}

Options:
${table(options)}`;
}

const VALUES = { switch: "", seconds: " SECONDS", count: " N" } as const;

function usageOf(command: Command): string {
  if (command.operand === undefined) return command.name;
  return `${command.name} ${command.operand.required ? command.operand.name : `[${command.operand.name}]`}`;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
}
