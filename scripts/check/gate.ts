// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { relative } from "@std/path";
import { findPythons } from "../toolchain/python.ts";
import { findToolchain, ROOT, runDeno, toolCommand } from "../toolchain/toolchain.ts";
import { type Depth, endsOrMiddle, filesOf, unitTestsOf } from "./depth.ts";
import { compileLanes, findTests, LANES, type LaneVariables, runInLanes } from "./e2e.ts";
import { type Counts, runJobs, sum } from "./jobs.ts";
import { checkPython } from "./python.ts";
import { runTests } from "./tests.ts";

/**
 * The gate: formatting, lint, types, the direction of imports, generated documents, and the tests. With the argument
 * `deep`: the tests that the gate leaves out. Ends with the line `N passed, N failed`, in which each check and each
 * test counts as one.
 */

/** Does everything of a depth, and returns what passed and failed. */
async function runGate(depth: Depth): Promise<Counts> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-gate-" });
  try {
    const { options } = await findToolchain();
    let lanes: LaneVariables[] = [];
    const compile = check("compile", async () => {
      lanes = await compileLanes(folder, LANES);
    });
    const checks = await runJobs(
      depth === "deep" ? [compile] : [
        compile,
        check("types", () => runDeno(["check", "--quiet", ...options, "main.ts", "tests", "scripts"])),
        check("lint", () => runDeno(["lint", "--quiet"])),
        check("formatting", () => runDeno(["fmt", "--check", "--quiet"])),
        check("structure", async () => runDeno(await toolCommand("check/structure.ts"))),
        check("Python types and style", async () => sayMissing("Python types and style", await checkPython())),
        check("documents", async () => runDeno(await toolCommand("docs/docs.ts", ["--check"]))),
      ],
      LANES,
    );
    const unit = await runNamed("unit tests", ["--parallel", ...unitTestsOf(depth)]);
    // The module's tests wait more than they work.
    const others = await Promise.all([runEndToEnd(depth, lanes), runPython(depth)]);
    return sum([...checks, unit, ...others]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A check that passes unless it throws. */
function check(name: string, work: () => Promise<void>): () => Promise<Counts> {
  return async () => {
    const since = performance.now();
    try {
      await work();
      say(name, true, since);
      return { passed: 1, failed: 0 };
    } catch (error) {
      say(name, false, since);
      console.error(error instanceof Error ? error.message : String(error));
      return { passed: 0, failed: 1 };
    }
  };
}

/** Says what could not be done here. Throws an `Error` in CI, which has everything. */
function sayMissing(name: string, missing: string | undefined): void {
  if (missing === undefined) return;
  if (Deno.env.get("CI") !== undefined) throw new Error(missing);
  console.error(`gate: ${name}: ${missing}`);
}

/** Runs the end-to-end tests. None can run where the binaries could not be compiled. */
async function runEndToEnd(depth: Depth, lanes: readonly LaneVariables[]): Promise<Counts> {
  if (lanes.length === 0) return { passed: 0, failed: 0 };
  const all = await findTests([`${ROOT}/tests/e2e`]);
  const files = filesOf(depth, all.map((file) => relative(ROOT, file).replaceAll("\\", "/")));
  return sum(await runInLanes(files, lanes.length, (file, lane) => runNamed(file, [file], lanes[lane])));
}

/** Runs tests, and says how it went. */
async function runNamed(name: string, args: readonly string[], env: LaneVariables = {}): Promise<Counts> {
  const since = performance.now();
  const counts = await runTests(args, env);
  say(name, counts.failed === 0, since);
  return counts;
}

/** Runs the Python module's own tests on one Python of each version: the gate on the oldest and the newest. */
async function runPython(depth: Depth): Promise<Counts> {
  // These tests start programs in ways that only POSIX systems have. On Windows the end-to-end tests cover the module.
  if (Deno.build.os === "windows") return { passed: 0, failed: 0 };
  const pythons = await findPythons();
  if (pythons.length > 0) {
    const chosen = endsOrMiddle(depth, pythons);
    return sum(await runJobs(chosen.map(({ version, command }) => () => runUnittests(version, command)), 1));
  }
  // Bare containers may have no Python; CI installs it.
  console.error("gate: Python module: no Python 3 here");
  return { passed: 0, failed: Deno.env.get("CI") === undefined ? 0 : 1 };
}

async function runUnittests(version: string, python: string): Promise<Counts> {
  const since = performance.now();
  const { code, stderr } = await new Deno.Command(python, {
    args: ["-m", "unittest", "discover", "-s", "python/tests"],
    cwd: ROOT,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  const ran = Number(/^Ran (\d+) test/m.exec(text)?.[1] ?? 0);
  const isDone = code === 0 && ran > 0;
  say(`Python module on ${version}`, isDone, since);
  if (!isDone) console.error(text);
  return isDone ? { passed: ran, failed: 0 } : { passed: 0, failed: 1 };
}

function say(name: string, isDone: boolean, since: number): void {
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  console.error(`gate: ${name}: ${isDone ? "ok" : "FAILED"} (${seconds} s)`);
}

if (import.meta.main) {
  const { passed, failed } = await runGate(Deno.args[0] === "deep" ? "deep" : "gate");
  console.log(`${passed} passed, ${failed} failed`);
  Deno.exit(failed === 0 ? 0 : 1);
}
