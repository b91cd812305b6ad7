import { FIRST_OPTIONS, type SuggestedOption, type Suggestions, wordLists } from "./suggestions.ts";

/** The script for fish. */
export function fishScript(commands: readonly Suggestions[]): string {
  const lists = wordLists(commands);
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
    ...(operands === "file" ? [complete(name, "-F")] : []),
    ...(operands !== "file" && operands.length > 0 ? [complete(name, `-a ${list(operands)}`)] : []),
  ]);
  return `# fish completion for rasa-telemetry
# Whether the first word that isn't an option is this one. With "": whether there is no such word yet.
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

function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}
