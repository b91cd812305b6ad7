import { copy } from "@std/fs/copy";
import { ask, commandFile, makeVenv, PIP_OFFLINE, type Venv } from "../../support/venv.ts";
import { reports, type Stage, starts, type Way } from "./stage.ts";

/** The ways of pip. */
export const PIP_WAYS: readonly Way[] = [
  { name: "pip of each Python, in a venv that isn't activated", run: tryEachPython },
  { name: "pip 20.0.2 on the oldest Python", run: tryOldPip },
  { name: "pip install --user", run: tryUser },
  { name: "pip install --prefix", run: tryPrefix },
  { name: "site-packages copied into another venv", run: tryCopy },
  { name: "pip chooses for other systems", run: tryChoice },
];

const COMMAND = commandFile("rasa-telemetry");

/** What pip is told to install the package from a folder of wheels. */
function fromWheels({ wheels }: Stage): readonly string[] {
  return ["--find-links", wheels, "rasa-telemetry"];
}

async function installIn(stage: Stage, command: string, name: string): Promise<Venv> {
  const venv = await makeVenv(command, `${stage.folder}/${name}`);
  await ask(venv.python, [...PIP_OFFLINE, ...fromWheels(stage)]);
  return venv;
}

async function tryEachPython(stage: Stage): Promise<number> {
  for (const { command, version } of stage.pythons) {
    const venv = await installIn(stage, command, version);
    await reports(stage, [venv.python]);
    await starts(stage, [`${venv.scripts}/${COMMAND}`]);
  }
  return stage.pythons.length;
}

async function tryOldPip(stage: Stage): Promise<number> {
  const venv = await makeVenv(stage.pythons[0]?.command ?? "", `${stage.folder}/venv`);
  const settings = { PIP_CONFIG_FILE: Deno.env.get("PIP_CONFIG_FILE") ?? "" };
  await ask(venv.python, ["-m", "pip", "install", "--quiet", "pip==20.0.2"], settings);
  await ask(venv.python, [...PIP_OFFLINE, ...fromWheels(stage)]);
  // It knows neither manylinux_2_27 nor manylinux_2_28: the wheel for any is what it takes, and no failure.
  const enabled = "import rasa_telemetry; print(rasa_telemetry.enabled())";
  const answer = await ask(venv.python, ["-c", enabled], { RASA_TELEMETRY_ENABLED: "true", PATH: "" });
  if (Deno.build.os === "linux" && answer.trim() !== "False") throw new Error(`enabled() is ${answer}`);
  return 0;
}

async function tryUser(stage: Stage): Promise<number> {
  const env = { PYTHONUSERBASE: `${stage.folder}/base`, PIP_BREAK_SYSTEM_PACKAGES: "1" };
  // An isolated pip knows no variables.
  const pip = PIP_OFFLINE.filter((option) => option !== "--isolated");
  await ask(stage.python, [...pip, "--user", ...fromWheels(stage)], env);
  const script = "import os, sysconfig; print(sysconfig.get_path('scripts', os.name + '_user'))";
  const scripts = (await ask(stage.python, ["-c", script], env)).trim();
  await reports(stage, [stage.python], env);
  await starts(stage, [`${scripts}/${COMMAND}`], env);
  return 1;
}

async function tryPrefix(stage: Stage): Promise<number> {
  const prefix = `${stage.folder}/prefix`;
  await ask(stage.python, [...PIP_OFFLINE, "--prefix", prefix, ...fromWheels(stage)]);
  const script = "import sysconfig, sys; print(sysconfig.get_path(sys.argv[1], vars={'base': sys.argv[2]}))";
  const folderOf = async (name: string) => (await ask(stage.python, ["-c", script, name, prefix])).trim();
  const env = { PYTHONPATH: await folderOf("purelib") };
  await reports(stage, [stage.python], env);
  await starts(stage, [`${await folderOf("scripts")}/${COMMAND}`], env);
  return 1;
}

/** As a Dockerfile's `COPY --from=build` does. */
async function tryCopy(stage: Stage): Promise<number> {
  const built = await installIn(stage, stage.python, "built");
  const other = await makeVenv(stage.python, `${stage.folder}/other`);
  await copy(built.packages, other.packages, { overwrite: true });
  await Deno.remove(`${stage.folder}/built`, { recursive: true });
  await reports(stage, [other.python]);
  return 1;
}

/** What each of these platforms gets of all wheels: the wheel's own part of the name. */
const CHOICES: readonly (readonly [platform: string, chosen: string])[] = [
  ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64.manylinux_2_28_x86_64"],
  ["manylinux_2_27_aarch64", "manylinux_2_27_aarch64.manylinux_2_28_aarch64"],
  ["manylinux2014_x86_64", "any"],
  ["musllinux_1_2_x86_64", "any"],
  ["macosx_10_12_x86_64", "macosx_10_12_x86_64"],
  ["macosx_14_0_arm64", "macosx_11_0_arm64"],
  ["win_amd64", "win_amd64"],
  ["win_arm64", "any"],
];

async function tryChoice(stage: Stage): Promise<number> {
  const pip = PIP_OFFLINE.map((option) => option === "install" ? "download" : option);
  for (const [platform, chosen] of CHOICES) {
    const folder = `${stage.folder}/${platform}`;
    const options = ["--only-binary=:all:", "--platform", platform, "--dest", folder, "--find-links", stage.all];
    await ask(stage.tools.python, [...pip, ...options, "rasa-telemetry"]);
    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }: Deno.DirEntry) => name);
    if (names.length !== 1 || !names[0]?.endsWith(`-none-${chosen}.whl`)) {
      throw new Error(`${platform} gets ${names.join(", ")}`);
    }
  }
  return 0;
}
