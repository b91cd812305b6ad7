import type { BuildRecord } from "../build/compile.ts";
import { binaryName, makeWheel } from "../build/wheel.ts";
import type { Target } from "../toolchain/targets.ts";
import { hashFile } from "./assets.ts";
import { listMaterials, type Materials } from "./materials.ts";

/** A binary that a wheel is to be made of. */
export interface BuiltBinary {
  readonly target: Target;
  readonly path: string;
  readonly record: BuildRecord;
}

/** Makes the wheel of each binary in a folder, with the bill of materials inside. Returns their paths. */
export async function makeWheels(
  folder: string,
  binaries: readonly BuiltBinary[],
  materials: Materials,
): Promise<string[]> {
  const paths: string[] = [];
  // One after the other: each takes the memory of its binary twice.
  for (const { target, path, record } of binaries) {
    const file = { name: binaryName(target), sha256: await hashFile(path) };
    const sbom = await listMaterials(materials, [record], [file]);
    paths.push(await makeWheel({ target, path, sbom, offByDefault: record.offByDefault }, folder));
  }
  return paths;
}
