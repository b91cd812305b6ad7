// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { format as formatBytes } from "@std/fmt/bytes";
import { basename } from "@std/path";
import { configure } from "../lib/build_config.ts";
import { compile } from "./build/compile.ts";
import { makeWheel } from "./build/wheel.ts";
import { ask, canMakeVenvs, commandFile, makeVenv, PIP_OFFLINE } from "./support/venv.ts";
import { TRAINING_STARTED } from "./support/training_started.ts";
import { findPython } from "./toolchain/python.ts";
import { findHostTarget, hostTarget } from "./toolchain/targets.ts";

/**
 * Shows the main job from end to end on this machine alone: compiles the binary for a collector on the loopback
 * interface, installs it with pip, records the documented example from Python, shows what arrived, what debug mode
 * prints and what the status is, and that nothing arrives after an opt-out. Writes to a temporary folder only.
 */

/** Longest wait for a report that Python has handed over, in milliseconds. */
const ARRIVAL_WAIT_MS = 10_000;

/** What the demonstration works with: everything in one temporary folder. */
interface Stage {
  readonly folder: string;
  /** The program that people start: pip's command or, where there is no pip, the binary itself. */
  readonly program: string;
  readonly project: string;
  /** A Python that has the package; undefined where there is none. */
  readonly python: string | undefined;
  /** Every report that arrived at the collector. */
  readonly reports: readonly unknown[];
}

/** Shows everything. Throws an `Error` where something doesn't go as it should. */
async function demonstrate(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-demo-" });
  const reports: unknown[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      reports.push(...await readReports(request));
      return Response.json({ success: true });
    },
  );
  try {
    heading("Compile the binary, for a collector on this machine");
    const binary = `${folder}/rasa-telemetry${Deno.build.os === "windows" ? ".exe" : ""}`;
    const endpoint = `http://127.0.0.1:${server.addr.port}`;
    const config = configure({ endpoint, writeKey: "demo" });
    await compile({ config, output: binary, target: hostTarget(), check: false });
    const project = await makeProject(folder);
    await showEverything({ folder, project, reports, ...await install(folder, binary) });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Installs the binary as `pip install rasa-telemetry` does, into a Python environment of its own. */
async function install(folder: string, binary: string): Promise<Pick<Stage, "program" | "python">> {
  const python = await findPython();
  const target = findHostTarget();
  if (python === undefined || target === undefined || !await canMakeVenvs(python)) {
    return { program: binary, python: undefined };
  }
  heading("pip install: a wheel with that binary, in an environment of its own");
  const wheel = await makeWheel({ target, path: binary, sbom: "{}\n" }, folder);
  const venv = await makeVenv(python, `${folder}/venv`);
  await ask(venv.python, [...PIP_OFFLINE, wheel]);
  const { size } = await Deno.stat(wheel);
  console.log(`${basename(wheel)}, ${formatBytes(size, { binary: true })}`);
  return { program: `${venv.scripts}/${commandFile("rasa-telemetry")}`, python: venv.python };
}

/** The reports in a request, without what the envelope adds (`sentAt`, and in a batch `type`). */
async function readReports(request: Request): Promise<unknown[]> {
  const gzipped = request.headers.get("content-encoding") === "gzip";
  const body = gzipped ? request.body?.pipeThrough(new DecompressionStream("gzip")) : request.body;
  const { sentAt: _, ...content } = await new Response(body ?? null).json();
  return (content.batch ?? [content]).map(({ type: _, ...report }: Record<string, unknown>) => report);
}

async function showEverything(stage: Stage): Promise<void> {
  const { reports, python } = stage;
  const caller = python === undefined ? "the binary, run directly because there is no Python with pip here," : "Python";
  heading(`The first run: ${caller} records "Training Started". The notice is shown, and nothing leaves for an hour`);
  await recordTraining(stage);
  console.log(`\n${reports.length} reports arrived at the collector.`);
  expect(reports.length === 0, "something was sent in the hour after the notice was shown");

  heading("rasa-telemetry enable: a yes, so that nobody waits for the hour to pass");
  await start(stage, stage.program, ["enable"]);
  await recordTraining(stage);
  await arrival(reports, 2);
  console.log("What arrived at the collector, after the report of the first run:");
  console.log(JSON.stringify(reports.at(-1), null, 2));
  expect(reports.length === 2, `${reports.length} reports arrived instead of 2`);

  heading("Debug mode: recorded once more, the report is shown, with an id and a time of its own, and nothing is sent");
  await recordTraining(stage, { env: { RASA_TELEMETRY_DEBUG: "true" } });
  expect(reports.length === 2, "debug mode sent something");

  heading("rasa-telemetry status");
  await start(stage, stage.program, ["status"]);

  heading("rasa-telemetry disable");
  await start(stage, stage.program, ["disable"]);
  await recordTraining(stage);
  // A report sent by mistake would come from a process that has ended when this one ends.
  await start(stage, stage.program, ["track", "Training Completed", "--json"]);
  console.log(`\n${reports.length - 2} more reports arrived at the collector.`);
  expect(reports.length === 2, "something was sent after telemetry was switched off");
}

/** A project folder like one that git made, with a remote. Git itself need not be here. */
async function makeProject(folder: string): Promise<string> {
  const project = `${folder}/project`;
  for (const name of [".git/objects", ".git/refs"]) await Deno.mkdir(`${project}/${name}`, { recursive: true });
  await Deno.writeTextFile(`${project}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(`${project}/.git/config`, '[remote "origin"]\n\turl = https://git.example/assistant.git\n');
  await Deno.writeTextFile(`${project}/config.yml`, "recipe: default.v1\nlanguage: en\n");
  return project;
}

/**
 * Records the documented example from Python; where there is none, with the binary, in the way that Python calls it.
 */
async function recordTraining(
  stage: Stage,
  { env = {} }: { readonly env?: Record<string, string> } = {},
): Promise<void> {
  const { folder, program, python } = stage;
  const input = { properties: TRAINING_STARTED, context: { python: "3.11.7", rasa_pro: "3.8.0" } };
  if (python === undefined) {
    await start(stage, program, ["init"], { env });
    return await start(stage, program, ["track", "Training Started"], { env, input });
  }
  const script = `${folder}/train.py`;
  await Deno.writeTextFile(script, TRAINING_SCRIPT);
  await start(stage, python, [script], { env, input });
}

/** Waits at its end until the report is delivered or queued, so that the next run finds it. */
const TRAINING_SCRIPT = `import json, sys
import rasa_telemetry

example = json.load(sys.stdin)
rasa_telemetry.track("Training Started", example["properties"], example["context"])
rasa_telemetry.close(10)
`;

/** Runs a program in the project, with a home of its own. Throws where it fails. */
async function start(
  { folder, project }: Stage,
  program: string,
  args: readonly string[],
  { env = {}, input }: { readonly env?: Record<string, string>; readonly input?: unknown } = {},
): Promise<void> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: project,
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

/** The variables without which Windows and Python don't start. */
function systemVariables(): Record<string, string> {
  const names = ["PATH", "SystemRoot", "TEMP", "LANG", "TERM"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Waits until so many reports have arrived, because Python doesn't wait for those it hands over. */
async function arrival(reports: readonly unknown[], count: number): Promise<void> {
  const until = Date.now() + ARRIVAL_WAIT_MS;
  while (reports.length < count && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function expect(condition: boolean, complaint: string): void {
  if (!condition) throw new Error(complaint);
}

function heading(text: string): void {
  console.log(`\n== ${text}\n`);
}

if (import.meta.main) {
  await demonstrate().catch((error: Error) => {
    console.error(`demo: ${error.message}`);
    Deno.exit(1);
  });
}
