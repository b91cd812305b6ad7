import { EVENTS } from "../report/catalogue.ts";
import { quote } from "../cli/arguments.ts";
import { type Command, COMMON_OPTIONS, type OperandRule, type OptionRule, UsageError } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { bashScript } from "../cli/completions/bash.ts";
import { fishScript } from "../cli/completions/fish.ts";
import { powershellScript } from "../cli/completions/powershell.ts";
import type { SuggestedOption, Suggestions } from "../cli/completions/suggestions.ts";
import { zshScript } from "../cli/completions/zsh.ts";
import { valueName } from "../cli/help.ts";

const SCRIPTS: Readonly<Record<string, (commands: readonly Suggestions[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};

/** The shells that scripts can be made for. */
export const SHELLS: readonly string[] = Object.keys(SCRIPTS);

/** `completions SHELL`. The scripts complete all commands, this one included. */
export function completionsOf(loadCommands: () => Promise<readonly Command[]>): Command {
  return {
    name: "completions",
    summary: "print a script that lets a shell complete commands, options and events",
    description:
      `There are scripts for bash 3.2 or newer, zsh, fish, and PowerShell 5.1 or newer. They are made from the same
tables as the help.`,
    operand: { name: "SHELL", required: true, values: SHELLS },
    options: {},
    examples: [
      [`eval "$(rasa-telemetry completions bash)"`, "bash, in ~/.bashrc"],
      [`eval "$(rasa-telemetry completions zsh)"`, "zsh, in ~/.zshrc, after compinit"],
      ["rasa-telemetry completions fish > ~/.config/fish/completions/rasa-telemetry.fish", "fish"],
      ["rasa-telemetry completions powershell | Out-String | Invoke-Expression", "PowerShell, in $PROFILE"],
    ],
    async run(host, _build, invocation) {
      const shell = invocation.operand ?? "";
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (script === undefined) {
        throw new UsageError(`Cannot complete for ${quote(shell)}: no such shell; there are ${SHELLS.join(", ")}`);
      }
      host.stdout(script(suggestionsOf(await loadCommands())));
      return ExitCode.Done;
    },
  };
}

/** What shells can suggest for these commands. */
export function suggestionsOf(commands: readonly Command[]): Suggestions[] {
  const names = commands.map(({ name }) => name);
  const help: Suggestions = { name: "help", summary: "show the help of a command", operands: names, options: [] };
  return [
    ...commands.map(({ name, summary, operand, options }): Suggestions => ({
      name,
      summary,
      operands: operandsOf(operand),
      options: Object.entries({ ...options, ...COMMON_OPTIONS }).map(optionOf),
    })),
    help,
  ];
}

/** The values of an operand. An event may be any of the catalogue's, unless the command says otherwise. */
function operandsOf(operand: OperandRule | undefined): Suggestions["operands"] {
  if (operand?.name === "FILE") return "file";
  if (operand?.name === "EVENT") return operand.values ?? EVENTS.map(({ name }) => name);
  return operand?.values ?? [];
}

function optionOf([name, rule]: [string, OptionRule]): SuggestedOption {
  const { help, kind, values } = rule;
  if (kind === "switch") return { name, help, value: undefined };
  return { name, help, value: valueName(rule) === "FILE" ? "file" : values ?? "anything" };
}
