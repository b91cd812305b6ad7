import type { BuildRecord } from "../build/compile.ts";
import { makeWheel } from "../build/wheel.ts";
import { TARGETS } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { INSTALLERS, SBOM_FILE, writeChecksums } from "./assets.ts";
import { hashed, listMaterials, readMaterials } from "./materials.ts";
import { type BuiltBinary, makeWheels } from "./wheels.ts";

/**
 * Adds to a folder of binaries what a release has besides: the wheels, the installers, the bill of materials and the
 * checksums. `records` says what each binary was made of, in the order of the targets.
 */
export async function completeRelease(folder: string, records: readonly BuildRecord[]): Promise<void> {
  for (const name of INSTALLERS) await Deno.copyFile(`${ROOT}/scripts/release/${name}`, `${folder}/${name}`);
  const materials = await readMaterials(records);
  const binaries = records.flatMap((record, index): BuiltBinary[] => {
    const target = TARGETS[index];
    return target === undefined ? [] : [{ target, path: `${folder}/${target.file}`, record }];
  });
  const wheels = [...await makeWheels(folder, binaries, materials), await makeWheel(undefined, folder)];
  const files = await Promise.all([...binaries.map(({ path }) => path), ...wheels].map(hashed));
  await Deno.writeTextFile(`${folder}/${SBOM_FILE}`, await listMaterials(materials, records, files));
  await writeChecksums(folder);
}
