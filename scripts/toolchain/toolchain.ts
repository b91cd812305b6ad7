// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { fileURLToPath } from "node:url";

/**
 * Where the libraries come from: JSR, or the npm registry on a machine that doesn't reach JSR. This module imports
 * nothing from outside the project, because scripts/run.ts needs it before the libraries are found.
 */

/** How to start Deno so that the project's imports resolve. */
export interface Toolchain {
  readonly source: "JSR" | "the npm registry";
  /** Options for `deno run`, `test`, `check`, `info` and `bundle`. */
  readonly options: readonly string[];
  /** What the project's imports resolve to, in the form of an import map. */
  readonly imports: Readonly<Record<string, string>>;
}

/** The project's folder, without a slash at its end. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "");

/** The folder of the locks and of the import map. */
const FOLDER = `${ROOT}/scripts/toolchain`;

/**
 * The variable that tells a process which source was found, so that only the first process asks. Its values are the
 * names of `SOURCES`.
 */
export const TOOLCHAIN_VARIABLE = "TELEMETRY_TOOLCHAIN";

/** Where the libraries can come from, by the names that `TOOLCHAIN_VARIABLE` takes. */
const SOURCES: Readonly<Record<string, () => Promise<Toolchain>>> = { jsr: fromJsr, npm: fromNpm };

/** Modules that import all of @std that the project uses. Where they load from the cache, JSR need not be asked. */
const IMPORTERS = ["main.ts", "scripts/check/gate.ts", "tests/simulation/messages_test.ts"];

/** Longest wait for JSR, in milliseconds. The question takes three small requests. */
const JSR_WAIT_MS = 3_000;

/** Behind a proxy with an authority of its own, the registries are reached only with the system's authorities. */
export const CHILD_ENVIRONMENT: Readonly<Record<string, string>> = {
  DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "system,mozilla",
};

let found: Promise<Toolchain> | undefined;

/** Finds out where the libraries come from: once, and said on standard error by the process that had to ask. */
export function findToolchain(): Promise<Toolchain> {
  found ??= choose();
  return found;
}

/** Arguments with which Deno runs one of the project's tools: a module under scripts/. */
export async function toolCommand(path: string, args: readonly string[] = []): Promise<string[]> {
  const { options } = await findToolchain();
  return ["run", "-A", "--quiet", "--no-check", ...options, `${ROOT}/scripts/${path}`, ...args];
}

/** Arguments with which Deno runs tests: options of `deno test`, and files and folders. */
export async function testCommand(args: readonly string[]): Promise<string[]> {
  const { options } = await findToolchain();
  return ["test", "-A", "--no-check", ...options, ...args];
}

/** Runs Deno in the project's folder, with its output shown, and returns its exit code. */
export async function startDeno(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { ...CHILD_ENVIRONMENT, ...env },
  }).spawn();
  return (await child.status).code;
}

/**
 * Runs Deno and shows its output, or keeps it quiet. Throws an `Error` where it fails: with what it wrote on standard
 * error where it was kept quiet.
 */
export async function runDeno(
  args: readonly string[],
  options: { env?: Record<string, string>; quiet?: boolean; cwd?: string } = {},
): Promise<void> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: options.cwd ?? ROOT,
    env: { ...CHILD_ENVIRONMENT, ...options.env },
    stdin: "null",
    stdout: options.quiet ? "null" : "inherit",
    stderr: options.quiet ? "piped" : "inherit",
  }).output();
  if (output.success) return;
  const detail = options.quiet ? `:\n${new TextDecoder().decode(output.stderr)}` : "";
  throw new Error(`deno ${args[0]} ended with code ${output.code}${detail}`);
}

/** What Deno prints as JSON. Throws an `Error` where it fails. */
export async function askDeno(args: readonly string[]): Promise<unknown> {
  const { success, code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { ...CHILD_ENVIRONMENT, NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`deno ${args[0]} ended with code ${code}:\n${text(stderr)}`);
  return JSON.parse(text(stdout));
}

/** Whether Deno succeeds, quietly and in time. */
async function succeeds(args: readonly string[], waitMs?: number): Promise<boolean> {
  const signal = waitMs === undefined ? {} : { signal: AbortSignal.timeout(waitMs) };
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: CHILD_ENVIRONMENT,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    ...signal,
  });
  return (await command.output()).success;
}

async function choose(): Promise<Toolchain> {
  const known = SOURCES[Deno.env.get(TOOLCHAIN_VARIABLE) ?? ""];
  if (known !== undefined) return await known();
  const jsr = await fromJsr();
  const reachable = await succeeds(["test", "--no-run", "--no-check", "--cached-only", ...jsr.options, ...IMPORTERS]) ||
    await succeeds(["cache", "--no-lock", "--no-config", "jsr:@std/uuid@1.0.9/constants"], JSR_WAIT_MS);
  const chosen = reachable ? jsr : await fromNpm();
  Deno.env.set(TOOLCHAIN_VARIABLE, reachable ? "jsr" : "npm");
  console.error(`toolchain: Deno ${Deno.version.deno}, @std from ${chosen.source}`);
  return chosen;
}

async function fromJsr(): Promise<Toolchain> {
  const text = await Deno.readTextFile(`${ROOT}/deno.json`);
  const { imports } = parseCommented(text) as { imports: Record<string, string> };
  const map: Record<string, string> = {};
  for (const [name, target] of Object.entries(imports)) {
    map[name] = target.startsWith("./") ? new URL(`../../${target.slice(2)}`, import.meta.url).href : target;
    // deno.json resolves subpaths by itself; in an import map each prefix is an entry.
    if (target.startsWith("jsr:")) map[`${name}/`] = `${target.replace("jsr:", "jsr:/")}/`;
  }
  return { source: "JSR", options: [`--lock=${FOLDER}/jsr.lock`, "--frozen"], imports: map };
}

async function fromNpm(): Promise<Toolchain> {
  const path = `${FOLDER}/import_map.npm.json`;
  const { imports } = JSON.parse(await Deno.readTextFile(path)) as { imports: Record<string, string> };
  const map = Object.fromEntries(
    Object.entries(imports).map(([name, target]) =>
      [name, target.startsWith("../") ? new URL(target, import.meta.url).href : target] as const
    ),
  );
  return {
    source: "the npm registry",
    options: [`--import-map=${path}`, `--lock=${FOLDER}/npm.lock`, "--frozen"],
    imports: map,
  };
}

/** Parses JSON whose comments are on lines of their own, like those of deno.json. */
export function parseCommented(text: string): unknown {
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ""));
}
