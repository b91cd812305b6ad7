import { exists } from "@std/fs/exists";
import { packageFolder } from "./npm_package.ts";
import { TARGETS } from "./targets.ts";
import { askDeno, ROOT } from "./toolchain.ts";

/**
 * The version of the npm packages with runtimes that was made with Deno 2.7.11; scripts/toolchain/runtime.lock pins
 * their content.
 */
const NPM_VERSION = "0.22.2";

/** Which runtime a binary is made with. */
export interface RuntimeChoice {
  /** The file for DENORT_BIN; undefined where the compiler has already used its own. */
  readonly runtime: string | undefined;
  readonly why: string;
}

/** Runtimes from the npm registry that this process has fetched, by target. */
const fetched = new Map<string, string>();

/**
 * Tries to compile with Deno's own runtime; where it can't be downloaded, finds one in the npm registry. `attempt`
 * returns the compiler's complaint, or undefined where it succeeded. Throws where no runtime can be found.
 */
export async function findRuntime(target: string, attempt: () => Promise<string | undefined>): Promise<RuntimeChoice> {
  const given = Deno.env.get("DENORT_BIN");
  if (given) return { runtime: given, why: "the runtime that DENORT_BIN names" };
  const known = fetched.get(target);
  if (known !== undefined) return { runtime: known, why: "the npm registry's runtime" };
  const complaint = await attempt();
  if (complaint === undefined) return { runtime: undefined, why: "Deno's own runtime" };
  if (!/Setting up base binary|denort/.test(complaint)) throw new Error(`deno compile failed:\n${complaint}`);
  const runtime = await fetchRuntime(target);
  fetched.set(target, runtime);
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
  const bytes = await Deno.readFile(await findExecutable(found.npmPackage));
  const temporary = `${file}.${crypto.randomUUID()}.tmp`;
  await Deno.writeFile(temporary, target.includes("linux") ? withoutProgram(bytes) : bytes, { mode: 0o755 });
  await Deno.rename(temporary, file);
  return file;
}

/** The executable of a package: the only file of its `bin`. */
async function findExecutable(npmPackage: string): Promise<string> {
  const folder = `${await packageFolder(npmPackage, NPM_VERSION, "runtime.lock")}/bin`;
  for await (const { name } of Deno.readDir(folder)) return `${folder}/${name}`;
  throw new Error(`Cannot find the executable of ${npmPackage}@${NPM_VERSION}`);
}

/**
 * The runtime alone. An ELF file made by `deno compile` ends with the program and its length, 8 bytes little-endian.
 */
function withoutProgram(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8).getBigUint64(0, true);
  return bytes.subarray(0, bytes.length - Number(length));
}

/** Where the compiler keeps its own runtime once it has downloaded it. */
export async function ownRuntime(target: string): Promise<string> {
  const { denoDir } = await askDeno(["info", "--json", "--no-config"]) as { denoDir: string };
  return `${denoDir}/dl/release/v${Deno.version.deno}/denort-${target}.zip`;
}
