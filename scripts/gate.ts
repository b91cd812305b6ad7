// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { compileTestBinaries } from "./e2e.ts";
import { findPythons } from "./python.ts";
import { findToolchain, ROOT, runDeno, runProgram } from "./toolchain.ts";

/**
 * The gate: formatting, lint, types, the direction of imports, generated documents, and all tests. Ends with the line
 * `N passed, N failed`, in which each check and each test counts as one.
 */

let passed = 0;
let failed = 0;

await check("formatting", () => runDeno(["fmt", "--check", "--quiet"]));
await check("lint", () => runDeno(["lint", "--quiet"]));
const { options } = await findToolchain();
await check("types", () => runDeno(["check", "--quiet", ...options, "main.ts", "tests", "scripts"]));
await check("structure", () => runProgram("scripts/check_structure.ts"));
await check("documents", () => runProgram("scripts/docs.ts", ["--check"]));
await runTests("unit tests", ["--parallel", "--ignore=tests/e2e", "tests"], {});
await runEndToEnd();
await runPython();

console.log(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);

async function check(name: string, work: () => Promise<void>): Promise<boolean> {
  const since = performance.now();
  try {
    await work();
    passed++;
    console.error(`gate: ${name}: ok (${seconds(since)})`);
    return true;
  } catch (error) {
    failed++;
    console.error(
      `gate: ${name}: FAILED (${seconds(since)}): ${error instanceof Error ? error.message : String(error)}`,
    );
    return false;
  }
}

async function runEndToEnd(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-gate-" });
  try {
    let env: Record<string, string> = {};
    const compiled = await check("compile", async () => {
      env = await compileTestBinaries(folder);
    });
    if (compiled) await runTests("end-to-end tests", ["tests/e2e"], env);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runTests(name: string, args: readonly string[], env: Record<string, string>): Promise<void> {
  const since = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", ...options, ...args],
    cwd: ROOT,
    env: { DENO_TLS_CA_STORE: "system,mozilla", NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    await Deno.stdout.write(new TextEncoder().encode(chunk));
  }
  const { code } = await child.status;
  // The runner's closing line: "ok | 12 passed (3 steps) | 0 failed (2s)".
  const counts = /\| (\d+) passed.*?\| (\d+) failed/.exec(text);
  passed += Number(counts?.[1] ?? 0);
  const failures = Number(counts?.[2] ?? 0);
  // A run that ends badly without naming a test, or that ran none, has failed as a whole.
  failed += code !== 0 || counts === null || counts[1] === "0" ? Math.max(1, failures) : failures;
  console.error(`gate: ${name}: ${code === 0 ? "ok" : "FAILED"} (${seconds(since)})`);
}

async function runPython(): Promise<void> {
  // The module's own tests start programs in ways that only POSIX systems have; the end-to-end tests cover Windows.
  if (Deno.build.os === "windows") return;
  const pythons = await findPythons();
  if (pythons.length === 0) {
    // Windows and bare containers may have none; CI installs it.
    console.error("gate: Python module: no Python 3 here");
    if (Deno.env.get("CI") !== undefined) failed++;
  }
  // Two at a time: these tests wait more than they work.
  const lanes = [0, 1].map((lane) => pythons.filter((_, index) => index % 2 === lane));
  await Promise.all(lanes.map(async (lane) => {
    for (const python of lane) await check(`Python module on ${python.version}`, () => runUnittests(python.command));
  }));
}

async function runUnittests(python: string): Promise<void> {
  const { code, stderr } = await new Deno.Command(python, {
    args: ["-m", "unittest", "discover", "-s", "scripts/python"],
    cwd: ROOT,
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  const ran = Number(/^Ran (\d+) test/m.exec(text)?.[1] ?? 0);
  if (code !== 0 || ran === 0) throw new Error(text);
  passed += ran - 1;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
