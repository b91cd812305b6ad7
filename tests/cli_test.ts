import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadCommands, run } from "../lib/cli.ts";
import { FileFault } from "../lib/host/host.ts";
import { MemoryHost } from "./support/machine/memory_host.ts";
import { ASKED, BUILD, runHere } from "./support/scenes/scene.ts";

const COMMANDS = await loadCommands();

const USAGE: readonly (readonly [args: readonly string[], message: string])[] = [
  [["trak"], 'Cannot run "trak": no such command; the nearest is "track"'],
  [["xyzzy"], 'Cannot run "xyzzy": no such command; rasa-telemetry --help lists them'],
  [["track"], 'Cannot run "track": it needs EVENT; see rasa-telemetry track --help'],
  [["track", "Training Startd"], 'Cannot record "Training Startd": no such event; the nearest is "Training Started"'],
  [["track", "qqqqqqqqqqqq"], 'Cannot record "qqqqqqqqqqqq": no such event; rasa-telemetry events lists them all'],
  [
    ["track", "Training", "Started"],
    'Cannot run "track": it takes one EVENT, not 2; a name with spaces needs quotes; see rasa-telemetry track --help',
  ],
  [
    ["track", "Shell Started", "--jsn"],
    'Cannot run "track": no such option "--jsn"; the nearest is --json; see rasa-telemetry track --help',
  ],
  [
    ["track", "Shell Started", "--timeout", "soon", "--frobnicate"],
    'Cannot run "track": no such option "--frobnicate"; --timeout takes a number of seconds, not "soon"; see rasa-telemetry track --help',
  ],
  [
    ["track", "Shell Started", "--timeout"],
    'Cannot run "track": --timeout takes a number of seconds, not ""; see rasa-telemetry track --help',
  ],
  [
    ["track", "Shell Started", "--timeout=-1"],
    'Cannot run "track": --timeout takes a number of seconds, not "-1"; see rasa-telemetry track --help',
  ],
  [["log", "--last", "2.5"], 'Cannot run "log": --last takes a whole number, not "2.5"; see rasa-telemetry log --help'],
  [["status", "now"], 'Cannot run "status": it takes no operand; see rasa-telemetry status --help'],
  [
    ["log", "--since", "yesterday"],
    'Cannot run "log": --since takes a day (2026-03-01), a moment (2026-03-01T12:00Z) or a span (30m, 12h, 7d, 2w), not "yesterday"; see rasa-telemetry log --help',
  ],
  [
    ["log", "--since", "2026-02-30", "--event"],
    'Cannot run "log": --event takes a value, not ""; --since takes a day (2026-03-01), a moment (2026-03-01T12:00Z) or a span (30m, 12h, 7d, 2w), not "2026-02-30"; see rasa-telemetry log --help',
  ],
  [["inspect", "--html="], 'Cannot run "inspect": --html takes a value, not ""; see rasa-telemetry inspect --help'],
  [["log", "--last", "-1"], 'Cannot run "log": --last takes a whole number, not "-1"; see rasa-telemetry log --help'],
  [["track", "Trainng"], 'Cannot record "Trainng": no such event; the nearest is "Training Started"'],
  [["track", "Shel"], 'Cannot record "Shel": no such event; the nearest is "Shell Started"'],
  [["track", "Foo"], 'Cannot record "Foo": no such event; rasa-telemetry events lists them all'],
  [["log", "--event", "shell startd"], 'Cannot show "shell startd": no such event; the nearest is "Shell Started"'],
  [["events", "identfy"], 'Cannot show "identfy": no such event; the nearest is "identify"'],
  [["inspect", "Identify"], 'Cannot show "Identify": no such event; the nearest is "identify"'],
  [
    ["log", "claer"],
    'Cannot run "log": no such operand "claer"; the nearest is "clear"; see rasa-telemetry log --help',
  ],
  [["log", "show"], 'Cannot run "log": no such operand "show"; see rasa-telemetry log --help'],
  [
    ["log", "clear", "--since", "7d"],
    'Cannot run "log": clear deletes everything, so it takes no --since; see rasa-telemetry log --help',
  ],
  [
    ["log", "--follow", "--summary"],
    'Cannot run "log": --summary and --follow can\'t be combined; see rasa-telemetry log --help',
  ],
  [["completions", "zhs"], 'Cannot complete for "zhs": no such shell; there are bash, zsh, fish, powershell'],
  [["completions", "tcl"], 'Cannot complete for "tcl": no such shell; there are bash, zsh, fish, powershell'],
  [
    ["completions"],
    'Cannot run "completions": it needs SHELL; see rasa-telemetry completions --help',
  ],
  [
    ["status", "--quite"],
    'Cannot run "status": no such option "--quite"; the nearest is --quiet; see rasa-telemetry status --help',
  ],
  [
    ["status", "--excat"],
    'Cannot run "status": no such option "--excat"; the nearest is --exact; see rasa-telemetry status --help',
  ],
  [
    ["track", "a\u001b[31m\u202e"],
    'Cannot record "a\uFFFD[31m\uFFFD": no such event; rasa-telemetry events lists them all',
  ],
  [["help", "trck"], 'Cannot run "trck": no such command; the nearest is "track"'],
];

for (const [args, message] of USAGE) {
  Deno.test(`run refuses ${JSON.stringify(args)} with the way out`, async () => {
    const host = new MemoryHost();
    assertEquals([await runHere(host, ...args), host.err, host.out], [2, `rasa-telemetry: ${message}\n`, ""]);
  });
}

Deno.test("run says its version", async () => {
  for (const args of [["--version"], ["-V"], ["track", "--version"]]) {
    const host = new MemoryHost();
    assertEquals([await runHere(host, ...args), host.out], [0, "rasa-telemetry 1.2.3\n"]);
  }
});

Deno.test("run shows the help of the program and of every command, examples first", async () => {
  const host = new MemoryHost();
  assertEquals(await runHere(host, "--help"), 0);
  for (const { name } of COMMANDS) assertStringIncludes(host.out, `\n  ${name}`);
  for (const { name, examples } of COMMANDS) {
    for (const args of [[name, "--help"], ["help", name], [name, "-h"]]) {
      const one = new MemoryHost();
      assertEquals(await runHere(one, ...args), 0);
      assertStringIncludes(one.out, `Examples:\n  # ${examples[0]?.[1]}\n`);
    }
  }
});

const SHOWING = [
  [],
  ["--help"],
  ["--version"],
  ["help", "track"],
  ["status"],
  ["inspect"],
  ["inspect", "--html", "-"],
  ["events", "--json"],
  ["log", "--json", "--last", "0"],
  ["export", "-"],
  ["completions", "bash"],
];
const WORKING = [
  ["track", "Shell Started", "--json"],
  ["identify", "--json"],
  ["stream"],
  ["init", "--json"],
  ["flush", "--json"],
  ["enable", "--json"],
  ["disable", "--json"],
  ["reset-id"],
];

for (const [code, commands] of [[2, SHOWING], [0, WORKING]] as const) {
  for (const args of commands) {
    Deno.test(`run ends "${args.join(" ")}" with ${code} where its output can't be written`, async () => {
      const host = new MemoryHost({ files: ASKED });
      await runHere(host, "track", "Shell Started");
      host.outputFault = "EIO";
      assertEquals([await runHere(host, ...args), host.out], [code, ""]);
      const said = "rasa-telemetry: Cannot write to standard output: EIO; what was written there isn't whole\n";
      assertEquals(host.err.includes(said), code === 2);
    });
  }
}

Deno.test("run ends with 0 where the reader of its output went away", async () => {
  for (const args of SHOWING) {
    const host = new MemoryHost({ files: ASKED });
    host.stdoutBroken = true;
    assertEquals([await runHere(host, ...args), host.err.includes("standard output")], [0, false]);
  }
});

Deno.test("run is status without a command", async () => {
  const host = new MemoryHost();
  assertEquals(await runHere(host, "--json"), 0);
  assertEquals(JSON.parse(host.out).version, "1.2.3");
});

Deno.test("run ends with 1 on a fault of its own, without a message or stack that could hold a name", async () => {
  const host = new MemoryHost();
  host.files.before = () => {
    throw new RangeError("/home/ada/secret");
  };
  assertEquals(await run(["status"], host, BUILD), 1);
  assertEquals(
    host.err,
    "rasa-telemetry: Cannot go on: an unexpected RangeError; please report it with the version (1.2.3)\n",
  );
});

Deno.test("run ends with 0 where no file can be opened at all", async () => {
  // Those who asked for these must know that nothing came of it.
  const storing = ["enable", "disable", "reset-id"];
  for (const { name } of COMMANDS.filter((command) => !storing.includes(command.name))) {
    const host = new MemoryHost();
    host.files.before = () => {
      throw new FileFault("do anything", "EIO");
    };
    const operands: Record<string, string> = { track: "Shell Started", completions: "bash", export: "-" };
    const operand = operands[name] === undefined ? [] : [operands[name]];
    assertEquals([name, await runHere(host, name, ...operand)], [name, 0]);
  }
});
