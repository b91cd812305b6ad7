import { assertEquals } from "@std/assert";
import { bashScript } from "../../lib/cli/completions/bash.ts";
import { fishScript } from "../../lib/cli/completions/fish.ts";
import type { Suggestions } from "../../lib/cli/completions/suggestions.ts";
import { zshScript } from "../../lib/cli/completions/zsh.ts";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { binaryPath } from "../support/programs/binary.ts";
import { ODD_COMMANDS, ODD_NAMES } from "../support/inputs/odd_names.ts";
import { HAS_TMUX, Terminal } from "../support/programs/tmux.ts";
import { type Condition, hasProgram, ON_POSIX } from "../support/programs/conditions.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What shells make of the completion scripts. Each shell that is here is asked itself. */

const EVENT_NAMES = EVENTS.map(({ name }) => name);
const OF_TRAINING = EVENT_NAMES.filter((name) => name.startsWith("Training "));
const COMMANDS = [
  "status",
  "track",
  "identify",
  "stream",
  "flush",
  "enable",
  "disable",
  "reset-id",
  "init",
  "inspect",
  "events",
  "log",
  "export",
  "completions",
  "help",
];
const OF_LOG = [
  "--json",
  "--last",
  "--event",
  "--since",
  "--summary",
  "--follow",
  "--local",
  "--exact",
  "--quiet",
  "--help",
  "--version",
];

/** What is typed, the last word of it unfinished, and what may become of that word. */
const LINES: readonly (readonly [words: readonly string[], names: readonly string[]])[] = [
  [[""], COMMANDS],
  [["st"], ["status", "stream"]],
  [["--ver"], ["--version"]],
  [["track", "Training "], OF_TRAINING],
  [["track", "identi"], []],
  [["events", "identi"], ["identify"]],
  [["track", "Shell Started", "Tr"], []],
  [["log", ""], ["clear"]],
  [["log", "--"], OF_LOG],
  [["log", "--event", "Shell"], ["Shell Started"]],
  [["log", "--last", ""], []],
  [["log", "--last", "5", "c"], ["clear"]],
  [["help", "fl"], ["flush"]],
  [["completions", ""], ["bash", "zsh", "fish", "powershell"]],
  [["--quiet", "comp"], ["completions"]],
  [["nonsense", ""], []],
];

/** Gives the work the script of a shell, and a folder in which whatever a script runs by mistake would leave something. */
function withScript(
  shell: string,
  work: (script: string, folder: string) => Promise<void>,
): (here: EndToEnd) => Promise<void> {
  return async ({ folder, run }) => {
    const { code, out, err } = await run(["completions", shell]);
    assertEquals([code, err], [0, ""]);
    await Deno.writeTextFile(`${folder}/script`, out);
    await work(`${folder}/script`, folder);
  };
}

/** What a program prints, in lines. Throws where it fails. */
async function ask(folder: string, program: string, ...args: readonly string[]): Promise<string[]> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: `${folder}/project`,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", HOME: `${folder}/home`, LANG: "C.UTF-8", TERM: "dumb" },
    stdin: "null",
  }).output();
  const err = new TextDecoder().decode(stderr);
  if (!success || err !== "") throw new Error(`${program}: ${err}`);
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
}

const HAS_BASH = ON_POSIX.met ? await hasProgram("bash", "--version") : ON_POSIX;
const HAS_FISH = await hasProgram("fish", "--version");
const HAS_ZSH = await hasProgram("zsh", "--version");

/** Fills in what readline would, and prints each suggestion as the word that the shell makes of it. */
const ASK_BASH = `
. "$1"
shift
COMP_WORDS=(rasa-telemetry "$@")
COMP_CWORD=$#
_rasa_telemetry
for word in "\${COMPREPLY[@]}"; do
  if [ -z "$RAW" ]; then eval "word=$word"; fi
  printf '%s\\n' "$word"
done
`;

const bash = (folder: string, script: string, words: readonly string[]) =>
  ask(folder, "bash", "--noprofile", "--norc", "-c", ASK_BASH, "bash", script, ...words);

/** A word as somebody would type it for bash, unfinished. */
function typed(word: string): string {
  return word.replaceAll(" ", "\\ ");
}

endToEnd(
  "bash completes commands, options and events",
  { needs: HAS_BASH },
  withScript("bash", async (script, folder) => {
    for (const [words, names] of LINES) {
      assertEquals([words, await bash(folder, script, words.map(typed))], [words, names]);
    }
    // Readline takes an equals sign for a word of its own.
    assertEquals(await bash(folder, script, ["log", "--event", "=", "Shell"]), ["Shell Started"]);
    assertEquals(await bash(folder, script, ["log", "--event", "="]), [...EVENT_NAMES, "identify"]);
    for (const quote of ["'", '"']) {
      assertEquals(
        await ask(
          folder,
          "bash",
          "--noprofile",
          "--norc",
          "-c",
          `RAW=1\n${ASK_BASH}`,
          "bash",
          script,
          "track",
          `${quote}Shell S`,
        ),
        ["Shell Started"],
      );
    }
    await Deno.writeTextFile(`${folder}/project/a page.html`, "");
    for (const words of [["inspect", "--html", "a"], ["export", "a"], ["export", "--overwrite", "a"]]) {
      assertEquals(await ask(folder, "bash", "-c", `RAW=1\n${ASK_BASH}`, "bash", script, ...words), ["a page.html"]);
    }
    assertEquals(
      await ask(folder, "bash", "-c", `RAW=1\n${ASK_BASH}`, "bash", script, "export", "a page.html", "a"),
      [],
    );
  }),
);

endToEnd(
  "fish completes commands, options and events",
  { needs: HAS_FISH },
  withScript("fish", async (script, folder) => {
    for (const [words, names] of LINES) {
      const line = ["rasa-telemetry", ...words.map((word) => word.replaceAll(" ", "\\ "))].join(" ");
      const lines = await ask(
        folder,
        "fish",
        "--no-config",
        "-c",
        'source $argv[1]; complete -C "$argv[2]"',
        script,
        line,
      );
      const found = lines.map((text) => text.split("\t")[0] ?? "");
      // fish may suggest another event behind the first one.
      const wanted = words.length === 3 && words[0] === "track" ? [] : names;
      const known = words.length === 3 && words[0] === "track" ? [] : found.sort();
      assertEquals([line, known], [line, [...wanted].sort()]);
    }
  }),
);

/** Completes lines by pressing Tab in a shell that somebody uses, and gives the line that is then on the screen. */
async function pressTab(
  argv: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
  lines: readonly (readonly [typed: string, becomes: string])[],
): Promise<void> {
  await Deno.symlink(binaryPath(), `${folder}/rasa-telemetry`);
  const path = `${folder}:${Deno.env.get("PATH")}`;
  const options = {
    folder,
    cwd: `${folder}/project`,
    columns: 100,
    env: { HOME: `${folder}/home`, PATH: path, ...env },
  };
  const terminal = await Terminal.open(argv, options);
  try {
    await terminal.until((screen) => screen.includes("ready>"));
    for (const [text, becomes] of lines) {
      await terminal.type(text);
      await terminal.press("Tab");
      await terminal.until((screen) => screen.trimEnd().endsWith(`ready> ${becomes}`));
      // Takes the line away again.
      await terminal.press("C-u");
      await terminal.until((screen) => /ready>\n$/.test(screen));
    }
  } finally {
    await terminal.close();
  }
}

const PRESSED: readonly (readonly [typed: string, becomes: string])[] = [
  ["rasa-telemetry stat", "rasa-telemetry status"],
  ["rasa-telemetry track Shell", "rasa-telemetry track Shell\\ Started"],
  ["rasa-telemetry track 'Shell", "rasa-telemetry track 'Shell Started'"],
  ['rasa-telemetry track "Shell', 'rasa-telemetry track "Shell Started"'],
  ["rasa-telemetry track Shell\\ S", "rasa-telemetry track Shell\\ Started"],
  ["rasa-telemetry log --ev", "rasa-telemetry log --event"],
  ["rasa-telemetry log --event Proj", "rasa-telemetry log --event Project\\ Created"],
  ["rasa-telemetry log --event=Proj", "rasa-telemetry log --event=Project\\ Created"],
  ["rasa-telemetry log --event 'Project Created' --summ", "rasa-telemetry log --event 'Project Created' --summary"],
  ["rasa-telemetry events ident", "rasa-telemetry events identify"],
  ["rasa-telemetry log cl", "rasa-telemetry log clear"],
];

endToEnd(
  "bash completes what is typed in a terminal at a press of Tab",
  { needs: [HAS_BASH, HAS_TMUX] },
  async ({ folder }) => {
    await Deno.writeTextFile(`${folder}/rc`, `PS1='ready> '\neval "$(rasa-telemetry completions bash)"\n`);
    await pressTab(
      ["bash", "--noprofile", "--rcfile", `${folder}/rc`, "-i"],
      folder,
      { INPUTRC: "/dev/null" },
      PRESSED,
    );
  },
);

endToEnd(
  "zsh completes what is typed in a terminal at a press of Tab",
  { needs: [HAS_ZSH, HAS_TMUX] },
  async ({ folder }) => {
    const rc = `autoload -U compinit; compinit -u -D\nPS1='ready> '\neval "$(rasa-telemetry completions zsh)"\n`;
    await Deno.writeTextFile(`${folder}/home/.zshrc`, rc);
    await pressTab(["zsh", "-d", "-i"], folder, { LANG: "C.UTF-8" }, PRESSED.map(zshOf));
  },
);

/** zsh also writes the equals sign behind which an option's value may stand. */
function zshOf([text, becomes]: readonly [string, string]): readonly [string, string] {
  return [text, becomes.endsWith("--event") ? `${becomes}=` : becomes];
}

endToEnd(
  "zsh finds the completion script in a folder of functions",
  { needs: HAS_ZSH },
  withScript("zsh", async (script, folder) => {
    await Deno.rename(script, `${folder}/_rasa-telemetry`);
    const code = `fpath=(${folder} $fpath); autoload -U compinit; compinit -u -D; print $_comps[rasa-telemetry]`;
    assertEquals(await ask(folder, "zsh", "-d", "-f", "-c", code), ["_rasa-telemetry"]);
  }),
);

/** Gives what may stand behind words, the last of them unfinished. */
type AskShell = (folder: string, script: string, words: readonly string[]) => Promise<string[]>;

const ASK_ODD: Readonly<
  Record<string, readonly [here: Condition, make: (commands: readonly Suggestions[]) => string, ask: AskShell]>
> = {
  bash: [HAS_BASH, bashScript, (folder, script, words) => bash(folder, script, words)],
  fish: [HAS_FISH, fishScript, async (folder, script, words) => {
    const code = 'source $argv[1]; complete -C "$argv[2]"';
    const lines = await ask(folder, "fish", "--no-config", "-c", code, script, `rasa-telemetry ${words.join(" ")}`);
    return lines.map((line) => line.split("\t")[0] ?? "");
  }],
  zsh: [HAS_ZSH, zshScript, (folder, script) => {
    // The builtin works only while something is completed. The list's name is the last argument.
    const code = 'compdef() { }; . "$1"; compadd() { print -rl -- "${(@P)@[-1]}" }; _rasa_telemetry_names1';
    return ask(folder, "zsh", "-d", "-f", "-c", code, "zsh", script);
  }],
};

for (const [shell, [here, make, askShell]] of Object.entries(ASK_ODD)) {
  endToEnd(
    `${shell} suggests names with odd characters, and runs nothing that is in them`,
    { needs: here },
    async ({ folder }) => {
      await Deno.writeTextFile(`${folder}/script`, make(ODD_COMMANDS));
      for (const words of [["plain", ""], ["valued", "--pick", ""]]) {
        assertEquals((await askShell(folder, `${folder}/script`, words)).sort(), [...ODD_NAMES].sort());
      }
      // Nothing in them was run.
      assertEquals(await Array.fromAsync(Deno.readDir(`${folder}/project`)), []);
    },
  );
}

/** Asks PowerShell's own completion. Source: the class CommandCompletion, which its Tab key asks too. */
const ASK_POWERSHELL = (script: string, lines: readonly string[]) =>
  `$ErrorActionPreference = 'Stop'; Invoke-Expression (Get-Content -Raw '${script}'); ` +
  lines.map((line) => {
    const text = `'${line.replaceAll("'", "''")}'`;
    return `[System.Management.Automation.CommandCompletion]::CompleteInput(${text}, ${line.length}, $null).CompletionMatches | ` +
      "ForEach-Object { $_.CompletionText }; '--'";
  }).join("; ");

for (const shell of ["powershell", "pwsh"]) {
  const here = await hasProgram(shell, "-NoProfile", "-NonInteractive", "-Command", "exit 0");
  endToEnd(
    `${shell} completes commands, options and events`,
    { needs: here },
    withScript("powershell", async (script) => {
      const lines = ["st", "track Sh", "track 'Shell", "log --s", "log --event Proj", "help fl"];
      const code = ASK_POWERSHELL(script, lines.map((line) => `rasa-telemetry ${line}`));
      const { stdout } = await new Deno.Command(shell, {
        args: ["-NoProfile", "-NonInteractive", "-Command", code],
        stdin: "null",
        stderr: "inherit",
      }).output();
      assertEquals(new TextDecoder().decode(stdout).replaceAll("\r", "").trim().split("\n"), [
        "status",
        "stream",
        "--",
        "'Shell Started'",
        "--",
        "'Shell Started'",
        "--",
        "--since",
        "--summary",
        "--",
        "'Project Created'",
        "--",
        "flush",
        "--",
      ]);
    }),
  );
}
