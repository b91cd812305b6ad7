/** What an executable's headers say about the system that it needs, as `file` and `readelf` read them. */
export interface Headers {
  /** "ELF for x64"; for anything but a 64-bit executable of a known format, what `file` calls it. */
  readonly kind: string;
  /** The loader that Linux starts it with; undefined where it needs none. */
  readonly interpreter: string | undefined;
  /** The libraries that it asks Linux for by name, in its own order. */
  readonly libraries: readonly string[];
  /** The newest version of the GNU C library that one of its symbols needs; undefined where none is named. */
  readonly glibc: string | undefined;
  /** What `readelf` could not read, a line each. */
  readonly faults: readonly string[];
}

/** What the two tools said about one file. */
export interface ToolOutput {
  /** Of `file --brief`. */
  readonly file: string;
  /** Of `readelf`, on standard output and on standard error; empty for what isn't an ELF file. */
  readonly readelf: string;
  readonly errors: string;
}

/** Makes sense of what the tools said. */
export function parseHeaders({ file, readelf, errors }: ToolOutput): Headers {
  const versions = [...readelf.matchAll(/Name: GLIBC_(\d[\d.]*)/g)].map(([, version]) => String(version));
  return {
    kind: kindOf(file),
    interpreter: /program interpreter: ([^\]\s]+)/.exec(readelf)?.[1],
    libraries: [...readelf.matchAll(/\(NEEDED\)\s+Shared library: \[([^\]]+)\]/g)].map(([, name]) => String(name)),
    glibc: versions.sort(compareVersions).at(-1),
    faults: errors.split("\n").filter((line) => line !== ""),
  };
}

/** Asks the tools about a file. Throws an `Error` that names a tool that is missing here. */
export async function readHeaders(path: string): Promise<Headers> {
  const { out: file } = await run("file", ["--brief", "--dereference", path]);
  if (!file.startsWith("ELF ")) return parseHeaders({ file, readelf: "", errors: "" });
  const options = ["--wide", "--program-headers", "--dynamic", "--version-info"];
  const { out, err } = await run("readelf", [...options, path]);
  return parseHeaders({ file, readelf: out, errors: err });
}

/** Whether both tools are here. */
export async function canReadHeaders(): Promise<boolean> {
  try {
    await Promise.all([run("file", ["--version"]), run("readelf", ["--version"])]);
    return true;
  } catch {
    return false;
  }
}

/** Below 0 where the first of two versions such as "2.27" is the older one, above 0 where it is the newer one. */
export function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0, patch = 0] = one.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0, otherPatch = 0] = other.split(".").map(Number);
  return major - otherMajor || minor - otherMinor || patch - otherPatch;
}

function kindOf(file: string): string {
  const format = /^(ELF|Mach-O) 64-bit |^(PE)32\+ /.exec(file);
  const machine = /\bx86[-_]64\b/.test(file) ? "x64" : /\b(aarch64|arm64)\b/i.test(file) ? "arm64" : undefined;
  return format === null || machine === undefined ? file.trim() : `${format[1] ?? format[2]} for ${machine}`;
}

async function run(program: string, args: readonly string[]): Promise<{ out: string; err: string }> {
  try {
    const { stdout, stderr } = await new Deno.Command(program, { args: [...args], env: { LC_ALL: "C" } }).output();
    return { out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const origin = program === "readelf" ? "binutils" : program;
    throw new Error(`Cannot examine binaries without ${program}: install ${origin}`, { cause: error });
  }
}
