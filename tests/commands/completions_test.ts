import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadCommands } from "../../lib/cli.ts";
import { bashScript } from "../../lib/cli/completions/bash.ts";
import { fishScript } from "../../lib/cli/completions/fish.ts";
import { powershellScript } from "../../lib/cli/completions/powershell.ts";
import { zshScript } from "../../lib/cli/completions/zsh.ts";
import { SHELLS, suggestionsOf } from "../../lib/commands/completions.ts";
import { RULE_NAMES } from "../../lib/cli/event_names.ts";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { runHere } from "../support/scenes/scene.ts";
import { ODD_COMMANDS } from "../support/inputs/odd_names.ts";

const COMMANDS = await loadCommands();

const EVENT_NAMES = EVENTS.map(({ name }) => name);
const SUGGESTIONS = suggestionsOf(COMMANDS);

Deno.test("suggestionsOf the commands has every command, option and event, and help for each", () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(SUGGESTIONS.map(({ name }) => name), [...names, "help"]);
  const operands = Object.fromEntries(SUGGESTIONS.map((command) => [command.name, command.operands]));
  assertEquals(operands["track"], EVENT_NAMES);
  assertEquals(operands["events"], RULE_NAMES);
  assertEquals([operands["log"], operands["status"], operands["completions"]], [["clear"], [], SHELLS]);
  assertEquals(operands["help"], names);
  for (const { name, options } of COMMANDS) {
    const suggested = SUGGESTIONS.find((command) => command.name === name)?.options ?? [];
    assertEquals(suggested.map((option) => option.name), [...Object.keys(options), "quiet", "help", "version"]);
    for (const [option, { kind }] of Object.entries(options)) {
      const { value } = suggested.find((one) => one.name === option) ?? {};
      assertEquals([option, value === undefined], [option, kind === "switch"]);
    }
  }
});

Deno.test("suggestionsOf options says what their values may be", () => {
  const values = (name: string) =>
    SUGGESTIONS.find((command) => command.name === name)?.options.map(({ value }) => value);
  const none = undefined;
  assertEquals(values("log"), [none, "anything", RULE_NAMES, "anything", none, none, none, none, none, none, none]);
});

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript };

for (const [shell, script] of Object.entries(SCRIPTS)) {
  Deno.test(`completions ${shell} prints a script with every command, option and event in it`, async () => {
    const host = new MemoryHost();
    assertEquals([await runHere(host, "completions", shell), host.err, host.files.writes], [0, "", []]);
    assertEquals(host.out, script(SUGGESTIONS));
    for (const { name, options } of COMMANDS) {
      assertStringIncludes(host.out, name);
      for (const option of Object.keys(options)) assertStringIncludes(host.out, option);
    }
    for (const name of RULE_NAMES) assertStringIncludes(host.out, `'${name}'`);
    assertEquals([host.out.endsWith("\n"), host.out.includes("undefined")], [true, false]);
  });
}

Deno.test("powershellScript is balanced, whatever names there are", () => {
  for (const commands of [SUGGESTIONS, ODD_COMMANDS]) {
    // Without comments, and without strings, in which a doubled quotation mark is one of the text.
    const code = powershellScript(commands).replace(/^\s*#.*$/gm, "").replace(/'(?:[^']|'')*'|"[^"\n]*"/g, "''");
    const open: string[] = [];
    for (const [sign] of code.matchAll(/[(){}[\]]/g)) {
      const partner = { ")": "(", "}": "{", "]": "[" }[sign];
      if (partner === undefined) open.push(sign);
      else assertEquals(open.pop(), partner);
    }
    assertEquals([open, code.includes("touch")], [[], false]);
  }
});
