import { assertEquals } from "@std/assert";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import { loadCommands, run } from "../../../lib/cli.ts";
import { JSON_SCHEMAS } from "../../../scripts/docs/json_schemas.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../../support/machine/memory_host.ts";
import { ASKED, BUILD, CONFIG_FILE, STORED_OFF, toldAt } from "../../support/scenes/scene.ts";

const COMMANDS = await loadCommands();

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
const VALIDATORS = new Map(Object.entries(JSON_SCHEMAS).map(([name, schema]) => [name, ajv.compile(schema)]));

const SAID_YES: MemoryHostOptions = { files: ASKED };
const JUST_TOLD: MemoryHostOptions = { files: toldAt(NOON.toISOString()) };
const TRACK = ["track", "Shell Started"];
const SECRET = { properties: { type: "rasa", password: "x", assistant_id: 7 }, context: { python: "3.11.7" } };
const MANY = `${JSON.stringify({ event: "Shell Started" })}\n${
  JSON.stringify({ traits: { tracing_backend: "jaeger" } })
}\n`;

/** Everything that `--json` was added to, each on a machine of its own, after the commands that come before. */
const RUNS: readonly (readonly [
  args: readonly string[],
  options?: MemoryHostOptions,
  before?: readonly (readonly string[])[],
])[] = [
  [["status"]],
  [["status"], SAID_YES, [TRACK, [...TRACK, "--timeout", "0"]]],
  [["status"], { ...SAID_YES, respond: new TypeError("down") }, [TRACK]],
  [["status"], JUST_TOLD, [TRACK]],
  [["status"], SAID_YES, [["reset-id"]]],
  [["status"], { files: { "/etc/rasa/telemetry.yml": "" } }],
  [["status"], {}, [["enable", "--local"]]],
  [["status"], { env: { HOME: "", DO_NOT_TRACK: "1" } }],
  [["status"], { env: { RASA_TELEMETRY_ENABLED: "1", RASA_TELEMETRY_DEBUG: "1" } }],
  [TRACK, SAID_YES],
  [TRACK, { ...SAID_YES, stdin: SECRET }],
  [TRACK],
  [TRACK, { files: { [CONFIG_FILE]: STORED_OFF } }],
  [TRACK, { ...SAID_YES, respond: 400 }],
  [TRACK, { ...SAID_YES, respond: 503 }],
  [TRACK, { ...SAID_YES, stdin: SECRET, env: { RASA_TELEMETRY_DEBUG: "1" } }],
  [TRACK, { env: { HOME: "", RASA_TELEMETRY_ENABLED: "1" }, respond: 503 }],
  [TRACK, JUST_TOLD],
  [TRACK, {}, [["enable", "--local"]]],
  [["identify"], { ...SAID_YES, stdin: { traits: { tracing_backend: "jaeger" } } }],
  [["identify"], { env: { RASA_TELEMETRY_DEBUG: "1" } }],
  [["stream"], { ...SAID_YES, stdin: MANY }],
  [["stream"], { files: { [CONFIG_FILE]: STORED_OFF }, stdin: MANY }],
  [["flush"], SAID_YES],
  [["flush"], { ...SAID_YES, respond: 400 }, [[...TRACK, "--timeout", "0"]]],
  [["enable"]],
  [["enable"], { env: { DO_NOT_TRACK: "1" } }],
  [["enable", "--local"]],
  [["disable"], SAID_YES],
  [["reset-id"]],
  [["reset-id"], SAID_YES],
  [["reset-id", "--forget"], SAID_YES],
  [["init"]],
  [["init"], SAID_YES],
  [["init"], { stdin: "n\n", terminal: { stdin: true, stderr: true } }],
  [["inspect"]],
  [["inspect", "Training Started"], SAID_YES],
  [["inspect", "identify"], SAID_YES],
  [["events"]],
  [["events", "Shell Started"]],
  [["log"], { ...SAID_YES, stdin: SECRET }, [TRACK]],
  [["log"], { ...SAID_YES, respond: 400 }, [TRACK, ["identify"]]],
  [["log", "--summary"]],
  [["log", "--summary"], SAID_YES, [TRACK, ["identify"]]],
  [["log", "clear"], SAID_YES, [TRACK]],
  [["log", "--local"], SAID_YES, [["enable", "--local"], TRACK]],
];

for (const [args, options = {}, before = []] of RUNS) {
  const name = `${args.join(" ")} --json with ${JSON.stringify(options)} after ${before.length} commands`;
  Deno.test(`${name} prints what docs/reference/json says`, async () => {
    const host = new MemoryHost(options);
    for (const command of before) {
      await run(command, host, BUILD);
      host.relinquished = false;
    }
    host.out = "";
    await run([...args, "--json"], host, BUILD);
    const [command = ""] = args;
    const lines = command === "log" && [undefined, "--local"].includes(args[1])
      ? host.out.split("\n").slice(0, -1)
      : [host.out];
    assertEquals(lines.length > 0, true);
    const validate = VALIDATORS.get(command);
    const problems = lines.flatMap((text) => validate?.(JSON.parse(text)) ? [] : [text, validate?.errors]);
    assertEquals(problems, []);
  });
}

Deno.test("docs/reference/json has a schema for each command that takes --json, and each was held against it", () => {
  const names = COMMANDS.filter(({ options }) => "json" in options).map(({ name }) => name);
  assertEquals(Object.keys(JSON_SCHEMAS), names);
  assertEquals([...new Set(RUNS.map(([[name]]) => name))], names);
});

Deno.test("docs/reference/json refuses what no command prints", () => {
  const refused: Readonly<Record<string, unknown>> = {
    status: { enabled: true },
    track: { outcome: "lost", messageId: null, heldUntil: null, withheld: [], withheldUnknown: 0 },
    flush: { delivered: 1, rejected: 0, left: 0, secret: "x" },
    init: { shown: "yes", answer: null, enabled: true, leavesFrom: null },
    log: { sentAt: "2026", outcome: "delivered", reason: null, report: {} },
    enable: { enabled: true, decidedBy: "somebody" },
  };
  for (const [name, value] of Object.entries(refused)) {
    assertEquals([name, VALIDATORS.get(name)?.(value)], [name, false]);
  }
});
