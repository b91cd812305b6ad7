// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { assertEquals } from "@std/assert";
import { VARIABLES } from "../../lib/host/variables.ts";
import { EVENTS, type PropertyRule, type Rules, TRAITS } from "../../lib/report/catalogue.ts";
import { leaked, type Secret, SECRETS } from "../support/inputs/secret_corpus.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import {
  ASKED,
  choiceOf,
  CONFIG_FILE,
  QUEUE,
  RECORD_FILE,
  recordOf,
  runHere,
  STORED_ON,
} from "../support/scenes/scene.ts";

/** Variables that the program takes at their word, so that a secret in them is the operator's own doing. */
const OBEYED = [
  "HOME",
  "USERPROFILE",
  "RASA_TELEMETRY_HOME",
  "RASA_TELEMETRY_ENABLED",
  "DO_NOT_TRACK",
  "RASA_TELEMETRY_WRITE_KEY",
  "RASA_TELEMETRY_DEBUG",
];

/** A machine with the secret in every variable, in `.env`, in the remote's address, in folder names and in `global.yml`. */
function plantedMachine({ value, idShaped }: Secret): MemoryHostOptions {
  const text = String(value);
  const folder = text.replaceAll(/[/\0\n]/g, "_");
  // The date of the stored choice is a date in any case.
  const date = Number.isNaN(Date.parse(text)) ? JSON.stringify(text) : "2025-05-03 10:12:13.123456";
  const names = Object.keys(VARIABLES).filter((name) =>
    !OBEYED.includes(name) && !name.startsWith("GIT_") && !(idShaped && name === "RASA_TELEMETRY_MACHINE_ID")
  );
  const settings = STORED_ON.replaceAll("2025-05-03 10:12:13.123456", `${date}\n  extra: ${JSON.stringify(text)}`);
  const config = `${settings}# ${JSON.stringify(text)}\nother: ${JSON.stringify(text)}\n`;
  return {
    env: Object.fromEntries(names.map((name) => [name, text])),
    cwd: `/project/${folder}`,
    files: {
      [CONFIG_FILE]: config,
      [RECORD_FILE]: recordOf({
        asked: { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: "Rasa" },
        choice: choiceOf(config),
      }),
      [`/project/${folder}/.env`]: `API_KEY=${JSON.stringify(text)}\nRASA_LICENSE=${JSON.stringify(text)}\n`,
      "/project/.git/HEAD": "ref: refs/heads/main\n",
      "/project/.git/config": `[remote "origin"]\n\turl = ${JSON.stringify(text)}\n[user]\n\tname = ${
        JSON.stringify(text)
      }\n`,
      "/project/.git/objects/x": "",
      "/project/.git/refs/x": "",
    },
  };
}

/** The secret as value, key, list item and nested, in every property, those that are ids left out where it looks like one. */
function plant(rules: Rules, { value, idShaped }: Secret): Record<string, unknown> {
  const planted: Record<string, unknown> = { [value]: value, unknown: [value, { [value]: value }] };
  for (const [name, rule] of Object.entries(rules)) {
    if (!(idShaped && rule.type.kind === "id")) planted[name] = shapes(rule, value);
  }
  return planted;
}

function shapes({ type }: PropertyRule, value: string | number): unknown {
  if (!("entry" in type)) return type.kind === "words" ? [value, { [value]: value }] : value;
  const entry = {
    [value]: value,
    ...Object.fromEntries(Object.entries(type.entry).map(([name, rule]) => [name, shapes(rule, value)])),
  };
  return type.kind === "group"
    ? entry
    : [entry, value, { ...entry, name: "RulePolicy", module: "rasa.core.agent" }, [entry]];
}

function pathsOf(rules: Rules, above: string): string[] {
  return Object.entries(rules).flatMap(([name, { type }]) => {
    const path = `${above}.${name}`;
    return [path, ...("entry" in type ? pathsOf(type.entry, type.kind === "group" ? path : `${path}[]`) : [])];
  });
}

/** Everything that left the program: what was sent, printed and written, its own settings file excepted. */
function everything(host: MemoryHost): string {
  const files = host.files.names(QUEUE).map((name) => name + host.files.text(`${QUEUE}/${name}`));
  return [JSON.stringify(host.requests), host.out, host.err, ...files].join("\n");
}

/** What the same commands leave where there is no secret: words that a secret happens to share with the program. */
async function innocent(name: string): Promise<string> {
  const host = new MemoryHost({ files: ASKED });
  await runEach(host, name);
  return everything(host);
}

async function runEach(host: MemoryHost, name: string): Promise<void> {
  const command = name === "identify" ? ["identify"] : ["track", name];
  await runHere(host, ...command, "--json");
  await runHere(host, ...command, "--json", "--timeout", "0");
  host.variables.RASA_TELEMETRY_DEBUG = "true";
  await runHere(host, ...command);
  delete host.variables.RASA_TELEMETRY_DEBUG;
}

const TARGETS: readonly (readonly [string, "properties" | "traits", Rules])[] = [
  ...EVENTS.map(({ name, properties }) => [name, "properties", properties] as const),
  ["identify", "traits", TRAITS],
];

for (const [name, root, rules] of TARGETS) {
  Deno.test(`${name}: no secret in its input or on the machine is sent, queued, logged or printed`, async () => {
    // `withheld` names the catalogue's own paths.
    const known = await innocent(name) + pathsOf(rules, root).join(" ");
    for (const secret of SECRETS) {
      const context = { python: secret.value, rasa_pro: secret.value, [secret.value]: secret.value };
      const stdin = { [root]: plant(rules, secret), context };
      const host = new MemoryHost({ ...plantedMachine(secret), stdin });
      await runEach(host, name);
      // The longest text, in every property of the largest event, is more than standard input may have.
      const fits = new TextEncoder().encode(JSON.stringify(stdin)).length <= 1024 * 1024;
      assertEquals([secret.label, host.requests.length], [secret.label, fits ? 1 : 0]);
      assertEquals([secret.label, leaked(everything(host), secret.value, known)], [secret.label, undefined]);
    }
  });
}

const COMMANDS = ["status", "inspect", "events", "log", "export -", "flush", "init", "enable", "disable", "reset-id"];

for (const command of COMMANDS.map((line) => line.split(" "))) {
  Deno.test(`${command.join(" ")} prints no secret that is on the machine`, async () => {
    const plain = new MemoryHost({ files: ASKED });
    await runHere(plain, ...command);
    for (const secret of SECRETS) {
      const host = new MemoryHost(plantedMachine(secret));
      await runHere(host, ...command);
      assertEquals([secret.label, leaked(host.out + host.err, secret.value, plain.out + plain.err)], [
        secret.label,
        undefined,
      ]);
    }
  });
}

Deno.test("track quotes nothing of an input that it refuses", async () => {
  for (const { label, value } of SECRETS) {
    const inputs = [
      String(value),
      JSON.stringify([value]),
      JSON.stringify({ [value]: value }),
      JSON.stringify({ properties: value }),
      `{"properties": {"${value}`,
    ];
    for (const input of inputs) {
      const host = new MemoryHost({ files: ASKED, stdin: input });
      assertEquals([label, await runHere(host, "track", "Shell Started"), host.requests], [label, 2, []]);
      assertEquals([label, leaked(host.out + host.err, value)], [label, undefined]);
    }
  }
});
