// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { findPythons } from "../toolchain/python.ts";
import { ROOT } from "../toolchain/toolchain.ts";

/**
 * What the Python package is checked with besides its tests: its types, by mypy and by pyright on each kind of system,
 * and its style, by ruff. The tools are pinned in python/requirements-check.txt and installed into .build/.
 */

const FOLDER = `${ROOT}/.build/python-tools`;
const REQUIREMENTS = `${ROOT}/python/requirements-check.txt`;
/** The oldest Python that the package runs on. */
const OLDEST = "3.8";

/** The checks, each with its tool and arguments, run in python/. */
const CHECKS: readonly (readonly string[])[] = [
  ["ruff", "check", "--quiet", "--no-cache", "src", "tests", "frameworks", "host"],
  ["ruff", "format", "--quiet", "--no-cache", "--check", "src", "tests", "frameworks", "host"],
  ...["linux", "darwin", "win32"].map((platform) => [
    ...["mypy", "--strict", "--no-error-summary", "--cache-dir", `${FOLDER}/mypy`, "--python-version", OLDEST],
    ...["--platform", platform, "src/rasa_telemetry"],
  ]),
  ...["Linux", "Windows"].map((platform) => [
    ...["pyright", "--pythonversion", OLDEST, "--pythonplatform", platform, "src/rasa_telemetry"],
  ]),
];

/**
 * Runs all checks. Throws an `Error` with what they said where one fails. Returns why nothing was checked where there
 * is no Python that the tools run on, or no registry to install them from.
 */
export async function checkPython(): Promise<string | undefined> {
  const newest = (await findPythons()).findLast(({ version }) => Number(version.split(".")[1]) <= 13);
  if (newest === undefined || Number(newest.version.split(".")[1]) < 9) return "no Python 3.9 or newer here";
  const bin = await installPython(newest.command, FOLDER, REQUIREMENTS);
  if (bin === undefined) return "the tools can't be installed: no registry can be reached";
  const said: string[] = [];
  for (const [tool = "", ...args] of CHECKS) {
    const { success, stdout, stderr } = await start(`${bin}/${tool}`, args);
    if (!success) said.push(`${tool} ${args.join(" ")}\n${text(stdout)}${text(stderr)}`);
  }
  if (said.length > 0) throw new Error(said.join("\n"));
  return undefined;
}

/**
 * Makes a virtual environment with these requirements, once for what they say. Returns the folder of its programs, or
 * undefined where that can't be done.
 */
export async function installPython(python: string, folder: string, requirements: string): Promise<string | undefined> {
  const bin = `${folder}/${Deno.build.os === "windows" ? "Scripts" : "bin"}`;
  const mark = `${folder}/installed.txt`;
  const wanted = await Deno.readTextFile(requirements);
  if (await Deno.readTextFile(mark).catch(() => "") === wanted) return bin;
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const made = await start(python, ["-m", "venv", folder]);
  const installed = made.success &&
    (await start(`${bin}/python`, ["-m", "pip", "install", "--quiet", "--requirement", requirements])).success;
  if (!installed) return undefined;
  await Deno.writeTextFile(mark, wanted);
  return bin;
}

async function start(command: string, args: readonly string[]): Promise<Deno.CommandOutput> {
  return await new Deno.Command(command, {
    args: [...args],
    cwd: `${ROOT}/python`,
    env: { PYTHONDONTWRITEBYTECODE: "1", PYRIGHT_PYTHON_IGNORE_WARNINGS: "1" },
    stdin: "null",
  }).output();
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

if (import.meta.main) {
  const missing = await checkPython();
  if (missing !== undefined) console.error(`Not checked: ${missing}`);
}
