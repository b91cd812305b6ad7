// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { parseArgs } from "node:util";
import { compile } from "./build/compile.ts";
import {
  BUILD_HELP,
  BUILD_OPTIONS,
  type BuildPlan,
  DIST,
  fromCaller,
  planBuild,
  TARGET_LIST,
} from "./build/options.ts";
import { makeWheel } from "./build/wheel.ts";
import { readMaterials } from "./release/materials.ts";
import { type BuiltBinary, makeWheels } from "./release/wheels.ts";
import { TARGETS } from "./toolchain/targets.ts";

const HELP = `Makes the wheel that pip installs: the Python package with the compiled binary inside.

Usage: deno task wheel [OPTIONS]

  --output FOLDER         where it goes (dist/ unless given)
  --target TRIPLE         the system it is for (this one unless given):
                          ${TARGET_LIST}
  --all                   the wheels of all these systems, and the one for any other, which has no binary
${BUILD_HELP}`;

/** Compiles what is asked for, and makes the wheels of it in a folder. Returns their paths. */
async function makeAll({ targets, check, ...plan }: BuildPlan, folder: string, withAny: boolean): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true });
  const temporary = await Deno.makeTempDir({ prefix: "rasa-telemetry-wheel-" });
  try {
    const binaries: BuiltBinary[] = [];
    for (const target of TARGETS.filter(({ triple }) => targets.includes(triple))) {
      const path = `${temporary}/${target.file}`;
      const order = { ...plan, target: target.triple, output: path, check: check && binaries.length === 0 };
      binaries.push({ target, path, record: await compile(order) });
    }
    const wheels = await makeWheels(folder, binaries, await readMaterials(binaries.map(({ record }) => record)));
    return withAny ? [...wheels, await makeWheel(undefined, folder)] : wheels;
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

/** Makes wheels as the arguments say, and returns the exit code: 2 for wrong arguments, 1 where it fails. */
async function main(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP);
    return 0;
  }
  let wanted: { readonly plan: BuildPlan; readonly folder: string; readonly all: boolean };
  try {
    const { values } = parseArgs({ args, options: BUILD_OPTIONS });
    const plan = planBuild(values);
    wanted = { plan, folder: values.output === undefined ? DIST : fromCaller(values.output), all: values.all };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  try {
    for (const path of await makeAll(wanted.plan, wanted.folder, wanted.all)) console.error(`made ${path}`);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
