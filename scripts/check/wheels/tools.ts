import { ask, commandFile, PIP_OFFLINE } from "../../support/venv.ts";
import { PROGRAM, reports, type Stage, starts, variablesOf, type Way } from "./stage.ts";

/** The ways of other tools, and what those say that check wheels. */
export const TOOL_WAYS: readonly Way[] = [
  { name: "uv pip install", run: tryUvPip },
  { name: "uv tool install", run: tryUvTool },
  { name: "pipx install", run: tryPipx },
  { name: "pex", run: tryPex },
  { name: "PyInstaller, a folder", run: (stage) => tryPyInstaller(stage, "--onedir", "dist/program/program") },
  { name: "PyInstaller, one file", run: (stage) => tryPyInstaller(stage, "--onefile", "dist/program") },
  { name: "twine and check-wheel-contents", run: tryCheckers },
  { name: "packaging reads the metadata", run: tryPackaging },
];

const COMMAND = commandFile("rasa-telemetry");

function tool({ tools }: Stage, name: string): string {
  return `${tools.scripts}/${commandFile(name)}`;
}

async function tryUvPip(stage: Stage): Promise<number> {
  const uv = tool(stage, "uv");
  const venv = `${stage.folder}/venv`;
  const env = { ...variablesOf(stage), UV_NO_CONFIG: "1", UV_CACHE_DIR: `${stage.folder}/cache`, UV_OFFLINE: "1" };
  await ask(uv, ["venv", "--quiet", "--python", stage.python, venv], env);
  const scripts = `${venv}/${Deno.build.os === "windows" ? "Scripts" : "bin"}`;
  const python = `${scripts}/${commandFile("python")}`;
  const source = ["--no-index", "--find-links", stage.wheels];
  await ask(uv, ["pip", "install", "--quiet", "--python", python, ...source, "rasa-telemetry"], env);
  await reports(stage, [python]);
  await starts(stage, [`${scripts}/${COMMAND}`]);
  return 1;
}

async function tryUvTool(stage: Stage): Promise<number> {
  const env = {
    ...variablesOf(stage),
    UV_NO_CONFIG: "1",
    UV_CACHE_DIR: `${stage.folder}/cache`,
    UV_TOOL_DIR: `${stage.folder}/tools`,
    UV_TOOL_BIN_DIR: `${stage.folder}/bin`,
  };
  await ask(tool(stage, "uv"), ["tool", "install", "--quiet", "--offline", "--python", stage.python, stage.wheel], env);
  await starts(stage, [`${stage.folder}/bin/${COMMAND}`]);
  return 0;
}

async function tryPipx(stage: Stage): Promise<number> {
  const env = {
    ...variablesOf(stage),
    PIPX_HOME: `${stage.folder}/pipx`,
    PIPX_BIN_DIR: `${stage.folder}/bin`,
    // It brings a pip of its own into being, from wherever this machine's pip finds packages.
    PIP_CONFIG_FILE: Deno.env.get("PIP_CONFIG_FILE") ?? "",
  };
  await ask(tool(stage, "pipx"), ["install", "--quiet", "--python", stage.python, stage.wheel], env);
  await starts(stage, [`${stage.folder}/bin/${COMMAND}`]);
  return 0;
}

async function tryPex(stage: Stage): Promise<number> {
  const file = `${stage.folder}/program.pex`;
  const env = { ...variablesOf(stage), PEX_ROOT: `${stage.folder}/root` };
  // It fetches a pip of its own choice, from wherever this machine's pip finds packages.
  const settings = { ...env, PIP_CONFIG_FILE: Deno.env.get("PIP_CONFIG_FILE") ?? "" };
  await ask(tool(stage, "pex"), ["--use-pip-config", stage.wheel, "-o", file], settings);
  await reports(stage, [stage.tools.python, file], env);
  await starts(stage, [stage.tools.python, file], { ...env, PEX_SCRIPT: "rasa-telemetry" });
  return 1;
}

/** Nothing is told to PyInstaller: it finds the package's hook by itself. */
async function tryPyInstaller(stage: Stage, kind: string, program: string): Promise<number> {
  const { folder, tools, wheels } = stage;
  await ask(tools.python, [...PIP_OFFLINE, "--find-links", wheels, "rasa-telemetry"]);
  await Deno.writeTextFile(`${folder}/program.py`, PROGRAM);
  const places = ["--distpath", `${folder}/dist`, "--workpath", `${folder}/work`, "--specpath", folder];
  const options = ["--noconfirm", "--log-level", "ERROR", kind, ...places, `${folder}/program.py`];
  await ask(tool(stage, "pyinstaller"), options, { PYINSTALLER_CONFIG_DIR: `${folder}/cache` });
  const printed = await ask(`${folder}/${commandFile(program)}`, [], variablesOf(stage));
  if (printed !== "") throw new Error(`It printed ${printed}`);
  return 1;
}

async function tryCheckers(stage: Stage): Promise<number> {
  const wheels = [stage.wheel, stage.anyWheel];
  await ask(tool(stage, "twine"), ["check", "--strict", ...wheels]);
  // PyInstaller's hooks have names that can't be imported, and the command is a module beside the package.
  await ask(tool(stage, "check-wheel-contents"), ["--ignore", "W004,W009", ...wheels]);
  return 0;
}

/** The library that pip and PyPI read wheels with: it refuses what isn't in the specifications. */
const READ_METADATA = `
import sys, zipfile
from packaging.metadata import Metadata
from packaging.utils import parse_wheel_filename
from pathlib import Path
for path in map(Path, sys.argv[1:]):
    name, version, _, tags = parse_wheel_filename(path.name)
    with zipfile.ZipFile(path) as wheel:
        assert wheel.testzip() is None
        info = "rasa_telemetry-%s.dist-info/" % version
        metadata = Metadata.from_email(wheel.read(info + "METADATA"), validate=True)
        lines = wheel.read(info + "WHEEL").decode().splitlines()
    assert (metadata.name, metadata.version) == (name, version) == ("rasa-telemetry", version)
    assert {line[5:] for line in lines if line.startswith("Tag: ")} == {str(tag) for tag in tags}
`;

async function tryPackaging(stage: Stage): Promise<number> {
  const names = await Array.fromAsync(Deno.readDir(stage.all), ({ name }: Deno.DirEntry) => `${stage.all}/${name}`);
  await ask(stage.tools.python, ["-c", READ_METADATA, stage.wheel, ...names]);
  return 0;
}
