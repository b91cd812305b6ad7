import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS, run } from "../lib/cli.ts";
import { FileFault } from "../lib/host/host.ts";
import { MemoryHost } from "./support/memory_host.ts";
import { BUILD, runHere } from "./support/scene.ts";

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
  for (const { name } of COMMANDS.filter((command) => !["enable", "disable"].includes(command.name))) {
    const host = new MemoryHost();
    host.files.before = () => {
      throw new FileFault("do anything", "EIO");
    };
    const operand = name === "track" ? ["Shell Started"] : [];
    assertEquals([name, await runHere(host, name, ...operand)], [name, 0]);
  }
});
