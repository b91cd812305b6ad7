// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { dirname, join } from "@std/path";
import { type BuildConfig, parseEndpoint } from "../../lib/build_config.ts";
import { permissionsFor } from "../../lib/host/permissions.ts";
import { importKey } from "../../lib/licence/verify.ts";
import { findRuntime, ownRuntime } from "../toolchain/runtime.ts";
import { CHILD_ENVIRONMENT, findToolchain, ROOT, runDeno, type Toolchain } from "../toolchain/toolchain.ts";
import { bundle } from "./bundle.ts";

/** The date of the files that are compiled, so that two builds of the same sources are the same to the last byte. */
const BUILD_DATE = new Date("2020-01-01T00:00:00Z");

/** The variables that the compiler needs. It gets no others, because they could end up in the binary. */
const COMPILER_VARIABLES = [
  "HOME",
  "USERPROFILE",
  "LOCALAPPDATA",
  "SystemRoot",
  "TEMP",
  "TMPDIR",
  "XDG_CACHE_HOME",
  "DENO_DIR",
  "HTTPS_PROXY",
  "https_proxy",
  "NO_PROXY",
  "no_proxy",
];

/** Options of the JavaScript engine. The effect of each was measured: docs/performance.md. */
const ENGINE_OPTIONS = [
  // The room for new objects, in MiB, from the start and at most. Most runs end before it is full for the first time.
  "--min-semi-space-size=2",
  "--max-semi-space-size=2",
  // Without a limit the heap may grow to 4 GiB before the engine collects garbage in earnest. A run that needs more
  // than this many MiB has a fault.
  "--max-old-space-size=128",
  // Nothing is compiled to machine code, patterns neither: most of this program runs once or twice. So it also runs
  // where memory may not become executable (systemd's MemoryDenyWriteExecute). docs/performance.md has what it costs.
  "--jitless",
  // A fault is reported without its stack, because a stack holds paths.
  "--stack-trace-limit=0",
];

/** What the compiler is told for every binary, but for the engine's options. */
const COMPILER_OPTIONS = [
  "compile",
  "--quiet",
  "--no-config",
  "--no-lock",
  "--no-check",
  "--no-prompt",
  // docs/contributing/decisions/16-no-code-cache.md
  "--no-code-cache",
];

/** What to build. */
export interface BuildOrder {
  readonly config: BuildConfig;
  readonly output: string;
  readonly target: string;
  /** Whether to check the types first. */
  readonly check: boolean;
  /** Whether to refuse a runtime and libraries that are good enough for tests only. */
  readonly release?: boolean;
}

/** What a binary was built from. */
export interface BuildRecord {
  readonly libraries: Toolchain["source"];
  /** The file that the runtime came from. */
  readonly runtime: string;
  /** Whether telemetry is off until somebody enables it. */
  readonly offByDefault: boolean;
}

/**
 * Builds one binary: checks the types, bundles, and compiles with the release's permissions. Throws an `Error` that
 * says what is wrong with the order or with the sources.
 */
export async function compile(order: BuildOrder): Promise<BuildRecord> {
  const endpoint = parseEndpoint(order.config.endpoint);
  await requireLicenceKey(order.config.licenceKey);
  if (order.release && Deno.env.get("DENORT_BIN")) {
    throw new Error("Cannot build a release: DENORT_BIN names a runtime, and nobody knows what is in it; unset it");
  }
  const { options, source } = await findToolchain();
  if (order.release && source !== "JSR") {
    throw new Error(`Cannot build a release with @std from ${source}: JSR must be reachable`);
  }
  if (order.check) await runDeno(["check", "--quiet", ...options, "main.ts"]);
  await Deno.mkdir(`${ROOT}/.build`, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${ROOT}/.build` });
  try {
    const module = await bundle(folder, order.config);
    const runtime = await compileModules(module, order.output, order.target, releasePermissions(endpoint), order);
    return { libraries: source, runtime, offByDefault: order.config.offByDefault };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Throws where the text isn't a public key: a binary built with it would call every licence forged. */
async function requireLicenceKey(pem: string): Promise<void> {
  if (await importKey(pem) === undefined) {
    throw new Error("Cannot build with this licence key: it must be an RSA public key (SPKI) in PEM");
  }
}

/**
 * Compiles a module together with the modules beside it. Their folder must hold nothing else, and they must import
 * nothing from elsewhere. `engineOptions` are this program's, unless given. Returns the file that the runtime came
 * from.
 */
export async function compileModules(
  module: string,
  output: string,
  target: string,
  permissions: readonly string[],
  { release = false, engineOptions = ENGINE_OPTIONS }: {
    readonly release?: boolean;
    readonly engineOptions?: readonly string[];
  } = {},
): Promise<string> {
  await fixFiles(dirname(module));
  const engine = engineOptions.length === 0 ? [] : [`--v8-flags=${engineOptions.join(",")}`];
  const args = [...COMPILER_OPTIONS, ...engine, `--target=${target}`, ...permissions, "-o", output, module];
  const { runtime, why } = await findRuntime(target, async () => {
    const complaint = await runCompiler(args, {});
    if (complaint === undefined) return undefined;
    if (release) throw new Error(`Cannot build a release without Deno's own runtime for ${target}:\n${complaint}`);
    return complaint;
  });
  if (runtime !== undefined) {
    const complaint = await runCompiler(args, { DENORT_BIN: runtime });
    if (complaint !== undefined) throw new Error(`deno compile failed:\n${complaint}`);
  }
  console.error(`compiled ${output} for ${target} with ${why}`);
  return runtime ?? await ownRuntime(target);
}

/** Gives the files of a folder the same date and mode on every machine. */
async function fixFiles(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    await Deno.utime(path, BUILD_DATE, BUILD_DATE);
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o644);
  }
}

/** Runs the compiler, and returns its complaint; undefined where it succeeded. */
async function runCompiler(args: readonly string[], env: Record<string, string>): Promise<string | undefined> {
  const variables = COMPILER_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    clearEnv: true,
    env: { ...Object.fromEntries(variables), NO_COLOR: "1", ...CHILD_ENVIRONMENT, ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr);
}

/** What the released binary may do, as options of `deno compile`. */
export function releasePermissions(endpoint: URL): string[] {
  return permissionsFor(endpoint.href).flatMap(({ kinds, grant }) => {
    if (grant === false) return [];
    return kinds.map((kind) => grant === true ? `--allow-${kind}` : `--allow-${kind}=${grant.join(",")}`);
  });
}
