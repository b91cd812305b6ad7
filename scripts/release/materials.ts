import { basename } from "@std/path";
import { VERSION } from "../../lib/build_config.ts";
import type { BuildRecord } from "../build/compile.ts";
import { hashFile } from "./assets.ts";
import { buildSbom, findImports, type HashedFile, type Library, readJsrLibraries, readNpmLibraries } from "./sbom.ts";

/** What all binaries of a build were made of. */
export interface Materials {
  readonly version: string;
  readonly deno: string;
  readonly v8: string;
  readonly libraries: readonly Library[];
  readonly imported: readonly string[];
}

/** Finds out what the binaries of a build were made of. */
export async function readMaterials(records: readonly BuildRecord[]): Promise<Materials> {
  const fromJsr = records.every(({ libraries }) => libraries === "JSR");
  const libraries = fromJsr ? await readJsrLibraries() : await readNpmLibraries();
  const imported = fromJsr ? await findImports() : libraries.map(({ name }) => name);
  return { version: VERSION, deno: Deno.version.deno, v8: Deno.version.v8, libraries, imported };
}

/** The bill of materials of files that were made with some of the build's runtimes. */
export async function listMaterials(
  materials: Materials,
  records: readonly BuildRecord[],
  files: readonly HashedFile[],
): Promise<string> {
  const runtimes = await Promise.all(records.map(({ runtime }) => hashed(runtime)));
  return await buildSbom({ ...materials, runtimes, files });
}

/** A file as a bill of materials names it. */
export async function hashed(path: string): Promise<HashedFile> {
  return { name: basename(path), sha256: await hashFile(path) };
}
