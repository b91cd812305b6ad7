// deno-lint-ignore-file no-console camelcase -- a script talks to the person who started it; the names are the wire's
import { RASA_LICENCE_KEY, VERSION } from "../lib/build_config.ts";
import { Collector } from "../tests/support/programs/collector.ts";
import { TRAINING_STARTED } from "../tests/support/inputs/documented.ts";
import { compile } from "./compile.ts";
import { findPython } from "./python.ts";
import { hostTarget } from "./runtime.ts";
import { ROOT } from "./toolchain.ts";

/**
 * Shows the main job from end to end on this machine alone: compiles the binary for a collector on the loopback interface,
 * records the documented example from Python, shows what arrived, what debug mode shows, the status, and that after an
 * opt-out nothing arrives any more. Writes to a temporary folder only.
 */

/** Longest wait for a report that Python has handed over, in milliseconds. */
const ARRIVAL_WAIT_MS = 10_000;

const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-demo-" });
const collector = new Collector();
let failure: string | undefined;
try {
  await showEverything();
} finally {
  await collector.close();
  await Deno.remove(folder, { recursive: true });
}
if (failure !== undefined) {
  console.error(`demo: ${failure}`);
  Deno.exit(1);
}

async function showEverything(): Promise<void> {
  heading("Compile the binary, for a collector on this machine");
  const binary = `${folder}/rasa-telemetry${Deno.build.os === "windows" ? ".exe" : ""}`;
  const config = { version: VERSION, endpoint: collector.endpoint, writeKey: "demo", licenceKey: RASA_LICENCE_KEY };
  await compile({ config, output: binary, target: hostTarget(), check: false });
  const project = await makeProject();
  const python = await findPython();

  heading("The first run: the notice is shown, and nothing is sent");
  await recordTraining(binary, project, python);
  console.log(`\n${collector.arrivals.length} reports arrived at the collector.`);
  expect(collector.arrivals.length === 0, "something was sent during the run in which the notice was shown");

  heading(
    `The next run: Python${
      python === undefined ? " is not here, so the binary is run directly and" : ""
    } records "Training Started"`,
  );
  await recordTraining(binary, project, python);
  await arrival(2);
  console.log("What arrived at the collector, with what had waited since the first run:");
  console.log(JSON.stringify(collector.reports.at(-1), null, 2));
  expect(collector.reports.length === 2, `${collector.reports.length} reports arrived instead of 2`);

  heading("Debug mode: the same report is shown, and nothing is sent");
  await recordTraining(binary, project, python, { RASA_TELEMETRY_DEBUG: "true" });
  expect(collector.reports.length === 2, "debug mode sent something");

  heading("rasa-telemetry status");
  await show(binary, ["status"], project);

  heading("rasa-telemetry disable");
  await show(binary, ["disable"], project);
  await recordTraining(binary, project, python);
  // A report that wrongly went would have been sent by a process that has ended when this one says so.
  await show(binary, ["track", "Training Completed", "--json"], project);
  console.log(`\n${collector.reports.length - 2} more reports arrived at the collector.`);
  expect(collector.reports.length === 2, "something was sent after telemetry was switched off");
}

/** A project folder as git leaves it, with a remote; git itself need not be there. */
async function makeProject(): Promise<string> {
  const project = `${folder}/project`;
  for (const name of [".git/objects", ".git/refs"]) await Deno.mkdir(`${project}/${name}`, { recursive: true });
  await Deno.writeTextFile(`${project}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(`${project}/.git/config`, '[remote "origin"]\n\turl = https://git.example/assistant.git\n');
  await Deno.writeTextFile(`${project}/config.yml`, "recipe: default.v1\nlanguage: en\n");
  return project;
}

async function recordTraining(
  binary: string,
  project: string,
  python: string | undefined,
  env: Record<string, string> = {},
): Promise<void> {
  const context = { python: "3.11.7", rasa_pro: "3.8.0" };
  if (python !== undefined) {
    const script = `${folder}/train.py`;
    await Deno.writeTextFile(
      script,
      "import json, sys\nimport rasa_telemetry\n\nexample = json.load(sys.stdin)\n" +
        'rasa_telemetry.track("Training Started", example["properties"], example["context"])\n' +
        // So that the next run finds what this one has queued.
        "rasa_telemetry.close(10)\n",
    );
    const modules = { PYTHONPATH: `${ROOT}/scripts/python`, PYTHONDONTWRITEBYTECODE: "1" };
    await start(python, [script], project, { ...env, ...modules, RASA_TELEMETRY_BINARY: binary }, {
      properties: TRAINING_STARTED,
      context,
    });
    return;
  }
  await start(binary, ["init"], project, env, undefined);
  const first = collector.arrivals.length === 0 && env["RASA_TELEMETRY_DEBUG"] === undefined &&
    !await exists(`${folder}/told`);
  if (first) await Deno.writeTextFile(`${folder}/told`, "");
  const args = ["track", "Training Started", ...(first ? ["--timeout", "0"] : [])];
  await start(binary, args, project, env, { properties: TRAINING_STARTED, context });
}

function show(binary: string, args: readonly string[], project: string): Promise<void> {
  return start(binary, args, project, {}, undefined);
}

async function start(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  input: unknown,
): Promise<void> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    clearEnv: true,
    env: { ...systemVariables(), HOME: `${folder}/home`, USERPROFILE: `${folder}/home`, ...env },
    stdin: input === undefined ? "null" : "piped",
  }).spawn();
  if (input !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(input)));
    await writer.close();
  }
  const { success, code } = await child.status;
  expect(success, `${program} ${args.join(" ")} ended with code ${code}`);
}

/** What Windows and Python need to start at all. */
function systemVariables(): Record<string, string> {
  const names = ["PATH", "SystemRoot", "TEMP", "LANG", "TERM"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Python doesn't wait for the reports it hands over. */
async function arrival(count: number): Promise<void> {
  const until = Date.now() + ARRIVAL_WAIT_MS;
  while (collector.reports.length < count && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

function expect(condition: boolean, complaint: string): void {
  if (!condition) failure ??= complaint;
}

function heading(text: string): void {
  console.log(`\n== ${text}\n`);
}
