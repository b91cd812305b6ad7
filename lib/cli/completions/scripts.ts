/** The scripts that teach shells what there is. Names stand in them quoted, so that those with spaces stay one word. */

/** What a shell suggests behind a command. */
export interface Suggestions {
  readonly name: string;
  readonly summary: string;
  /** What its operand may be. */
  readonly operands: readonly string[];
  readonly options: readonly SuggestedOption[];
}

/** An option as a shell suggests it. */
export interface SuggestedOption {
  readonly name: string;
  readonly help: string;
  /** What its value may be: one of these, a file, something that can't be suggested; undefined where it takes none. */
  readonly value: readonly string[] | "file" | "anything" | undefined;
}

/** What can be typed before any command. */
const FIRST_OPTIONS = ["--help", "--version", "--quiet"];

/** For bash 3.2 or newer, without the package bash-completion. */
export function bashScript(commands: readonly Suggestions[]): string {
  const lists = new Lists(commands);
  const list = (words: readonly string[]) => `"\${${lists.nameOf(words)}[@]}"`;
  const values = valuedOptions(commands).map(([command, { name, value }]) => {
    const action = value === "file" ? "files=1" : value === "anything" ? "operands=()" : `operands=(${list(value)})`;
    return `    ${posixQuoted(`${command} --${name}`)}) options=() ${action} ;;\n`;
  });
  const cases = commands.map(({ name, operands, options }) =>
    `    ${name}) options=(${optionNames(options)})${operands.length > 0 ? ` operands=(${list(operands)})` : ""} ;;\n`
  );
  return `# bash completion for rasa-telemetry
_rasa_telemetry() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" before="" command="" operand="" files="" quote="" word i
  local -a options operands
${lists.define((name, words) => `  local -a ${name}=(${words.map(posixQuoted).join(" ")})\n`)}  COMPREPLY=()
  # Readline takes the sign of equality for a word of its own.
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
  [ -n "$operand" ] && operands=()
  # Behind an option that takes a value there is nothing else.
  case "$command $before" in
${values.join("")}  esac
  if [ -n "$files" ]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
    return
  fi
  case "$cur" in -*) operands=("\${options[@]}") ;; esac
  # Within quotes readline wants words as they are, elsewhere as they must be typed.
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

/** For zsh with its completion system loaded. */
export function zshScript(commands: readonly Suggestions[]): string {
  const lists = new Lists(commands);
  const action = (value: SuggestedOption["value"]) => {
    if (value === undefined) return "";
    if (value === "file") return ":file:_files";
    return value === "anything" ? ":value: " : `:value:_rasa_telemetry_${lists.nameOf(value)}`;
  };
  // In a description brackets would end it.
  const explain = (text: string) => text.replace(/[[\]\\]/g, "\\$&");
  const cases = commands.map(({ name, operands, options }) => {
    const specs = options.map(({ name: option, help, value }) =>
      `--${option}${value === undefined ? "" : "="}[${explain(help)}]${action(value)}`
    );
    if (operands.length > 0) specs.push(`1:name:_rasa_telemetry_${lists.nameOf(operands)}`);
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
  }# Read from a folder of functions, or by eval.
if [ "$funcstack[1]" = "_rasa-telemetry" ]; then _rasa_telemetry "$@"; else compdef _rasa_telemetry rasa-telemetry; fi
`;
}

/** For fish. */
export function fishScript(commands: readonly Suggestions[]): string {
  const lists = new Lists(commands);
  const complete = (command: string, rest: string) =>
    `complete -c rasa-telemetry -n ${fishQuoted(`__rasa_telemetry_is "${command}"`)} ${rest}\n`;
  const list = (words: readonly string[]) => fishQuoted(`(__rasa_telemetry_${lists.nameOf(words)})`);
  const value = (option: SuggestedOption) => {
    if (option.value === undefined) return "";
    if (option.value === "file") return " -r -F";
    return option.value === "anything" ? " -x" : ` -x -a ${list(option.value)}`;
  };
  const first = [
    ...FIRST_OPTIONS.map((name) => complete("", `-l ${name.slice(2)}`)),
    ...commands.map(({ name, summary }) => complete("", `-a ${name} -d ${fishQuoted(summary)}`)),
  ];
  const others = commands.flatMap(({ name, operands, options }) => [
    ...options.map((option) => complete(name, `-l ${option.name}${value(option)} -d ${fishQuoted(option.help)}`)),
    ...(operands.length > 0 ? [complete(name, `-a ${list(operands)}`)] : []),
  ]);
  return `# fish completion for rasa-telemetry
# Whether the first word that is no option is this one; "" asks whether there is none yet.
function __rasa_telemetry_is
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        string match -q -- '-*' $word; and continue
        test "$word" = "$argv[1]"
        return
    end
    test -z "$argv[1]"
end
${
    lists.define((name, words) =>
      `function __rasa_telemetry_${name}\n    printf '%s\\n' ${words.map(fishQuoted).join(" ")}\nend\n`
    )
  }complete -c rasa-telemetry -f
${first.join("")}${others.join("")}`;
}

/** For PowerShell 5.1 or newer. */
export function powershellScript(commands: readonly Suggestions[]): string {
  const lists = new Lists(commands);
  const list = (words: readonly string[]) => words.length === 0 ? "@()" : `$${lists.nameOf(words)}`;
  const rows = commands.map(({ name, summary, operands, options }) => {
    const helps = options.map((option) => `${powershellQuoted(`--${option.name}`)} = ${powershellQuoted(option.help)}`);
    const values = options.flatMap((option) =>
      option.value === undefined
        ? []
        : [`${powershellQuoted(`--${option.name}`)} = ${typeof option.value === "string" ? "@()" : list(option.value)}`]
    );
    return `        ${powershellQuoted(name)} = @{
            Summary = ${powershellQuoted(summary)}
            Operands = ${list(operands)}
            Options = [ordered]@{ ${helps.join("; ")} }
            Values = @{ ${values.join("; ")} }
        }\n`;
  });
  return `# PowerShell completion for rasa-telemetry
Register-ArgumentCompleter -Native -CommandName 'rasa-telemetry', 'rasa-telemetry.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
${
    lists.define((name, words) => `    $${name} = @(${words.map(powershellQuoted).join(", ")})\n`)
  }    $commands = [ordered]@{
${rows.join("")}    }
    $command = $null; $before = ''; $operand = $null
    foreach ($element in @($commandAst.CommandElements | Select-Object -Skip 1)) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $word = $element.Extent.Text.Trim([char[]]@(34, 39))
        if ($word.StartsWith('-')) { $before = $word; continue }
        if ($null -eq $command) { $command = $word }
        elseif ($null -eq $commands[$command] -or -not $commands[$command].Values.ContainsKey($before)) { $operand = $word }
        $before = ''
    }
    $known = if ($null -ne $command) { $commands[$command] }
    $found = [ordered]@{}
    if ($null -eq $command) {
        foreach ($name in $commands.Keys) { $found[$name] = $commands[$name].Summary }
    } elseif ($null -eq $known) {
        return
    } elseif ($known.Values.ContainsKey($before)) {
        foreach ($name in $known.Values[$before]) { $found[$name] = $name }
    } elseif ($wordToComplete.StartsWith('-')) {
        $found = $known.Options
    } elseif ($null -eq $operand) {
        foreach ($name in $known.Operands) { $found[$name] = $name }
    }
    $start = $wordToComplete.Trim([char[]]@(34, 39))
    foreach ($name in $found.Keys) {
        if (-not $name.StartsWith($start, [StringComparison]::OrdinalIgnoreCase)) { continue }
        $text = if ($name.Contains(' ')) { "'" + $name.Replace("'", "''") + "'" } else { $name }
        [System.Management.Automation.CompletionResult]::new($text, $name, 'ParameterValue', $found[$name])
    }
}
`;
}

/** The lists of words that scripts suggest, each once and by a name. */
class Lists {
  readonly #names = new Map<string, { readonly name: string; readonly words: readonly string[] }>();

  constructor(commands: readonly Suggestions[]) {
    const lists = commands.flatMap(({ operands, options }) => [operands, ...options.map(({ value }) => value)]);
    for (const words of lists) {
      if (words === undefined || typeof words === "string" || words.length === 0) continue;
      const key = words.join("\n");
      if (!this.#names.has(key)) this.#names.set(key, { name: `names${this.#names.size + 1}`, words });
    }
  }

  nameOf(words: readonly string[]): string {
    return this.#names.get(words.join("\n"))?.name ?? "";
  }

  define(definition: (name: string, words: readonly string[]) => string): string {
    return [...this.#names.values()].map(({ name, words }) => definition(name, words)).join("");
  }
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

function posixQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

function powershellQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
