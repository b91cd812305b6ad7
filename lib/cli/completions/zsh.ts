import { FIRST_OPTIONS, posixQuoted, type SuggestedOption, type Suggestions, wordLists } from "./suggestions.ts";

/** The script for zsh. It needs zsh's completion system to be loaded. */
export function zshScript(commands: readonly Suggestions[]): string {
  const lists = wordLists(commands);
  const action = (value: SuggestedOption["value"]) => {
    if (value === undefined) return "";
    if (value === "file") return ":file:_files";
    return value === "anything" ? ":value: " : `:value:_rasa_telemetry_${lists.nameOf(value)}`;
  };
  // An unescaped bracket would end the description.
  const explain = (text: string) => text.replace(/[[\]\\]/g, "\\$&");
  const cases = commands.map(({ name, operands, options }) => {
    const specs = options.map(({ name: option, help, value }) =>
      `--${option}${value === undefined ? "" : "="}[${explain(help)}]${action(value)}`
    );
    if (operands === "file") specs.push("1:file:_files");
    else if (operands.length > 0) specs.push(`1:name:_rasa_telemetry_${lists.nameOf(operands)}`);
    return `        ${name})\n          _arguments ${specs.map(posixQuoted).join(" \\\n            ")} ;;\n`;
  });
  const summaries = commands.map(({ name, summary }) => `    ${posixQuoted(`${name}:${summary}`)}\n`);
  return `#compdef rasa-telemetry
# zsh completion for rasa-telemetry
_rasa_telemetry() {
  local curcontext="$curcontext" state line
  local -a commands
  typeset -A opt_args
  commands=(
${summaries.join("")}  )
  _arguments -C ${FIRST_OPTIONS.map((name) => posixQuoted(name)).join(" ")} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe -t commands command commands ;;
    rest)
      case $words[1] in
${cases.join("")}      esac ;;
  esac
}
${
    lists.define((name, words) =>
      `_rasa_telemetry_${name}() {\n  local -a names\n  names=(${
        words.map(posixQuoted).join(" ")
      })\n  compadd -a names\n}\n`
    )
  }# This file is either in a folder of functions, or run by eval.
if [ "$funcstack[1]" = "_rasa-telemetry" ]; then _rasa_telemetry "$@"; else compdef _rasa_telemetry rasa-telemetry; fi
`;
}
