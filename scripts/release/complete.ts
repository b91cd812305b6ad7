import { basename } from "@std/path";
import { VERSION } from "../../lib/build_config.ts";
import type { BuildRecord } from "../build/compile.ts";
import { TARGETS } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { hashFile, INSTALLERS, SBOM_FILE, writeChecksums } from "./assets.ts";
import { buildSbom, findImports, readJsrLibraries, readNpmLibraries } from "./sbom.ts";

/** Adds to a folder of binaries what a release has besides: the installers, the bill of materials and the checksums. */
export async function completeRelease(folder: string, records: readonly BuildRecord[]): Promise<void> {
  for (const name of INSTALLERS) await Deno.copyFile(`${ROOT}/scripts/release/${name}`, `${folder}/${name}`);
  const fromJsr = records.every(({ libraries }) => libraries === "JSR");
  const libraries = fromJsr ? await readJsrLibraries() : await readNpmLibraries();
  const hashed = async (path: string) => ({ name: basename(path), sha256: await hashFile(path) });
  const sbom = await buildSbom({
    version: VERSION,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    runtimes: await Promise.all(records.map(({ runtime }) => hashed(runtime))),
    binaries: await Promise.all(TARGETS.map(({ file }) => hashed(`${folder}/${file}`))),
    libraries,
    imported: fromJsr ? await findImports() : libraries.map(({ name }) => name),
  });
  await Deno.writeTextFile(`${folder}/${SBOM_FILE}`, sbom);
  await writeChecksums(folder);
}
