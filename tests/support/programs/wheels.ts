import { makeWheel } from "../../../scripts/build/wheel.ts";
import { ask, canMakeVenvs, commandFile, makeVenv, PIP_OFFLINE, type Venv } from "../../../scripts/support/venv.ts";
import { findPython } from "../../../scripts/toolchain/python.ts";
import { findHostTarget } from "../../../scripts/toolchain/targets.ts";
import { binaryPath } from "./binary.ts";
import type { Condition } from "./conditions.ts";

/** Wheels of the binary that the end-to-end tests run, and what pip makes of them. */

const python = await findPython();

/** A Python that makes venvs with pip in them. */
export const CAN_MAKE_VENVS: Condition = python === undefined
  ? { met: false, reason: "no Python" }
  : { met: await canMakeVenvs(python), reason: "a Python without ensurepip" };

/** Wheels in a folder, and a venv with the one of this system. */
export interface Installed {
  /** The folder of the wheels: the one of this system, and the one for any. */
  readonly wheels: string;
  /** The one for any. */
  readonly anyWheel: string;
  readonly venv: Venv;
  /** The command that pip made. */
  readonly command: string;
  /** The binary, where pip put it. */
  readonly binary: string;
}

/** Makes both wheels in a folder, and has pip choose one for a new venv. Needs `CAN_MAKE_VENVS`. */
export async function installWheel(folder: string): Promise<Installed> {
  const target = findHostTarget();
  if (target === undefined || python === undefined) throw new Error("There is no wheel for this machine");
  const wheels = `${folder}/wheels`;
  await Deno.mkdir(wheels);
  const [anyWheel] = await Promise.all([
    makeWheel(undefined, wheels),
    makeWheel({ target, path: binaryPath(), sbom: "{}\n" }, wheels),
  ]);
  const venv = await makeVenv(python, `${folder}/venv`);
  await ask(venv.python, [...PIP_OFFLINE, "--find-links", wheels, "rasa-telemetry"]);
  return {
    wheels,
    anyWheel,
    venv,
    command: `${venv.scripts}/${commandFile("rasa-telemetry")}`,
    binary: `${venv.packages}/rasa_telemetry/${commandFile("rasa-telemetry")}`,
  };
}
