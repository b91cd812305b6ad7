// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { configure } from "../../lib/build_config.ts";
import { compile } from "../build/compile.ts";
import { freePorts } from "../support/free_ports.ts";
import { TEST_WRITE_KEY } from "../support/test_build.ts";
import { findPythons } from "../toolchain/python.ts";
import { hostTarget } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { installPython } from "./python.ts";

/**
 * Runs the real frameworks that host the Python package (python/frameworks), each with the real binary: all events
 * arrive, and none hangs. It takes minutes and a compiler, so it is no part of the gate.
 *
 * Usage: deno task frameworks [NAME...]
 */

const FOLDER = `${ROOT}/.build/python-frameworks`;
/** The frameworks' versions are for this Python. */
const VERSIONS = ["3.11", "3.12", "3.13"];

async function tryFrameworks(names: readonly string[]): Promise<boolean> {
  const found = (await findPythons()).find(({ version }) => VERSIONS.includes(version));
  if (found === undefined) throw new Error(`Cannot try the frameworks: they need Python ${VERSIONS.join(" or ")}`);
  const bin = await installPython(found.command, FOLDER, `${ROOT}/python/frameworks/requirements.txt`);
  if (bin === undefined) throw new Error("Cannot try the frameworks: they can't be installed");
  const [port = 0] = freePorts(1);
  const binary = `${FOLDER}/rasa-telemetry`;
  const config = configure({ endpoint: `http://127.0.0.1:${port}`, writeKey: TEST_WRITE_KEY });
  await compile({ config, output: binary, target: hostTarget(), check: false });
  const { success } = await new Deno.Command(`${bin}/python`, {
    args: [`${ROOT}/python/frameworks/try_all.py`, binary, String(port), ...names],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

if (import.meta.main) {
  try {
    if (!await tryFrameworks(Deno.args)) Deno.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
