// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { parseArgs } from "node:util";
import { type BuildOrder, type BuildRecord, compile } from "./build/compile.ts";
import { BUILD_HELP, BUILD_OPTIONS, DIST, fromCaller, planBuild, TARGET_LIST } from "./build/options.ts";
import { CHECKSUMS_FILE, SBOM_FILE } from "./release/assets.ts";
import { completeRelease } from "./release/complete.ts";
import { TARGETS } from "./toolchain/targets.ts";

const HELP = `Compiles rasa-telemetry into one binary.

Usage: deno task compile [OPTIONS]

  --output FILE           the binary (dist/rasa-telemetry unless given)
  --target TRIPLE         the system it is for (this one unless given):
                          ${TARGET_LIST}
  --all                   a release in dist/: a binary for each of these systems, the wheels, the installers, the bill
                          of materials (${SBOM_FILE}) and the checksums (${CHECKSUMS_FILE})
${BUILD_HELP}`;

/** Builds every binary of a release, and what goes with them. */
async function compileAll(orders: readonly BuildOrder[]): Promise<void> {
  await Deno.mkdir(DIST, { recursive: true });
  // A build that fails must not leave the checksums of an earlier one.
  await Deno.remove(`${DIST}/${CHECKSUMS_FILE}`).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const records: BuildRecord[] = [];
  for (const order of orders) records.push(await compile(order));
  await completeRelease(DIST, records);
}

/** What the arguments ask for. Throws an `Error` that says what is wrong with them. */
function parseOrders(args: string[]): { all: boolean; orders: BuildOrder[] } {
  const { values } = parseArgs({ args, options: BUILD_OPTIONS });
  const { targets, check, ...plan } = planBuild(values);
  const orders = targets.map((target, index) => {
    const output = values.all ? `${DIST}/${fileOf(target)}` : outputPath(values.output, target);
    return { ...plan, target, output, check: check && index === 0 };
  });
  return { all: values.all, orders };
}

function fileOf(target: string): string {
  return TARGETS.find(({ triple }) => triple === target)?.file ?? target;
}

function outputPath(given: string | undefined, target: string): string {
  return given ? fromCaller(given) : `${DIST}/rasa-telemetry${target.includes("windows") ? ".exe" : ""}`;
}

/** Compiles as the arguments say, and returns the exit code: 2 for wrong arguments, 1 where the build fails. */
async function main(args: string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(HELP);
    return 0;
  }
  let wanted: ReturnType<typeof parseOrders>;
  try {
    wanted = parseOrders(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
  try {
    if (wanted.all) await compileAll(wanted.orders);
    else for (const order of wanted.orders) await compile(order);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
