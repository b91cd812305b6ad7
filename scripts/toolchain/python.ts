/** A Python that the module runs on. */
export interface Python {
  /** Its name on the PATH, or its path. */
  readonly command: string;
  /** Major and minor version, as `3.11`. */
  readonly version: string;
}

/** The oldest version 3.N that the module supports. */
const OLDEST_MINOR = 8;
/** The newest version 3.N that is looked for by its own name. It need not exist yet. */
const NEWEST_MINOR = 20;

/** The command of a Python that the module runs on; undefined where there is none. */
export async function findPython(): Promise<string | undefined> {
  for (const command of ["python3", "python"]) {
    if (await askVersion(command) !== undefined) return command;
  }
  return undefined;
}

/**
 * One Python of each version that this machine has and the module runs on, oldest first. Looks on the PATH and in
 * pyenv.
 */
export async function findPythons(): Promise<Python[]> {
  const named = Array.from(
    { length: NEWEST_MINOR - OLDEST_MINOR + 1 },
    (_, index) => `python3.${OLDEST_MINOR + index}`,
  );
  const commands = ["python3", "python", ...named, ...await listPyenv()];
  const versions = await Promise.all(commands.map(askVersion));
  const found = new Map<string, Python>();
  commands.forEach((command, index) => {
    const version = versions[index];
    if (version !== undefined && !found.has(version)) found.set(version, { command, version });
  });
  return [...found.values()].sort((a, b) => minorOf(a) - minorOf(b));
}

/** The Pythons that pyenv has installed, active or not. */
async function listPyenv(): Promise<string[]> {
  const home = Deno.env.get("HOME");
  const root = Deno.env.get("PYENV_ROOT") ?? (home === undefined ? undefined : `${home}/.pyenv`);
  if (root === undefined) return [];
  try {
    const versions = await Array.fromAsync(Deno.readDir(`${root}/versions`), ({ name }: Deno.DirEntry) => name);
    return versions.sort().map((name: string) => `${root}/versions/${name}/bin/python`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The version of a Python that is new enough; undefined where the command is missing or isn't such a Python. */
async function askVersion(command: string): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, {
      args: ["-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
      stdout: "piped",
      stderr: "null",
    }).output();
    const version = new TextDecoder().decode(stdout).trim();
    const isNew = /^3\.\d+$/.test(version) && minorOf({ version }) >= OLDEST_MINOR;
    return success && isNew ? version : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function minorOf({ version }: Pick<Python, "version">): number {
  return Number(version.split(".")[1]);
}
