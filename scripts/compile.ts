// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { resolve } from "@std/path";
import { parseArgs } from "node:util";
import { configure, DEFAULT_ENDPOINT, parseEndpoint } from "../lib/build_config.ts";
import { type BuildOrder, type BuildRecord, compile } from "./build/compile.ts";
import { CHECKSUMS_FILE, SBOM_FILE } from "./release/assets.ts";
import { completeRelease } from "./release/complete.ts";
import { hostTarget, TARGETS } from "./toolchain/targets.ts";
import { ROOT } from "./toolchain/toolchain.ts";

const HELP = `Compiles rasa-telemetry into one binary.

Usage: deno task compile [OPTIONS]

  --output FILE           the binary (dist/rasa-telemetry unless given)
  --target TRIPLE         the system it is for (this one unless given):
                          ${TARGETS.map(({ triple }) => triple).join("\n                          ")}
  --all                   a binary for each of these systems, in dist/, with the installers, the bill of materials
                          (${SBOM_FILE}) and the checksums (${CHECKSUMS_FILE})
  --release               build for a release: needs a write key, and takes the runtime and the libraries only from
                          their own servers
  --no-check              don't check the types first
  --endpoint URL          where reports go (${DEFAULT_ENDPOINT} unless given): https, or http to a loopback address
  --recipient NAME        who receives reports, as the notice names them (the endpoint's host unless given)
  --write-key KEY         the key of the receiving source; a binary without one sends nothing
  --licence-key PEM_FILE  the public key that licences are verified with (Rasa's unless given)
`;

/** Where binaries go unless the builder says otherwise. */
const DIST = `${ROOT}/dist`;

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
  const { values } = parseArgs({
    args,
    options: {
      "output": { type: "string" },
      "target": { type: "string" },
      "all": { type: "boolean", default: false },
      "release": { type: "boolean", default: false },
      "no-check": { type: "boolean", default: false },
      "endpoint": { type: "string", default: DEFAULT_ENDPOINT },
      "recipient": { type: "string" },
      "write-key": { type: "string" },
      "licence-key": { type: "string" },
    },
  });
  if (values.all && (values.output !== undefined || values.target !== undefined)) {
    throw new Error("Cannot build: --all goes with neither --output nor --target");
  }
  if (values.release && !values["write-key"]) {
    throw new Error("Cannot build a release without --write-key: the binary would send nothing");
  }
  const keyFile = values["licence-key"];
  if (values.recipient !== undefined && !/^[\p{L}\p{N}][\p{L}\p{N} .,&'()-]{0,79}$/u.test(values.recipient)) {
    throw new Error("Cannot build for this recipient: it must be a name of at most 80 letters, digits and plain marks");
  }
  const config = configure({
    endpoint: parseEndpoint(values.endpoint).origin,
    writeKey: values["write-key"] || undefined,
    ...(keyFile === undefined ? {} : { licenceKey: Deno.readTextFileSync(fromCaller(keyFile)) }),
    ...(values.recipient === undefined ? {} : { recipient: values.recipient }),
  });
  const known = TARGETS.map(({ triple }) => triple);
  const target = values.target ?? hostTarget();
  if (!known.includes(target)) throw new Error(`Cannot build for ${target}: the targets are ${known.join(", ")}`);
  const { all, release } = values;
  const check = !values["no-check"];
  if (!all) return { all, orders: [{ config, target, output: outputPath(values.output, target), check, release }] };
  const orders = TARGETS.map(({ triple, file }, index) => (
    { config, target: triple, output: `${DIST}/${file}`, check: check && index === 0, release }
  ));
  return { all, orders };
}

function outputPath(given: string | undefined, target: string): string {
  return given ? fromCaller(given) : `${DIST}/rasa-telemetry${target.includes("windows") ? ".exe" : ""}`;
}

/** A task runs in the project's folder; a relative path is one from the caller's folder. */
function fromCaller(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
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
