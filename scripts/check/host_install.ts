import { canMakeVenvs, commandFile, findVenv, makeVenv, type Venv } from "../support/venv.ts";
import type { Python } from "../toolchain/python.ts";
import { ROOT } from "../toolchain/toolchain.ts";

/** A release of Rasa that the Python package is tried in. */
export interface Release {
  /** The requirement that pip installs. */
  readonly name: string;
  /** The versions of Python that it runs on. The first is the one that the list of its packages is for. */
  readonly pythons: readonly string[];
  /** The program in python/host that tries it. */
  readonly program: string;
  /** What users have beside it, which its trial needs too: a requirement. */
  readonly beside?: string;
}

/** Where the packages are kept. */
const FOLDER = `${ROOT}/.build/host`;
/** What installs in a fifth of pip's time. */
const UV = "uv==0.13.9";
/** How long one way of installing may take: Rasa with all it needs is 1 to 2.5 GB. */
const INSTALL_MS = 150_000;

/** The first Python that the release runs on and that makes venvs with pip in them; undefined where there is none. */
export async function findFitting(release: Release, pythons: readonly Python[]): Promise<Python | undefined> {
  for (const wanted of release.pythons) {
    const found = pythons.find(({ version }) => version === wanted);
    if (found !== undefined && await canMakeVenvs(found.command)) return found;
  }
  return undefined;
}

/** A command for uv: the one on the PATH, or one from the registry; undefined where it can't be had. */
export async function findUv({ command }: Python): Promise<string | undefined> {
  const folder = `${FOLDER}/${UV}`;
  const own = `${folder}/${Deno.build.os === "windows" ? "Scripts" : "bin"}/${commandFile("uv")}`;
  for (const uv of ["uv", own]) {
    if (await succeeds(uv, ["--version"])) return uv;
  }
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const { python } = await makeVenv(command, folder);
  return await succeeds(python, ["-m", "pip", "install", "--quiet", UV]) ? own : undefined;
}

/** The venv with the release as the registry has it, made once; undefined where it can't be installed. */
export async function installRelease(
  release: Release,
  { command, version }: Python,
  uv: string | undefined,
): Promise<Venv | undefined> {
  const folder = `${FOLDER}/${release.name}-${version}`;
  const list = `${ROOT}/python/host/${release.name.replace("==", "-")}.txt`;
  // What fits the first Python need not fit another: there the installer finds out what does.
  const isListed = version === release.pythons[0] && Deno.build.os === "linux";
  const wanted = `${isListed ? await Deno.readTextFile(list) : release.name}\n${release.beside ?? ""}\n`;
  if (await Deno.readTextFile(`${folder}/installed.txt`).catch(() => "") === wanted) {
    return await findVenv(folder);
  }
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const venv = await makeVenv(command, folder);
  const what = isListed ? ["--no-deps", "--requirement", list] : [release.name];
  if (!await install(venv, what, uv)) return undefined;
  const { beside } = release;
  if (beside !== undefined && !await install(venv, ["--target", besideOf(venv), beside], uv)) return undefined;
  await Deno.writeTextFile(`${folder}/installed.txt`, wanted);
  return venv;
}

/** The folder of what users have beside the release. */
export function besideOf({ packages }: Venv): string {
  return `${packages}-beside`;
}

async function install({ python }: Venv, what: readonly string[], uv: string | undefined): Promise<boolean> {
  // On the venvs' file system, so that their files are links to the cache's.
  const env = { UV_CACHE_DIR: `${FOLDER}/uv-cache` };
  if (uv !== undefined && await succeeds(uv, ["pip", "install", "--quiet", "--python", python, ...what], env)) {
    return true;
  }
  // The machine's settings may name an index of its own, which pip alone knows.
  return await succeeds(python, ["-m", "pip", "install", "--quiet", "--no-compile", ...what]);
}

async function succeeds(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, {
      args: [...args],
      env,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(INSTALL_MS),
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
