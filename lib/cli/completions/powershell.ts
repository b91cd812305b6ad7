import { type Suggestions, wordLists } from "./suggestions.ts";

/** The script for PowerShell 5.1 or newer. */
export function powershellScript(commands: readonly Suggestions[]): string {
  const lists = wordLists(commands);
  // Where nothing is suggested, PowerShell suggests files by itself.
  const list = (words: readonly string[] | "file") =>
    words === "file" || words.length === 0 ? "@()" : `$${lists.nameOf(words)}`;
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
        elseif ($null -eq $commands[$command] -or -not $commands[$command].Values.ContainsKey($before)) {
            $operand = $word
        }
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

function powershellQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
