import { VERSION } from "../../lib/build_config.ts";
import { ask, commandFile, makeVenv, PIP_OFFLINE } from "../support/venv.ts";
import { findPython } from "../toolchain/python.ts";
import { findHostTarget } from "../toolchain/targets.ts";
import { hashFile } from "./assets.ts";

/**
 * Has pip choose among a release's wheels for this machine, and starts what it installed, in a folder. Returns what is
 * wrong, a line each.
 */
export async function tryWheel(release: string, folder: string): Promise<string[]> {
  const python = await findPython();
  const target = findHostTarget();
  if (python === undefined || target === undefined) return ["there is no Python here, or no wheel for this machine"];
  const venv = await makeVenv(python, `${folder}/venv`);
  await ask(venv.python, [...PIP_OFFLINE, "--find-links", release, "rasa-telemetry"]);
  const name = commandFile("rasa-telemetry");
  const [installed, released] = await Promise.all([
    hashFile(`${venv.packages}/rasa_telemetry/${name}`),
    hashFile(`${release}/${target.file}`),
  ]);
  const home = { HOME: `${folder}/home`, USERPROFILE: `${folder}/home` };
  const version = await ask(`${venv.scripts}/${name}`, ["--version"], home);
  const enabled = await ask(venv.python, ["-c", "import rasa_telemetry; print(rasa_telemetry.enabled())"], {
    ...home,
    RASA_TELEMETRY_ENABLED: "true",
  });
  return [
    ...installed === released ? [] : ["the wheel holds another binary than the release"],
    ...version.trim() === `rasa-telemetry ${VERSION}` ? [] : [`the wheel's command said: ${version}`],
    ...enabled.trim() === "True" ? [] : [`the wheel's package said: ${enabled}`],
  ];
}
