import { assertEquals, assertStringIncludes } from "@std/assert";
import { loadCommands } from "../../lib/cli.ts";
import { COMMON_OPTIONS } from "../../lib/cli/command.ts";
import { manPage } from "../../scripts/docs/man_page.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { runHere } from "../support/scenes/scene.ts";
import { succeeds } from "../support/programs/process.ts";
import { assertFits, printed, terminalHost, WIDTHS } from "../support/inputs/widths.ts";

const COMMANDS = await loadCommands();

for (const columns of WIDTHS) {
  Deno.test(`help fits ${columns} columns, but for examples, which are there to be copied`, async () => {
    assertFits(await printed(terminalHost(columns), "help"), columns);
    for (const { name, examples } of COMMANDS) {
      const text = await printed(terminalHost(columns), "help", name);
      const rest = examples.reduce((left, [example]) => left.replace(`  ${example}\n`, ""), text);
      assertFits(rest, Math.min(columns, 100));
    }
  });
}

Deno.test("help of each command begins with examples, and names each option with what its value is called", async () => {
  for (const { name, summary, options, examples } of COMMANDS) {
    const text = await printed(new MemoryHost(), name, "--help");
    const [, purpose] = examples[0] ?? [];
    assertEquals(text.startsWith(`rasa-telemetry ${name}: ${summary}\n\nExamples:\n  # ${purpose}\n`), true);
    for (const [option, { kind }] of Object.entries({ ...options, ...COMMON_OPTIONS })) {
      const found = new RegExp(`^  --${option}( [A-Z]+)?  `, "m").exec(text);
      assertEquals([option, found !== null, found?.[1] === undefined], [option, true, kind === "switch"]);
    }
  }
});

Deno.test("help's examples of each command are taken by the program", async () => {
  for (const { name, examples } of COMMANDS) {
    for (const [example] of examples) {
      const [, line = ""] = /rasa-telemetry ?([^|>)]*)/.exec(example) ?? [];
      const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
      const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "false" } });
      // Where files without a folder go.
      host.files.nodes.set(".", { kind: "directory", mode: 0o755 });
      const ended = runHere(host, ...args);
      // What is followed ends only when it is asked to.
      if (args.includes("--follow")) await Promise.resolve().then(() => host.sleep(0)).then(() => host.requestEnd?.());
      assertEquals([name, example, await ended], [name, example, 0]);
    }
  }
});

Deno.test("every command takes --quiet and -q, before and behind its name", async () => {
  const operands: Record<string, string[]> = { track: ["Shell Started"], completions: ["zsh"], export: ["-"] };
  for (const { name } of COMMANDS) {
    for (const args of [["--quiet", name], [name, "-q"]]) {
      const host = new MemoryHost();
      assertEquals([name, await runHere(host, ...args, ...(operands[name] ?? [])), host.err], [name, 0, ""]);
    }
  }
});

Deno.test("init --quiet shows no notice, so that nobody counts as told", async () => {
  const host = new MemoryHost({ stdin: "y\n", terminal: { stdin: true, stderr: true } });
  assertEquals([await runHere(host, "init", "--quiet", "--json"), host.err], [0, ""]);
  assertEquals(JSON.parse(host.out), { shown: false, answer: null, enabled: true, leavesFrom: null });
  host.out = "";
  await runHere(host, "status", "--json");
  assertEquals(JSON.parse(host.out).toldAt, null);
  host.out = "";
  await runHere(host, "init", "--json");
  assertEquals(JSON.parse(host.out).shown, true);
});

const PAGE = manPage(COMMANDS);

Deno.test("manPage has every command, option and example, and no line that a formatter takes for a request", () => {
  const plain = PAGE.replaceAll("\\-", "-").replaceAll("\\(aq", "'").replaceAll("\\(dq", '"').replaceAll("\\(ti", "~")
    .replaceAll("\\e", "\\").replaceAll(/\\f[BIR]/g, "");
  for (const { name, options, examples } of COMMANDS) {
    assertStringIncludes(plain, `\n.SS "${name}`);
    for (const option of Object.keys(options)) assertStringIncludes(plain, `\n--${option}`);
    for (const [example] of examples) assertStringIncludes(plain, `\n${example}\n`);
  }
  const requests = new Set([...PAGE.matchAll(/^[.'](\S*)/gm)].map(([, request]) => request));
  assertEquals([...requests].sort(), ["B", "PP", "RE", "RS", "SH", "SS", "TH", "TP", '\\"', "fi", "nf", "nh"]);
});

/** What checks manual pages, where it is installed. Source of the options: mandoc(1), man(1). */
const CHECKERS: Readonly<Record<string, readonly string[]>> = {
  mandoc: ["-T", "lint", "-W", "all"],
  man: ["--warnings", "--local-file"],
};

/** Whether they are here: what each needs, and something harmless to ask it. */
const HERE: Readonly<Record<string, boolean>> = {
  mandoc: await succeeds("mandoc", "-T", "lint", "-W", "error", "/dev/null"),
  man: await succeeds("man", "--version") && await succeeds("groff", "--version"),
};

for (const [checker, args] of Object.entries(CHECKERS)) {
  Deno.test({
    name: `manPage is a page that ${checker} has nothing against`,
    ignore: Deno.build.os !== "linux" || !HERE[checker],
    fn: async () => {
      const file = await Deno.makeTempFile({ suffix: ".1" });
      try {
        await Deno.writeTextFile(file, PAGE);
        const command = new Deno.Command(checker, { args: [...args, file], stdin: "null", env: { MANPAGER: "cat" } });
        const { stdout, stderr } = await command.output();
        const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
        // A lint's findings are data to mandoc; to man what it prints is the page. A page without a date is never stale.
        const findings = (checker === "mandoc" ? decode(stdout) : decode(stderr)).split("\n");
        assertEquals(findings.filter((line) => line !== "" && !line.includes("missing date")), []);
        if (checker === "man") assertStringIncludes(decode(stdout), "RASA-TELEMETRY(1)");
      } finally {
        await Deno.remove(file);
      }
    },
  });
}
