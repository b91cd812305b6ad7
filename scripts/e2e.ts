// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { VERSION } from "../lib/build_config.ts";
import { TEST_WRITE_KEY } from "../tests/support/programs/binary.ts";
import { makeKeyPair, pemOf } from "../tests/support/inputs/licence.ts";
import { compile } from "./compile.ts";
import { hostTarget } from "./runtime.ts";
import { findToolchain, ROOT } from "./toolchain.ts";

/**
 * Runs the end-to-end tests in lanes: several processes at the same time, each with files of its own. An endpoint is fixed when
 * a binary is compiled, so that each lane also has binaries and ports of its own.
 */

/** How many lanes run at the same time: two keep two processors busy, because many tests wait. */
export const LANES = 2;

/** Files whose tests start more processes at once than there are processors. They run once the lanes have ended. */
const CROWDED: readonly string[] = ["crowd_test.ts", "kill_test.ts"];

/** About how long files take, in seconds, measured on two processors. A file that isn't named takes `SHORT_SECONDS`. */
const SECONDS: Readonly<Record<string, number>> = {
  "disk_test.ts": 14,
  "https_test.ts": 11,
  "network_test.ts": 44,
  "page_test.ts": 20,
  "proxy_test.ts": 13,
  "python_test.ts": 7,
  "stream_cost_test.ts": 8,
  "stream_test.ts": 44,
  "streams_test.ts": 19,
  "terminal_test.ts": 56,
  "track_test.ts": 21,
};
const SHORT_SECONDS = 4;

/** Files of tests, by what may run at the same time. */
export interface Division {
  /** About equally long each, the longest file first; without files only where there are fewer files than lanes. */
  readonly lanes: readonly (readonly string[])[];
  /** What runs alone, once the lanes have ended. */
  readonly alone: readonly string[];
}

/** Divides files of end-to-end tests into lanes. */
export function divideIntoLanes(files: readonly string[], count: number): Division {
  const nameOf = (file: string) => file.split(/[\\/]/).at(-1) ?? "";
  const secondsOf = (file: string) => SECONDS[nameOf(file)] ?? SHORT_SECONDS;
  const alone = files.filter((file) => CROWDED.includes(nameOf(file)));
  const lanes = Array.from({ length: count }, () => ({ files: [] as string[], seconds: 0 }));
  const others = files.filter((file) => !alone.includes(file));
  for (const file of others.toSorted((one, other) => secondsOf(other) - secondsOf(one))) {
    const shortest = lanes.reduce((least, lane) => lane.seconds < least.seconds ? lane : least);
    shortest.files.push(file);
    shortest.seconds += secondsOf(file);
  }
  return { lanes: lanes.map((lane) => lane.files), alone };
}

/** Variables that tell the tests of one lane about their binaries (tests/support/programs/binary.ts). */
export type LaneVariables = Readonly<Record<string, string>>;

/**
 * Compiles the binaries of `count` lanes into a folder, as for a release but for endpoints on this machine: for each lane one
 * on a plain loopback address and one on HTTPS, and for all of them one whose endpoint has a name that no resolver knows.
 */
export async function compileLanes(folder: string, count: number): Promise<LaneVariables[]> {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const issuer = await makeKeyPair();
  const licenceKey = await pemOf(issuer.publicKey);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", issuer.privateKey));
  const build = async (name: string, endpoint: string) => {
    const output = `${folder}/${name}/rasa-telemetry${suffix}`;
    const config = { version: VERSION, endpoint, writeKey: TEST_WRITE_KEY, licenceKey };
    await Deno.mkdir(`${folder}/${name}`);
    await compile({ config, output, target: hostTarget(), check: false });
    return output;
  };
  const shared = {
    TELEMETRY_TEST_NOWHERE_BINARY: await build("nowhere", "https://collector.invalid"),
    TELEMETRY_TEST_ISSUER: btoa(String.fromCharCode(...pkcs8)),
  };
  const ports = freePorts(2 * count);
  const lanes: LaneVariables[] = [];
  for (let lane = 0; lane < count; lane++) {
    const [port, httpsPort] = ports.slice(2 * lane);
    lanes.push({
      ...shared,
      TELEMETRY_TEST_BINARY: await build(`plain${lane}`, `http://127.0.0.1:${port}`),
      TELEMETRY_TEST_PORT: String(port),
      TELEMETRY_TEST_HTTPS_BINARY: await build(`https${lane}`, `https://localhost:${httpsPort}`),
      TELEMETRY_TEST_HTTPS_PORT: String(httpsPort),
    });
  }
  return lanes;
}

/** Compiles the binaries of tests that run in one lane. */
export async function compileTestBinaries(folder: string): Promise<LaneVariables> {
  return (await compileLanes(folder, 1))[0] ?? {};
}

/** From here on and below `PORTS_TO` no system takes ports for outgoing connections, which could be ours by accident. */
const PORTS_FROM = 20_000;
const PORTS_TO = 32_000;

/** Ports that nobody listens on. */
function freePorts(count: number): number[] {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = PORTS_FROM + Math.floor(Math.random() * (PORTS_TO - PORTS_FROM));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      ports.add(port);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return [...ports];
}

/** The files of tests that arguments name: files, and those in folders. */
async function findTests(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => {
    if ((await Deno.stat(path)).isFile) return [path];
    const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
    return names.filter((name) => name.endsWith("_test.ts")).sort().map((name) => `${path}/${name}`);
  }));
  return found.flat();
}

/** How a process of tests ended; `output`: what it has yet to show. */
interface Outcome {
  readonly success: boolean;
  readonly output: Uint8Array;
}

/** Runs tests in one process, which shows what it prints at once or, where `later`, gives it back. */
async function runTests(args: readonly string[], variables: LaneVariables, later: boolean): Promise<Outcome> {
  const { options } = await findToolchain();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...options, ...args],
    cwd: ROOT,
    env: { DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "system,mozilla", ...variables },
    stdin: "null",
    stdout: later ? "piped" : "inherit",
    stderr: "inherit",
  }).spawn();
  const output = later ? new Uint8Array(await new Response(child.stdout).arrayBuffer()) : new Uint8Array();
  return { success: (await child.status).success, output };
}

/** Runs end-to-end tests. Arguments are files and folders, all of them where none is named, and options of `deno test`. */
async function runEndToEnd(args: readonly string[], folder: string): Promise<boolean> {
  const options = args.filter((arg) => arg.startsWith("-"));
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const files = await findTests(paths.length > 0 ? paths : [`${ROOT}/tests/e2e`]);
  const { lanes, alone } = divideIntoLanes(files, Math.min(LANES, files.length));
  const variables = await compileLanes(folder, lanes.length);
  const since = performance.now();
  const outcomes = await Promise.all(
    lanes.map((own, lane) => own.length === 0 ? [] : runTests([...options, ...own], variables[lane] ?? {}, lane > 0)),
  );
  for (const { output } of outcomes.flat()) await Deno.stdout.write(output);
  if (alone.length > 0) outcomes.push(await runTests([...options, ...alone], variables[0] ?? {}, false));
  console.error(`end-to-end tests: ${((performance.now() - since) / 1000).toFixed(0)} s`);
  return outcomes.flat().every(({ success }) => success);
}

if (import.meta.main) {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-e2e-" });
  try {
    if (!await runEndToEnd(Deno.args, folder)) Deno.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
