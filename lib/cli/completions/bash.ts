import { FIRST_OPTIONS, posixQuoted, type SuggestedOption, type Suggestions, wordLists } from "./suggestions.ts";

/** The script for bash 3.2 or newer. It doesn't need the package bash-completion. */
export function bashScript(commands: readonly Suggestions[]): string {
  const lists = wordLists(commands);
  const list = (words: readonly string[]) => `"\${${lists.nameOf(words)}[@]}"`;
  const values = valuedOptions(commands).map(([command, { name, value }]) => {
    const action = value === "file" ? "files=1" : value === "anything" ? "operands=()" : `operands=(${list(value)})`;
    return `    ${posixQuoted(`${command} --${name}`)}) options=() ${action} ;;\n`;
  });
  const operandOf = (operands: Suggestions["operands"]) => {
    if (operands === "file") return " files=1";
    return operands.length > 0 ? ` operands=(${list(operands)})` : "";
  };
  const cases = commands.map(({ name, operands, options }) =>
    `    ${name}) options=(${optionNames(options)})${operandOf(operands)} ;;\n`
  );
  return `# bash completion for rasa-telemetry
_rasa_telemetry() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" before="" command="" operand="" files="" quote="" word i
  local -a options operands
${lists.define((name, words) => `  local -a ${name}=(${words.map(posixQuoted).join(" ")})\n`)}  COMPREPLY=()
  # Readline splits words at the equals sign.
  [ "$cur" = "=" ] && cur=""
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      =) ;;
      -*) before="$word" ;;
      *)
        if [ -z "$command" ]; then command="$word"
        elif ! _rasa_telemetry_takes_value "$command $before"; then operand="$word"; fi
        before=""
        ;;
    esac
  done
  case "$command" in
    "") options=(${FIRST_OPTIONS.join(" ")}) operands=(${commands.map(({ name }) => name).join(" ")}) ;;
${cases.join("")}  esac
  [ -n "$operand" ] && operands=() files=""
  case "$cur" in -*) files="" ;; esac
  # After an option that takes a value only that value is suggested.
  case "$command $before" in
${values.join("")}  esac
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
    return
  fi
  case "$cur" in -*) operands=("\${options[@]}") ;; esac
  # Inside quotes readline expects words as they are, elsewhere as they must be typed.
  case "$cur" in \\"* | \\'*) quote="\${cur:0:1}" cur="\${cur:1}" ;; esac
  for word in "\${operands[@]}"; do
    [ -z "$quote" ] && printf -v word %q "$word"
    case "$word" in "$cur"*) COMPREPLY+=("$word") ;; esac
  done
}
_rasa_telemetry_takes_value() {
  case "$1" in
    ${
    valuedOptions(commands).map(([command, { name }]) => posixQuoted(`${command} --${name}`)).join(" | ")
  }) return 0 ;;
  esac
  return 1
}
complete -F _rasa_telemetry rasa-telemetry
`;
}

function valuedOptions(
  commands: readonly Suggestions[],
): [command: string, option: SuggestedOption & { value: NonNullable<SuggestedOption["value"]> }][] {
  return commands.flatMap(({ name, options }) =>
    options.flatMap(({ value, ...option }): ReturnType<typeof valuedOptions> =>
      value === undefined ? [] : [[name, { ...option, value }]]
    )
  );
}

function optionNames(options: readonly SuggestedOption[]): string {
  return options.map(({ name }) => `--${name}`).join(" ");
}
