import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { type BuildConfig, configure } from "../../lib/build_config.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LICENSED, LOCKING } from "../support/scenes/licensed.ts";
import { ASKED, CONFIG_FILE, STORED_ON, TOLD, toldAt } from "../support/scenes/scene.ts";

/** A build that is off until somebody enables it (`--off-by-default`): what it tells, asks, keeps and sends. */

const BUILD: BuildConfig = { ...LICENSED, offByDefault: true };
const TRACK = ["track", "Shell Started", "--json"];
const ON_TERMINAL: MemoryHostOptions = { stdin: "y\n", terminal: { stdin: true, stderr: true } };

async function runHere(host: MemoryHost, ...args: string[]): Promise<Record<string, unknown>> {
  host.relinquished = false;
  host.out = "";
  assertEquals([args, await run(args, host, BUILD)], [args, 0]);
  return args.includes("--json") ? JSON.parse(host.out) : {};
}

/** Homes in which nobody has said yes to this build. */
const UNASKED: Readonly<Record<string, MemoryHostOptions>> = {
  "on a fresh machine": {},
  "on a terminal": ON_TERMINAL,
  "where Rasa wrote its own default": { files: { [CONFIG_FILE]: STORED_ON } },
  "where another build has told its user": { files: TOLD },
};

for (const [where, options] of Object.entries(UNASKED)) {
  Deno.test(`a build that is off by default tells, asks, keeps and sends nothing ${where}`, async () => {
    const host = new MemoryHost(options);
    const before = new Map(host.files.nodes);
    assertEquals(await runHere(host, "init", "--json"), {
      shown: false,
      answer: null,
      enabled: false,
      leavesFrom: null,
    });
    const { outcome, messageId } = await runHere(host, ...TRACK);
    assertEquals([outcome, messageId], ["disabled", null]);
    await runHere(host, "flush");
    assertEquals([host.files.nodes, host.requests], [before, []]);
    const { enabled, decidedBy, permission } = await runHere(host, "status", "--json");
    assertEquals([enabled, decidedBy, permission], [false, "default", null]);
  });
}

Deno.test("a build that is off by default says so in status", async () => {
  const host = new MemoryHost();
  await runHere(host, "status");
  assertStringIncludes(host.out, "Telemetry is off.\n\nDecided by     the default of this build: off until somebody");
});

Deno.test("a build that is off by default sends once somebody enables it, and not after a no", async () => {
  const host = new MemoryHost();
  await runHere(host, "enable");
  assertEquals((await runHere(host, ...TRACK)).outcome, "delivered");
  assertEquals((await runHere(host, "status", "--json")).permission, "asked");
  await runHere(host, "disable");
  assertEquals([(await runHere(host, ...TRACK)).outcome, host.requests.length], ["disabled", 1]);
});

Deno.test("a build that is off by default keeps reports here under enable --local", async () => {
  const host = new MemoryHost();
  await runHere(host, "enable", "--local");
  assertEquals([(await runHere(host, ...TRACK)).outcome, host.requests], ["local", []]);
});

Deno.test("a build that is off by default is on while the variable says so, and stores nothing of it", async () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "true" } });
  assertEquals((await runHere(host, ...TRACK)).outcome, "delivered");
  delete host.variables.RASA_TELEMETRY_ENABLED;
  assertEquals([(await runHere(host, ...TRACK)).outcome, host.requests.length], ["disabled", 1]);
});

Deno.test("a yes to another build's recipient is none to one that is off by default", async () => {
  const host = new MemoryHost({ files: ASKED });
  assertEquals(await run(TRACK, host, { ...BUILD, recipient: "Example Ltd" }), 0);
  assertEquals([JSON.parse(host.out).outcome, host.requests], ["disabled", []]);
});

Deno.test("a build that is off by default leaves alone what another build has queued, and doesn't send it", async () => {
  const host = new MemoryHost({ files: toldAt(NOON.toISOString()) });
  assertEquals(await run(TRACK, host, LICENSED), 0);
  host.clock += 2 * 60 * 60 * 1000;
  await runHere(host, "flush");
  const { queued } = await runHere(host, "status", "--json");
  assertEquals([queued, host.requests], [1, []]);
});

Deno.test("a build that is off by default tells under a licence that keeps telemetry on", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  const { shown, enabled } = await runHere(host, "init", "--json");
  assertEquals([shown, enabled], [true, true]);
  assertEquals((await runHere(host, ...TRACK)).outcome, "delivered");
});

Deno.test("configure makes a build that is on by default unless it is told otherwise", () => {
  assertEquals([configure().offByDefault, configure({ offByDefault: true }).offByDefault], [false, true]);
});
