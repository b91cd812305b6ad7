import { assertEquals } from "@std/assert";
import type { BuildRecord } from "../../../scripts/build/compile.ts";
import { binaryName, WHEELS } from "../../../scripts/build/wheel.ts";
import { CHECKED_FILES, CHECKSUMS_FILE, hashFile, SBOM_FILE } from "../../../scripts/release/assets.ts";
import { completeRelease } from "../../../scripts/release/complete.ts";
import { TARGETS } from "../../../scripts/toolchain/targets.ts";
import { readZip } from "../../support/inputs/zip.ts";

/** The files that a bill of materials lists, by name: what is shipped, and the runtimes. */
function filesIn(sbom: string): { shipped: Record<string, string>; runtimes: string[] } {
  const { metadata, components } = JSON.parse(sbom);
  const shipped: { name: string; hashes: { content: string }[] }[] = metadata.component.components;
  const runtime: { name: string; components: { type: string; name: string }[] } = components[0];
  return {
    shipped: Object.fromEntries(shipped.map(({ name, hashes }) => [name, hashes[0]?.content ?? ""])),
    runtimes: runtime.components.filter(({ type }) => type === "file").map(({ name }) => name),
  };
}

Deno.test("completeRelease adds wheels, installers, checksums and bills of materials to a folder of binaries", async () => {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  const runtimes = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    const records: BuildRecord[] = [];
    for (const { file, triple } of TARGETS) {
      await Deno.writeTextFile(`${folder}/${file}`, `the binary ${file}`);
      await Deno.writeTextFile(`${runtimes}/denort-${triple}.zip`, `the runtime ${triple}`);
      records.push({ libraries: "the npm registry", runtime: `${runtimes}/denort-${triple}.zip`, offByDefault: false });
    }
    await completeRelease(folder, records);

    const names = await Array.fromAsync(Deno.readDir(folder), ({ name }: Deno.DirEntry) => name);
    assertEquals(names.sort(), [...CHECKED_FILES, CHECKSUMS_FILE].sort());
    const { shipped, runtimes: used } = filesIn(await Deno.readTextFile(`${folder}/${SBOM_FILE}`));
    const expected = [...TARGETS.map(({ file }) => file), ...WHEELS];
    assertEquals(
      shipped,
      Object.fromEntries(await Promise.all(expected.map(async (name) => [name, await hashFile(`${folder}/${name}`)]))),
    );
    assertEquals(used, TARGETS.map(({ triple }) => `denort-${triple}.zip`));

    for (const [index, target] of TARGETS.entries()) {
      const files = await readZip(await Deno.readFile(`${folder}/${WHEELS[index]}`));
      const text = files.find(({ name }) => name.endsWith(".dist-info/sboms/rasa-telemetry.cdx.json"))?.text ?? "{}";
      assertEquals(filesIn(text), {
        shipped: { [binaryName(target)]: await hashFile(`${folder}/${target.file}`) },
        runtimes: [`denort-${target.triple}.zip`],
      });
      assertEquals(files.find(({ name }) => name === binaryName(target))?.text, `the binary ${target.file}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
    await Deno.remove(runtimes, { recursive: true });
  }
});
