import { copy } from "@std/fs/copy";
import type { BuildConfig } from "../../lib/build_config.ts";
import { librariesIn, readGraph } from "../toolchain/graph.ts";
import { joinChunks } from "./join_chunks.ts";
import { findToolchain, ROOT, runDeno } from "../toolchain/toolchain.ts";

/**
 * Bundles the program into a few modules in a folder, and returns the path of the main one. No package is embedded
 * then, and what a command doesn't need isn't read at its start.
 *
 * The bundler names and orders modules by their paths as seen from the program. Sources, libraries and configuration
 * are put beside each other, so that these paths are the same everywhere, and so is every byte of the bundle.
 */
export async function bundle(folder: string, config: BuildConfig): Promise<string> {
  await Deno.copyFile(`${ROOT}/main.ts`, `${folder}/main.ts`);
  await copy(`${ROOT}/lib`, `${folder}/lib`);
  // A write key that is undefined is left out, which reads as undefined.
  await Deno.writeTextFile(`${folder}/build.ts`, `export const build = ${JSON.stringify(config)};\n`);
  const imports = { "#build": "./build.ts", ...await bundleLibraries(folder) };
  await Deno.writeTextFile(`${folder}/inside.json`, JSON.stringify({ imports }));
  const options = ["--quiet", "--minify", "--code-splitting", "--import-map=inside.json", "--outdir", "modules"];
  await runDeno(["bundle", ...options, "--no-config", "--no-lock", "main.ts"], { cwd: folder });
  await joinChunks(`${folder}/modules`);
  return `${folder}/modules/main.js`;
}

/**
 * Bundles each module of @std that the program imports into a file of the folder, and returns the files by its name.
 */
async function bundleLibraries(folder: string): Promise<Record<string, string>> {
  const { imports, options } = await findToolchain();
  const names = librariesIn(await readGraph("main.ts"));
  await Deno.writeTextFile(`${folder}/outside.json`, JSON.stringify({ imports }));
  const sources = names.map((_, index) => `${folder}/library${index}.ts`);
  for (const [index, name] of names.entries()) {
    await Deno.writeTextFile(`${folder}/library${index}.ts`, `export * from "${name}";\n`);
  }
  const lock = options.filter((option) => !option.startsWith("--import-map"));
  const map = `--import-map=${folder}/outside.json`;
  await runDeno(["bundle", "--quiet", "--minify", map, "--outdir", `${folder}/libraries`, ...lock, ...sources]);
  return Object.fromEntries(names.map((name, index) => [name, `./libraries/library${index}.js`] as const));
}
