// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type BuildConfig, DEFAULT_ENDPOINT, parseEndpoint, RASA_LICENCE_KEY, VERSION } from "../lib/build_config.ts";
import { ASSETS, CHECKSUMS_FILE, SBOM_FILE } from "./assets.ts";
import { completeRelease } from "./release.ts";
import { findRuntime, hostTarget, TARGETS } from "./runtime.ts";
import { findToolchain, parseCommented, ROOT, runDeno, type Toolchain } from "./toolchain.ts";

const HELP = `Compiles rasa-telemetry into one binary.

Usage: deno task compile [OPTIONS]

  --output FILE           where to put it (dist/rasa-telemetry unless given)
  --target TRIPLE         for which system: ${TARGETS.map(({ triple }) => triple).join(", ")}
  --all                   for all of them, into dist/, with installers, bill of materials (${SBOM_FILE})
                          and checksums (${CHECKSUMS_FILE})
  --release               as for a release: needs a write key, and takes the runtime and the libraries only from where
                          Deno itself has them
  --endpoint URL          where reports go (${DEFAULT_ENDPOINT} unless given): https, or http to a loopback address
  --write-key KEY         the key of the receiving source; without one the binary sends nothing
  --licence-key PEM_FILE  the public key of licences (Rasa's unless given)
`;

/** Sources carry this date, so that two builds of the same sources are the same to the last byte. */
const BUILD_DATE = new Date("2020-01-01T00:00:00Z");

/** What of the environment the compiler needs; everything else could end up in the binary. */
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

/** How the engine is to work. What each is worth was measured: docs/performance.md. */
const ENGINE_OPTIONS = [
  // New objects have this much room (MiB), from the start and at most: most runs end before it is full for the first time.
  "--min-semi-space-size=2",
  "--max-semi-space-size=2",
  // Otherwise the heap may grow to 4 GiB before the engine makes an effort; more than this is a fault of the program.
  "--max-old-space-size=128",
  // Their code and what they know of the program's take more memory than their speed is worth here.
  "--no-turbofan",
  "--no-maglev",
  // A pattern is interpreted so often before it is compiled: in a start most are used once or twice.
  "--regexp-tier-up-ticks=50",
  // Nobody sees them: a fault is told without its stack, which holds paths.
  "--stack-trace-limit=0",
];

/** Where binaries go unless the builder says otherwise. */
const DIST = `${ROOT}/dist`;

/** What to build. */
export interface BuildOrder {
  readonly config: BuildConfig;
  readonly output: string;
  readonly target: string;
  /** Whether to check the types first. */
  readonly check: boolean;
  /** Whether to refuse what is good enough for tests only. */
  readonly release?: boolean;
}

/** What a binary was built from. */
export interface BuildRecord {
  readonly libraries: Toolchain["source"];
  /** The file that the runtime came from. */
  readonly runtime: string;
}

/**
 * Builds one binary: check, bundle, compile with the release's permissions. Bundled into a few modules, so that no package is
 * embedded, and what a command doesn't need isn't read at its start.
 */
export async function compile(order: BuildOrder): Promise<BuildRecord> {
  const endpoint = parseEndpoint(order.config.endpoint);
  await requireLicenceKey(order.config.licenceKey);
  if (order.release && Deno.env.get("DENORT_BIN")) {
    throw new Error("Cannot build a release: DENORT_BIN names a runtime, and nobody knows what is in it; unset it");
  }
  const { imports, options, source } = await findToolchain();
  if (order.release && source !== "JSR") {
    throw new Error(`Cannot build a release with @std from ${source}: JSR must be reachable`);
  }
  if (order.check) await runDeno(["check", "--quiet", ...options, "main.ts"]);
  const folder = await Deno.makeTempDir({ dir: await buildFolder() });
  try {
    const lock = options.filter((option) => !option.startsWith("--import-map"));
    const modules = await bundle(folder, order.config, imports, lock);
    const permissions = await releasePermissions(endpoint);
    const runtime = await compileModules(`${modules}/main.js`, order.output, order.target, permissions, order);
    return { libraries: source, runtime };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What the program imports from outside itself. */
const LIBRARIES = [
  "@std/cli/parse-args",
  "@std/fmt/bytes",
  "@std/fmt/colors",
  "@std/fmt/duration",
  "@std/path",
  "@std/uuid/v4",
  "@std/yaml",
];

/**
 * Bundles the program into a few modules, and gives their folder. The bundler names and orders things by their paths as seen
 * from the program: sources, libraries and configuration are put beside each other, so that these are the same everywhere.
 */
async function bundle(
  folder: string,
  config: BuildConfig,
  imports: Readonly<Record<string, string>>,
  lock: readonly string[],
): Promise<string> {
  await copySources(folder);
  // A write key that is undefined is left out, which reads as undefined.
  await Deno.writeTextFile(`${folder}/build.ts`, `export const build = ${JSON.stringify(config)};\n`);
  await Deno.writeTextFile(`${folder}/outside.json`, JSON.stringify({ imports }));
  const inside: Record<string, string> = { "#build": "./build.ts" };
  // One after the other: on a machine that never bundled, the first one fetches the bundler, and two at a time do it badly.
  for (const [index, name] of LIBRARIES.entries()) {
    const path = `${folder}/library${index}`;
    await Deno.writeTextFile(`${path}.ts`, `export * from "${name}";\n`);
    const bundling = ["--quiet", "--minify", `--import-map=${folder}/outside.json`, "-o", `${path}.js`];
    await runDeno(["bundle", ...bundling, ...lock, `${path}.ts`]);
    inside[name] = `./library${index}.js`;
  }
  await Deno.writeTextFile(`${folder}/inside.json`, JSON.stringify({ imports: inside }));
  const bundling = ["--quiet", "--minify", "--code-splitting", "--import-map=inside.json", "--outdir", "modules"];
  await runDeno(["bundle", ...bundling, "--no-config", "--no-lock", "main.ts"], { cwd: folder });
  return `${folder}/modules`;
}

async function copySources(folder: string): Promise<void> {
  await Deno.copyFile(`${ROOT}/main.ts`, `${folder}/main.ts`);
  const copyFolder = async (name: string) => {
    await Deno.mkdir(`${folder}/${name}`);
    for await (const entry of Deno.readDir(`${ROOT}/${name}`)) {
      const path = `${name}/${entry.name}`;
      await (entry.isDirectory ? copyFolder(path) : Deno.copyFile(`${ROOT}/${path}`, `${folder}/${path}`));
    }
  };
  await copyFolder("lib");
}

/** Throws where the text is no public key: a binary built with it would take every licence for forged. */
async function requireLicenceKey(pem: string): Promise<void> {
  try {
    const body = pem.replace(/-----(BEGIN|END) PUBLIC KEY-----/g, "").replace(/\s/g, "");
    const bytes = Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
    await crypto.subtle.importKey("spki", bytes, { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, false, ["verify"]);
  } catch (error) {
    throw new Error("Cannot build with this licence key: it must be an RSA public key (SPKI) in PEM", { cause: error });
  }
}

/**
 * Compiles a module with those beside it that it imports, and nothing from elsewhere; the folder must hold nothing else.
 * Returns the file that the runtime came from.
 */
export async function compileModules(
  module: string,
  output: string,
  target: string,
  permissions: readonly string[],
  { release = false }: { readonly release?: boolean } = {},
): Promise<string> {
  for await (const { name } of Deno.readDir(dirname(module))) {
    const path = join(dirname(module), name);
    await Deno.utime(path, BUILD_DATE, BUILD_DATE);
    if (Deno.build.os !== "windows") await Deno.chmod(path, 0o644);
  }
  const variables = COMPILER_VARIABLES.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const args = [
    "compile",
    "--quiet",
    "--no-config",
    "--no-lock",
    "--no-check",
    "--no-prompt",
    "--no-code-cache",
    `--v8-flags=${ENGINE_OPTIONS.join(",")}`,
    `--target=${target}`,
  ];
  const command = (runtime: Record<string, string>) =>
    new Deno.Command(Deno.execPath(), {
      args: [...args, ...permissions, "-o", output, module],
      clearEnv: true,
      env: { ...Object.fromEntries(variables), NO_COLOR: "1", DENO_TLS_CA_STORE: "system,mozilla", ...runtime },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
  const { runtime, why } = await findRuntime(target, async () => {
    const { success, stderr } = await command({});
    if (success) return undefined;
    const complaint = new TextDecoder().decode(stderr);
    if (release) throw new Error(`Cannot build a release without Deno's own runtime for ${target}:\n${complaint}`);
    return complaint;
  });
  if (runtime !== undefined) {
    const { success, stderr } = await command({ DENORT_BIN: runtime });
    if (!success) throw new Error(`deno compile failed:\n${new TextDecoder().decode(stderr)}`);
  }
  console.error(`compiled ${output} for ${target} with ${why}`);
  return runtime ?? await ownRuntime(target);
}

/** Where the compiler keeps its own runtime once it has downloaded it. */
async function ownRuntime(target: string): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", "--no-config"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  return `${denoDir}/dl/release/v${Deno.version.deno}/denort-${target}.zip`;
}

/** The release's permissions as deno.json lists them, as options of `deno compile`; net is the endpoint's host and port alone. */
export async function releasePermissions(endpoint: URL): Promise<string[]> {
  const file = parseCommented(await Deno.readTextFile(`${ROOT}/deno.json`)) as {
    permissions: { release: Record<string, boolean | string[]> };
  };
  const port = endpoint.port || (endpoint.protocol === "https:" ? "443" : "80");
  const granted: Record<string, boolean | string[]> = {
    ...file.permissions.release,
    net: [`${endpoint.hostname}:${port}`],
  };
  return Object.entries(granted).flatMap(([kind, value]) => {
    if (value === false) return [];
    return [value === true ? `--allow-${kind}` : `--allow-${kind}=${value.join(",")}`];
  });
}

/** Builds every binary, and what goes with them. */
async function compileAll(orders: readonly BuildOrder[]): Promise<void> {
  await Deno.mkdir(DIST, { recursive: true });
  // What fails half-way must not leave the checksums of what was there before.
  await Deno.remove(`${DIST}/${CHECKSUMS_FILE}`).catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const records: BuildRecord[] = [];
  for (const order of orders) records.push(await compile(order));
  await completeRelease(DIST, records);
}

async function buildFolder(): Promise<string> {
  const folder = `${ROOT}/.build`;
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

/** Whether all is to be built, and how. Throws an `Error` that says what is wrong with the arguments. */
function parseOrders(args: string[], licenceKey: (path: string) => string): { all: boolean; orders: BuildOrder[] } {
  const { values } = parseArgs({
    args,
    options: {
      "output": { type: "string" },
      "target": { type: "string" },
      "all": { type: "boolean", default: false },
      "release": { type: "boolean", default: false },
      "endpoint": { type: "string", default: DEFAULT_ENDPOINT },
      "write-key": { type: "string" },
      "licence-key": { type: "string" },
    },
  });
  if (values.all && (values.output !== undefined || values.target !== undefined)) {
    throw new Error("Cannot build: --all goes with neither --output nor --target");
  }
  if (values.release && !values["write-key"]) {
    throw new Error("Cannot build a release without --write-key: the binary would send nothing");
  }
  const config: BuildConfig = {
    version: VERSION,
    endpoint: parseEndpoint(values.endpoint).origin,
    writeKey: values["write-key"] || undefined,
    licenceKey: values["licence-key"] === undefined ? RASA_LICENCE_KEY : licenceKey(values["licence-key"]),
  };
  const known = TARGETS.map(({ triple }) => triple);
  const target = values.target ?? hostTarget();
  if (!known.includes(target)) throw new Error(`Cannot build for ${target}: the targets are ${known.join(", ")}`);
  const { all, release } = values;
  if (!all) {
    return { all, orders: [{ config, target, output: outputPath(values.output, target), check: true, release }] };
  }
  const orders = ASSETS.map(({ triple, file }, index) => (
    { config, target: triple, output: `${DIST}/${file}`, check: index === 0, release }
  ));
  return { all, orders };
}

/** A task runs in the project's folder; a path is meant from where the person stands. */
function outputPath(given: string | undefined, target: string): string {
  return given ? fromCaller(given) : `${DIST}/rasa-telemetry${target.includes("windows") ? ".exe" : ""}`;
}

function fromCaller(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

if (import.meta.main) {
  if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
    console.log(HELP);
    Deno.exit(0);
  }
  let wanted: ReturnType<typeof parseOrders>;
  try {
    wanted = parseOrders(Deno.args, (path) => Deno.readTextFileSync(fromCaller(path)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(2);
  }
  try {
    if (wanted.all) await compileAll(wanted.orders);
    else for (const order of wanted.orders) await compile(order);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
