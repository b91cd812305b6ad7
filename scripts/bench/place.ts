import { exists } from "@std/fs/exists";
import { configure } from "../../lib/build_config.ts";
import { compile, compileModules, releasePermissions } from "../build/compile.ts";
import { Authority } from "../support/authority.ts";
import { freePorts } from "../support/free_ports.ts";
import { hostTarget } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { CollectorProcess } from "./collector_process.ts";
import { CONTEXT, EVENT, eventLine, PROPERTIES } from "./events.ts";
import { type Job, measure, type Run, type Turns } from "./processes.ts";
import type { Surroundings } from "./surroundings.ts";

/** What the benchmark works with: everything in one temporary folder, one collector for all programs. */
export interface Place {
  readonly folder: string;
  /** The collector's address, to which the binary is fixed. */
  readonly endpoint: string;
  /** The file of the authority that signed its certificate. */
  readonly authority: string;
  /** The program itself, compiled as for a release but for its endpoint. */
  readonly binary: string;
  /** A program that only ends, compiled without this program's options of the engine. */
  readonly floor: string;
  /** A program that sends one request and ends, compiled likewise. */
  readonly fetchFloor: string;
  /** A program that only reads its input to the end, compiled likewise. */
  readonly waitFloor: string;
  /** The least that must be done to send what `stream` sends, compiled with this program's options of the engine. */
  readonly streamFloor: string;
  /** A project folder, in which programs run. */
  readonly project: string;
  /** A file with one event in the form that `track` reads. */
  readonly event: string;
  /** A file with the report of this event in the form that leaves. */
  readonly body: string;
  readonly collector: CollectorProcess;
  /**
   * The environment of a program with a home of this name, which is made where there is none. Telemetry was switched on
   * in it, in the surroundings that it is for.
   */
  home(name: string, surroundings?: Surroundings): Promise<Record<string, string>>;
  /** As `home`, with telemetry switched off by `disable`. */
  homeOff(name: string): Promise<Record<string, string>>;
  /** A file with this many events in the form that `stream` reads. The same count gives the same file. */
  events(count: number): Promise<string>;
  /** Runs programs in turns. */
  measure(jobs: readonly Job[], turns: Turns): Promise<Map<string, Run[]>>;
}

const FLOOR = "Deno.exit(0);\n";
const WAIT_FLOOR = "for await (const _ of Deno.stdin.readable);\n";
const STREAM_FLOOR = `${ROOT}/scripts/bench/stream_floor.js`;
/** The least that a program must do to deliver: body, request, answer. */
const FETCH_FLOOR = `const body = Deno.readFileSync(Deno.env.get("RASA_TELEMETRY_HOME") ?? "");
const response = await fetch("ENDPOINT/v1/track", {
  method: "POST",
  headers: { "authorization": "Basic YmVuY2g6", "content-type": "application/json" },
  body,
});
await response.text();
Deno.exit(response.status === 200 ? 0 : 1);
`;

/** Builds everything in a temporary folder, and removes it when the work is done. */
export async function withPlace(
  python: string,
  work: (place: Place) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-bench-" }));
  const [port = 0] = freePorts(1);
  const endpoint = `https://localhost:${port}`;
  await writeCertificates(folder);
  const collector = await CollectorProcess.start(folder, port);
  try {
    const authority = `${folder}/authority.pem`;
    const binary = `${folder}/rasa-telemetry`;
    const config = configure({ endpoint, writeKey: "bench" });
    await compile({ config, output: binary, target: hostTarget(), check: false });
    const floor = await compileFloor(folder, "floor", FLOOR, endpoint);
    const fetchFloor = await compileFloor(folder, "floor-fetch", FETCH_FLOOR.replace("ENDPOINT", endpoint), endpoint);
    const waitFloor = await compileFloor(folder, "floor-wait", WAIT_FLOOR, endpoint);
    const leastStream = (await Deno.readTextFile(STREAM_FLOOR)).replace("https://localhost", endpoint);
    const streamFloor = await compileFloor(folder, "floor-stream", leastStream, endpoint, {});
    const project = await makeProject(folder);
    await Deno.writeTextFile(`${folder}/event.json`, JSON.stringify({ properties: PROPERTIES, context: CONTEXT }));
    const home = async (name: string, { through, env }: Surroundings = { through: [], wrap: [], env: {} }) => {
      const environment = { HOME: `${folder}/${name}`, USERPROFILE: `${folder}/${name}`, DENO_CERT: authority, ...env };
      if (!await exists(`${folder}/${name}`)) {
        await Deno.mkdir(`${folder}/${name}`);
        const [program = binary, ...args] = [...through, binary, "enable"];
        await runQuietly(program, args, project, environment);
      }
      return environment;
    };
    const homeOff = async (name: string) => {
      const environment = await home(name);
      await runQuietly(binary, ["disable"], project, environment);
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
      waitFloor,
      streamFloor,
      project,
      event: `${folder}/event.json`,
      events: (count) => writeEvents(`${folder}/events-${count}.ndjson`, count),
      body,
      collector,
      home,
      homeOff,
      measure: (jobs, turns) => measure(python, jobs, turns),
    });
  } finally {
    await collector.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Puts an authority and a certificate for `localhost` into a folder: `authority.pem`, `cert.pem`, `key.pem`. */
async function writeCertificates(folder: string): Promise<void> {
  const authority = await Authority.create();
  const { cert, key } = await authority.issue();
  await Deno.writeTextFile(`${folder}/authority.pem`, authority.pem);
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder}/key.pem`, key);
}

/** Compiles a floor without this program's options of the engine, unless told otherwise. */
async function compileFloor(
  folder: string,
  name: string,
  source: string,
  endpoint: string,
  options: Parameters<typeof compileModules>[4] = { engineOptions: [] },
): Promise<string> {
  await Deno.mkdir(`${folder}/${name}-module`);
  await Deno.writeTextFile(`${folder}/${name}-module/main.js`, source);
  const permissions = releasePermissions(new URL(endpoint));
  await compileModules(`${folder}/${name}-module/main.js`, `${folder}/${name}`, hostTarget(), permissions, options);
  return `${folder}/${name}`;
}

/** A project folder like one that git made, with a remote. Git itself need not be here. */
async function makeProject(folder: string): Promise<string> {
  const project = `${folder}/project`;
  for (const name of [".git/objects", ".git/refs"]) await Deno.mkdir(`${project}/${name}`, { recursive: true });
  await Deno.writeTextFile(`${project}/.git/HEAD`, "ref: refs/heads/main\n");
  await Deno.writeTextFile(`${project}/.git/config`, '[remote "origin"]\n\turl = https://git.example/assistant.git\n');
  return project;
}

/** Writes this many lines for `stream`. */
async function writeEvents(path: string, count: number): Promise<string> {
  if (await exists(path)) return path;
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
