// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { startDeno, testCommand, toolCommand } from "./toolchain/toolchain.ts";

/**
 * Finds the libraries, then starts one of the project's tools with them. Run by the tasks of deno.json:
 * deno run -A scripts/run.ts TOOL [ARGUMENTS]
 */

/** The tools, and what Deno is told for each. */
const TOOLS: Readonly<Record<string, (args: readonly string[]) => Promise<string[]>>> = {
  bench: program("bench/bench.ts"),
  compile: program("compile.ts"),
  demo: program("demo.ts"),
  docs: program("docs/docs.ts"),
  drift: program("drift/drift.ts"),
  e2e: program("check/e2e.ts"),
  frameworks: program("check/frameworks.ts"),
  gate: program("check/gate.ts"),
  host: program("check/host.ts"),
  python: program("check/python.ts"),
  release: program("release/release.ts"),
  smoke: program("release/smoke.ts"),
  soak: program("soak/soak.ts"),
  structure: program("check/structure.ts"),
  unit: (files) => testCommand(["--parallel", "--ignore=tests/e2e", ...(files.length > 0 ? files : ["tests"])]),
  wheel: program("wheel.ts"),
  "wheels:try": program("check/wheels/try.ts"),
};

function program(path: string): (args: readonly string[]) => Promise<string[]> {
  return (args) => toolCommand(path, args);
}

/** Runs a tool and returns its exit code: 2 where there is no such tool. */
export async function runTool([name = "", ...args]: readonly string[]): Promise<number> {
  const tool = TOOLS[name];
  if (tool === undefined) {
    console.error(`Cannot run ${JSON.stringify(name)}: the tools are ${Object.keys(TOOLS).join(", ")}`);
    return 2;
  }
  // A task runs in the project's folder; relative paths are the caller's.
  const env = { INIT_CWD: Deno.env.get("INIT_CWD") ?? Deno.cwd() };
  return await startDeno(await tool(args), env);
}

if (import.meta.main) Deno.exit(await runTool(Deno.args));
