/** A Python with packages of its own. */
export interface Venv {
  /** Its interpreter. */
  readonly python: string;
  /** The folder of its commands. */
  readonly scripts: string;
  /** The folder of its packages. */
  readonly packages: string;
}

/** What pip is told, so that nothing but the folder of wheels decides: no index, none of the machine's settings. */
export const PIP_OFFLINE: readonly string[] = [
  "-m",
  "pip",
  "--isolated",
  "--disable-pip-version-check",
  "install",
  "--quiet",
  "--no-index",
];

/** Whether this Python makes venvs with pip in them. Debian's lacks what it takes unless python3-venv is installed. */
export async function canMakeVenvs(python: string): Promise<boolean> {
  return await ask(python, ["-c", "import ensurepip, venv"]).then(() => true, () => false);
}

/** Makes a venv in a folder that doesn't exist yet, with the pip that the Python brings. */
export async function makeVenv(python: string, folder: string): Promise<Venv> {
  await ask(python, ["-m", "venv", folder]);
  return await findVenv(folder);
}

/** The venv in a folder. */
export async function findVenv(folder: string): Promise<Venv> {
  const onWindows = Deno.build.os === "windows";
  const scripts = onWindows ? `${folder}\\Scripts` : `${folder}/bin`;
  const python = onWindows ? `${scripts}\\python.exe` : `${scripts}/python`;
  const packages = await ask(python, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]);
  return { python, scripts, packages: packages.trim() };
}

/** The name of a command as this system's files have it. */
export function commandFile(name: string): string {
  return Deno.build.os === "windows" ? `${name}.exe` : name;
}

/** Runs a program, and returns what it printed. Throws an `Error` with what it complained of where it fails. */
export async function ask(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  const { success, code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { PIP_CONFIG_FILE: Deno.build.os === "windows" ? "NUL" : "/dev/null", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) {
    throw new Error(`${program} ${args.join(" ")} ended with code ${code}:\n${text(stdout)}${text(stderr)}`);
  }
  return text(stdout);
}
