import { ROOT, runDeno } from "./toolchain.ts";

/** A system that binaries are made for, and the npm package whose executable was made by the same Deno for it. */
export interface Target {
  readonly triple: string;
  readonly npmPackage: string;
}

/** Every system that binaries are made for. */
export const TARGETS: readonly Target[] = [
  { triple: "x86_64-unknown-linux-gnu", npmPackage: "@stdy/cli-linux-x64" },
  { triple: "aarch64-unknown-linux-gnu", npmPackage: "@stdy/cli-linux-arm64" },
  { triple: "x86_64-apple-darwin", npmPackage: "@stdy/cli-darwin-x64" },
  { triple: "aarch64-apple-darwin", npmPackage: "@stdy/cli-darwin-arm64" },
  { triple: "x86_64-pc-windows-msvc", npmPackage: "@stdy/cli-win32-x64" },
];

/** The release of those packages that Deno 2.7.11 made; scripts/runtime.lock pins their content. */
const NPM_VERSION = "0.22.2";

/** Which runtime a binary is made with. */
export interface RuntimeChoice {
  /** The file for DENORT_BIN; undefined: the compiler has used its own already. */
  readonly runtime: string | undefined;
  readonly why: string;
}

/** The system this machine is. */
export function hostTarget(): string {
  return Deno.build.target;
}

const fallen = new Map<string, string>();

/**
 * Tries to compile with Deno's own runtime; where that can't be had, finds one in the npm registry. `attempt` gives the
 * compiler's complaint, or undefined where it worked. Throws where neither can be had.
 */
export async function findRuntime(target: string, attempt: () => Promise<string | undefined>): Promise<RuntimeChoice> {
  const given = Deno.env.get("DENORT_BIN");
  if (given) return { runtime: given, why: "the runtime that DENORT_BIN names" };
  const known = fallen.get(target);
  if (known !== undefined) return { runtime: known, why: "the npm registry's runtime" };
  const complaint = await attempt();
  if (complaint === undefined) return { runtime: undefined, why: "Deno's own runtime" };
  if (!/Setting up base binary|denort/.test(complaint)) throw new Error(`deno compile failed:\n${complaint}`);
  const runtime = await fetchRuntime(target);
  fallen.set(target, runtime);
  return {
    runtime,
    why: "the npm registry's runtime, because Deno's own can't be reached: for tests, not for a release",
  };
}

async function fetchRuntime(target: string): Promise<string> {
  const file = `${ROOT}/.build/runtime-${Deno.version.deno}-${target}`;
  if (await exists(file)) return file;
  const found = TARGETS.find(({ triple }) => triple === target);
  if (found === undefined) throw new Error(`Cannot build for ${target}: no runtime is known for it`);
  // Deno's own npm client: it is here, it checks the content against the lock, and it knows the user's registry and proxy.
  await runDeno([
    "cache",
    "--no-config",
    `--lock=${ROOT}/scripts/runtime.lock`,
    "--frozen",
    `npm:${found.npmPackage}@${NPM_VERSION}`,
  ], {
    quiet: true,
  });
  const bytes = await Deno.readFile(await findExecutable(found.npmPackage));
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  await Deno.writeFile(temporary, target.includes("linux") ? withoutProgram(bytes) : bytes, { mode: 0o755 });
  await Deno.rename(temporary, file);
  return file;
}

/** The executable in Deno's cache of the package: the only file of its `bin`. */
async function findExecutable(npmPackage: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT }).output();
  const { npmCache } = JSON.parse(new TextDecoder().decode(stdout)) as { npmCache: string };
  for await (const registry of Deno.readDir(npmCache)) {
    const folder = `${npmCache}/${registry.name}/${npmPackage}/${NPM_VERSION}/bin`;
    if (!await exists(folder)) continue;
    for await (const entry of Deno.readDir(folder)) return `${folder}/${entry.name}`;
  }
  throw new Error(`Cannot find the executable of ${npmPackage}@${NPM_VERSION} in Deno's cache`);
}

/** An ELF file that Deno compiled ends with its program and that program's length, 8 bytes little-endian. */
function withoutProgram(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8).getBigUint64(0, true);
  return bytes.subarray(0, bytes.length - Number(length));
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
