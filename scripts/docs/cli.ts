import type { Command } from "../../lib/cli/command.ts";
import { EXIT_CODES } from "../../lib/cli/exit_code.ts";
import { commandHelp, programHelp } from "../../lib/cli/help.ts";
import { PLAIN } from "../../lib/terminal/paint.ts";
import { GENERATED } from "./generated.ts";
import { table } from "./tables.ts";

/** The exit codes, as docs/contract.md lists them. */
export function exitCodesTable(): string {
  return table(["exit code", "meaning"], EXIT_CODES.map(([code, meaning]) => [String(code), meaning]));
}

/** docs/reference/cli.md: the help of every command. */
export function cliDocument(commands: readonly Command[]): string {
  const texts = commands.map((command) => {
    const schema = `\nAs JSON Schema: [json/${command.name}.schema.json](json/${command.name}.schema.json)\n`;
    return `## ${command.name}\n\n\`\`\`text\n${commandHelp(command, PLAIN)}\`\`\`\n${
      "json" in command.options ? schema : ""
    }`;
  });
  return `${GENERATED}
# The command line

\`\`\`text
${programHelp(commands, PLAIN)}\`\`\`

On a terminal, texts are wrapped to its width and coloured; NO_COLOR and TERM=dumb take the colours away. Where standard
output isn't a terminal, nothing is wrapped, and times are exact. A message on standard error is a line of its own,
which the terminal breaks. This page is also a manual page: [rasa-telemetry.1](rasa-telemetry.1). What to do when
something isn't as expected: [troubleshooting.md](../troubleshooting.md).

${texts.join("\n")}`;
}
