// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { fileURLToPath } from "node:url";

/**
 * Where the libraries come from: JSR, or the npm registry on a machine that reaches nothing else. This module and the scripts
 * that import it import nothing from outside themselves, so that they run before either was asked.
 */

/** How to start Deno so that the project's imports resolve. */
export interface Toolchain {
  readonly source: "JSR" | "the npm registry";
  /** Options for `deno run`, `test`, `check` and `bundle`. */
  readonly options: readonly string[];
  /** What the project's imports resolve to, as an import map has it. */
  readonly imports: Readonly<Record<string, string>>;
}

/** The project's folder. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Longest wait for JSR, in milliseconds: three small requests. */
const JSR_WAIT_MS = 3_000;

/** Behind a proxy with an authority of its own the registries are reached only with the system's authorities. */
const CHILD_ENVIRONMENT = { DENO_TLS_CA_STORE: Deno.env.get("DENO_TLS_CA_STORE") ?? "system,mozilla" };

let found: Promise<Toolchain> | undefined;

/** Finds out which of the two it is, once, and says so on standard error. */
export function findToolchain(): Promise<Toolchain> {
  found ??= choose();
  return found;
}

/** Runs Deno with its output shown. Throws where it fails. */
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

/** Runs one of the project's programs with its imports resolved. */
export async function runProgram(file: string, args: readonly string[] = []): Promise<void> {
  const { options } = await findToolchain();
  await runDeno(["run", "-A", "--no-check", ...options, file, ...args]);
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
  const jsr = await succeeds(["cache", "--cached-only", "main.ts"]) ||
    await succeeds(["cache", "--no-lock", "--no-config", "jsr:@std/uuid@1.0.9/constants"], JSR_WAIT_MS);
  const chosen: Toolchain = jsr ? await fromJsr() : await fromNpm();
  console.error(`toolchain: Deno ${Deno.version.deno}, @std from ${chosen.source}`);
  return chosen;
}

async function fromJsr(): Promise<Toolchain> {
  const text = await Deno.readTextFile(`${ROOT}/deno.json`);
  const { imports } = parseCommented(text) as { imports: Record<string, string> };
  const map: Record<string, string> = {};
  for (const [name, target] of Object.entries(imports)) {
    map[name] = target.startsWith("./") ? new URL(`../${target.slice(2)}`, import.meta.url).href : target;
    // An import map proper has no subpaths of its own.
    if (target.startsWith("jsr:")) map[`${name}/`] = `${target.replace("jsr:", "jsr:/")}/`;
  }
  return { source: "JSR", options: [`--lock=${ROOT}/scripts/jsr.lock`, "--frozen"], imports: map };
}

async function fromNpm(): Promise<Toolchain> {
  const path = `${ROOT}/scripts/import_map.npm.json`;
  const { imports } = JSON.parse(await Deno.readTextFile(path)) as { imports: Record<string, string> };
  const map = Object.fromEntries(
    Object.entries(imports).map((
      [name, target],
    ) => [name, target.startsWith("../") ? new URL(target, import.meta.url).href : target]),
  );
  return {
    source: "the npm registry",
    options: [`--import-map=${path}`, `--lock=${ROOT}/scripts/npm.lock`, "--frozen"],
    imports: map,
  };
}

/** JSON whose comments stand on lines of their own, as those of deno.json do. */
export function parseCommented(text: string): unknown {
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ""));
}
