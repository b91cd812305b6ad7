import { RASA_LICENCE_KEY, VERSION } from "../../lib/build_config.ts";
import { compile, compileModules, releasePermissions } from "../compile.ts";
import { hostTarget } from "../runtime.ts";
import { runProgram } from "../toolchain.ts";
import { CollectorProcess } from "./collector_process.ts";
import { CONTEXT, EVENT, eventLine, PROPERTIES } from "./events.ts";
import { type Job, measure, type Run, type Turns } from "./processes.ts";

/** What the benchmark measures with: everything in one temporary folder, one collector for all. */
export interface Place {
  readonly folder: string;
  /** The collector's address, to which the binary is fixed. */
  readonly endpoint: string;
  /** The file of the authority that its certificate is from. */
  readonly authority: string;
  /** The program itself, compiled as for a release but for its endpoint. */
  readonly binary: string;
  /** A compiled program that only ends, and one that sends one request first. */
  readonly floor: string;
  readonly fetchFloor: string;
  /** A folder as a project is, in which programs run. */
  readonly project: string;
  /** A file with one event as `track` reads it. */
  readonly event: string;
  /** The report that becomes of the one event, as it leaves. */
  readonly body: string;
  readonly collector: CollectorProcess;
  /** The environment of a program: a home of its own, made where there is none, in which telemetry was switched on. */
  home(name: string): Promise<Record<string, string>>;
  /** A file with so many events as `stream` reads them; the same one each time it is asked for. */
  events(count: number): Promise<string>;
  /** Runs programs in turns. */
  measure(jobs: readonly Job[], turns: Turns): Promise<Map<string, Run[]>>;
}

const FLOOR = "Deno.exit(0);\n";
/** The bare minimum that delivers: body, request, answer. */
const FETCH_FLOOR = `const body = Deno.readFileSync(Deno.env.get("RASA_TELEMETRY_HOME") ?? "");
const response = await fetch("ENDPOINT/v1/track", {
  method: "POST",
  headers: { "authorization": "Basic YmVuY2g6", "content-type": "application/json" },
  body,
});
await response.text();
Deno.exit(response.status === 200 ? 0 : 1);
`;

/** Builds everything in a temporary folder, and takes it away again when the work is done. */
export async function withPlace(
  python: string,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-bench-" }));
  const port = freePort();
  const endpoint = `https://localhost:${port}`;
  await runProgram("scripts/bench/certificates.ts", [folder]);
  const collector = await CollectorProcess.start(folder, port);
  try {
    const authority = `${folder}/authority.pem`;
    const binary = `${folder}/rasa-telemetry`;
    const config = { version: VERSION, endpoint, writeKey: "bench", licenceKey: RASA_LICENCE_KEY };
    await compile({ config, output: binary, target: hostTarget(), check: false });
    const floor = await compileFloor(folder, "floor", FLOOR, endpoint);
    const fetchFloor = await compileFloor(folder, "floor-fetch", FETCH_FLOOR.replace("ENDPOINT", endpoint), endpoint);
    const project = await makeProject(folder);
    await Deno.writeTextFile(`${folder}/event.json`, JSON.stringify({ properties: PROPERTIES, context: CONTEXT }));
    const home = async (name: string) => {
      const environment = { HOME: `${folder}/${name}`, USERPROFILE: `${folder}/${name}`, DENO_CERT: authority };
      if (!await isThere(`${folder}/${name}`)) {
        await Deno.mkdir(`${folder}/${name}`);
        await runQuietly(binary, ["enable"], project, environment);
      }
      return environment;
    };
    const body = `${folder}/body.json`;
    const debug = { ...await home("debug"), RASA_TELEMETRY_DEBUG: "true" };
    const report = await runQuietly(binary, ["track", EVENT], project, debug, `${folder}/event.json`);
    await Deno.writeTextFile(body, JSON.stringify({ ...JSON.parse(report), sentAt: new Date().toISOString() }));
    await work({
      folder,
      endpoint,
      authority,
      binary,
      floor,
      fetchFloor,
      project,
      event: `${folder}/event.json`,
      events: (count) => writeEvents(`${folder}/events-${count}.ndjson`, count),
      body,
      collector,
      home,
      measure: (jobs, turns) => measure(python, jobs, turns),
    });
  } finally {
    await collector.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function compileFloor(folder: string, name: string, source: string, endpoint: string): Promise<string> {
  await Deno.mkdir(`${folder}/${name}-module`);
  await Deno.writeTextFile(`${folder}/${name}-module/main.js`, source);
  const permissions = await releasePermissions(new URL(endpoint));
  await compileModules(`${folder}/${name}-module/main.js`, `${folder}/${name}`, hostTarget(), permissions);
  return `${folder}/${name}`;
}

/** A project as git leaves it, with a remote; git itself need not be there. */
async function makeProject(folder: string): Promise<string> {
  const project = `${folder}/project`;
  for (const name of [".git/objects", ".git/refs"]) await Deno.mkdir(`${project}/${name}`, { recursive: true });
  await Deno.writeTextFile(`${project}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(`${project}/.git/config`, '[remote "origin"]\n\turl = https://git.example/assistant.git\n');
  return project;
}

/** Writes so many lines for `stream`. */
async function writeEvents(path: string, count: number): Promise<string> {
  if (await isThere(path)) return path;
  const parts = function* () {
    for (let from = 0; from < count; from += 1_000) {
      yield Array.from({ length: Math.min(1_000, count - from) }, (_, index) => eventLine(from + index)).join("");
    }
  };
  await Deno.writeTextFile(path, ReadableStream.from(parts()));
  return path;
}

async function runQuietly(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  stdin?: string,
): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    clearEnv: true,
    env,
    stdin: stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(await Deno.readFile(stdin));
    await writer.close();
  }
  const { success, stdout, stderr } = await child.output();
  if (!success) throw new Error(`Cannot measure: ${args.join(" ")} failed:\n${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
