// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { type BuildConfig, DEFAULT_ENDPOINT, parseEndpoint, RASA_LICENCE_KEY, VERSION } from "../lib/build_config.ts";
import { findRuntime, hostTarget, TARGETS } from "./runtime.ts";
import { findToolchain, parseCommented, ROOT, runDeno } from "./toolchain.ts";

const HELP = `Compiles rasa-telemetry into one binary.

Usage: deno task compile [OPTIONS]

  --output FILE           where to put it (dist/rasa-telemetry unless given)
  --target TRIPLE         for which system: ${TARGETS.map(({ triple }) => triple).join(", ")}
  --all                   for all of them, into dist/
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

/** What to build. */
export interface BuildOrder {
  readonly config: BuildConfig;
  readonly output: string;
  readonly target: string;
  /** Whether to check the types first. */
  readonly check: boolean;
}

/** Builds one binary: check, bundle into one module, compile with the release's permissions. */
export async function compile(order: BuildOrder): Promise<void> {
  const endpoint = parseEndpoint(order.config.endpoint);
  await requireLicenceKey(order.config.licenceKey);
  const { imports, options } = await findToolchain();
  if (order.check) await runDeno(["check", "--quiet", ...options, "main.ts"]);
  const folder = await Deno.makeTempDir({ dir: await buildFolder() });
  try {
    const config = `${folder}/build.ts`;
    // A write key that is undefined is left out, which reads as undefined.
    await Deno.writeTextFile(config, `export const build = ${JSON.stringify(order.config)};\n`);
    const map = `${folder}/import_map.json`;
    await Deno.writeTextFile(map, JSON.stringify({ imports: { ...imports, "#build": pathToFileURL(config).href } }));
    const bundle = `${folder}/main.js`;
    const lock = options.filter((option) => !option.startsWith("--import-map"));
    await runDeno(["bundle", "--quiet", "--minify", ...lock, `--import-map=${map}`, "-o", bundle, "main.ts"]);
    await compileModule(bundle, order.output, order.target, await releasePermissions(endpoint));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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

/** Compiles one module that imports nothing. */
export async function compileModule(
  module: string,
  output: string,
  target: string,
  permissions: readonly string[],
): Promise<void> {
  await Deno.utime(module, BUILD_DATE, BUILD_DATE);
  if (Deno.build.os !== "windows") await Deno.chmod(module, 0o644);
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
    return success ? undefined : new TextDecoder().decode(stderr);
  });
  if (runtime !== undefined) {
    const { success, stderr } = await command({ DENORT_BIN: runtime });
    if (!success) throw new Error(`deno compile failed:\n${new TextDecoder().decode(stderr)}`);
  }
  console.error(`compiled ${output} for ${target} with ${why}`);
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

async function buildFolder(): Promise<string> {
  const folder = `${ROOT}/.build`;
  await Deno.mkdir(folder, { recursive: true });
  return folder;
}

function parseOrders(args: string[], licenceKey: (path: string) => string): BuildOrder[] {
  const { values } = parseArgs({
    args,
    options: {
      "output": { type: "string" },
      "target": { type: "string" },
      "all": { type: "boolean", default: false },
      "endpoint": { type: "string", default: DEFAULT_ENDPOINT },
      "write-key": { type: "string" },
      "licence-key": { type: "string" },
    },
  });
  if (values.all && (values.output !== undefined || values.target !== undefined)) {
    throw new Error("Cannot build: --all goes with neither --output nor --target");
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
  if (!values.all) {
    return [{
      config,
      target,
      output: outputPath(values.output, target),
      check: true,
    }];
  }
  return known.map((triple, index) => (
    { config, target: triple, output: withSuffix(`${ROOT}/dist/rasa-telemetry-${triple}`, triple), check: index === 0 }
  ));
}

/** A task runs in the project's folder; a path is meant from where the person stands. */
function outputPath(given: string | undefined, target: string): string {
  return given ? fromCaller(given) : withSuffix(`${ROOT}/dist/rasa-telemetry`, target);
}

function fromCaller(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}

function withSuffix(path: string, target: string): string {
  return target.includes("windows") ? `${path}.exe` : path;
}

if (import.meta.main) {
  if (Deno.args.includes("--help") || Deno.args.includes("-h")) {
    console.log(HELP);
    Deno.exit(0);
  }
  let orders: BuildOrder[];
  try {
    orders = parseOrders(Deno.args, (path) => Deno.readTextFileSync(fromCaller(path)));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(2);
  }
  try {
    for (const order of orders) await compile(order);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(1);
  }
}
