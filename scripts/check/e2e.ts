// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { configure } from "../../lib/build_config.ts";
import { compile } from "../build/compile.ts";
import { freePorts } from "../support/free_ports.ts";
import { makeKeyPair, pemOf } from "../support/licence_keys.ts";
import { TEST_WRITE_KEY } from "../support/test_build.ts";
import { hostTarget } from "../toolchain/targets.ts";
import { ROOT, startDeno, testCommand } from "../toolchain/toolchain.ts";
import { runJobs } from "./jobs.ts";
import { runTests } from "./tests.ts";

/**
 * Runs the end-to-end tests in lanes: several files at the same time, each in a process of its own. An endpoint is
 * fixed when a binary is compiled, so that each lane has binaries and ports of its own.
 */

/** How many lanes there are: two keep two processors busy, because many tests wait. */
export const LANES = 2;

/**
 * Files whose tests start more processes at once than there are processors. They run alone, once the lanes have ended.
 */
const CROWDED: readonly string[] = ["crowd_test.ts", "kill_test.ts"];

/**
 * Files that take twenty seconds to a minute, longest first. They begin first, so that no lane waits for them at the
 * end.
 */
const LONG: readonly string[] = [
  "consent_orders_test.ts",
  "place_binary_test.ts",
  "disable_end_test.ts",
  "disk_test.ts",
  "https_test.ts",
  "terminal_test.ts",
  "wheel_test.ts",
  "network_test.ts",
  "stream_test.ts",
  "track_test.ts",
  "page_test.ts",
];

/**
 * Gives each file of end-to-end tests to the next free lane, long files first and crowded ones alone at the end. `run`
 * does what is to be done with a file, given the lane's number. Returns what it returned.
 */
export async function runInLanes<T>(
  files: readonly string[],
  lanes: number,
  run: (file: string, lane: number) => Promise<T>,
): Promise<T[]> {
  const isOneOf = (names: readonly string[]) => (file: string) => names.some((name) => file.endsWith(name));
  const alone = files.filter(isOneOf(CROWDED));
  const others = files.filter((file) => !alone.includes(file));
  const long = LONG.flatMap((name) => others.filter(isOneOf([name])));
  const jobsOf = (group: readonly string[]) => group.map((file) => (lane: number) => run(file, lane));
  const ordered = [...long, ...others.filter((file) => !long.includes(file))];
  return [...await runJobs(jobsOf(ordered), lanes), ...await runJobs(jobsOf(alone), 1)];
}

/** Variables that tell the tests of one lane about their binaries (tests/support/programs/binary.ts). */
export type LaneVariables = Readonly<Record<string, string>>;

/**
 * Compiles the binaries of `count` lanes into a folder, as for a release but for endpoints on this machine: for each
 * lane one on a plain loopback address and one on HTTPS, and for all of them one whose endpoint has a name that no
 * resolver knows, and one without a write key, at the first lane's endpoint.
 */
export async function compileLanes(folder: string, count: number): Promise<LaneVariables[]> {
  const suffix = Deno.build.os === "windows" ? ".exe" : "";
  const issuer = await makeKeyPair();
  const licenceKey = await pemOf(issuer.publicKey);
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", issuer.privateKey));
  const build = async (name: string, endpoint: string, writeKey = TEST_WRITE_KEY) => {
    const output = `${folder}/${name}/rasa-telemetry${suffix}`;
    const config = configure({ endpoint, writeKey: writeKey || undefined, licenceKey });
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    await compile({ config, output, target: hostTarget(), check: false });
    return output;
  };
  const ports = freePorts(2 * count);
  const shared = {
    // Only files that run alone, in the first lane, tell processes apart by their keys.
    TELEMETRY_TEST_KEYLESS_BINARY: await build("keyless", `http://127.0.0.1:${ports[0]}`, ""),
    TELEMETRY_TEST_NOWHERE_BINARY: await build("nowhere", "https://collector.invalid"),
    TELEMETRY_TEST_ISSUER: pkcs8.toBase64(),
  };
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

/** The files of tests that arguments name: files, and those in folders. */
export async function findTests(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => {
    if ((await Deno.stat(path)).isFile) return [path];
    const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name);
    return names.filter((name) => name.endsWith("_test.ts")).sort().map((name) => `${path}/${name}`);
  }));
  return found.flat();
}

/**
 * Runs end-to-end tests. Arguments are options of `deno test`, and files and folders; all tests where none is named.
 */
async function runEndToEnd(args: readonly string[], folder: string): Promise<boolean> {
  const options = args.filter((arg) => arg.startsWith("-"));
  const paths = args.filter((arg) => !arg.startsWith("-"));
  const files = await findTests(paths.length > 0 ? paths : [`${ROOT}/tests/e2e`]);
  const lanes = await compileLanes(folder, Math.min(LANES, files.length));
  const since = performance.now();
  const results = await runInLanes(files, lanes.length, async (file, lane) => {
    const args = [...options, file];
    // What a single file prints is shown as it comes.
    if (files.length === 1) return await startDeno(await testCommand(args), lanes[lane]) === 0;
    return (await runTests(args, lanes[lane])).failed === 0;
  });
  console.error(`end-to-end tests: ${((performance.now() - since) / 1000).toFixed(0)} s`);
  return results.every((success) => success);
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
