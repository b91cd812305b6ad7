import { assert, assertEquals } from "@std/assert";
import { endsOrMiddle, filesOf, unitTestsOf } from "../../../scripts/check/depth.ts";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";

/** The test files of a folder, as seen from the project. */
async function allTests(folder = "tests"): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(`${ROOT}/${folder}`));
  const found = await Promise.all(entries.map(async ({ name, isDirectory }) => {
    if (isDirectory) return await allTests(`${folder}/${name}`);
    return name.endsWith("_test.ts") ? [`${folder}/${name}`] : [];
  }));
  return found.flat();
}

Deno.test("filesOf gives every test to the gate or to the deep run, and most to the gate", async () => {
  const files = await allTests();
  const [gate, deep] = [filesOf("gate", files), filesOf("deep", files)];
  assertEquals([...gate, ...deep].toSorted(), files.toSorted());
  assert(gate.length > 5 * deep.length);
});

Deno.test("unitTestsOf and filesOf leave no deep file to nobody", async () => {
  const files = await allTests();
  const deep = filesOf("deep", files);
  const unit = unitTestsOf("deep");
  assertEquals(deep.filter((file) => !file.startsWith("tests/e2e/")).toSorted(), unit.toSorted());
  const [ignored, folder] = unitTestsOf("gate");
  assertEquals([ignored, folder], [`--ignore=tests/e2e,${unit.join(",")}`, "tests"]);
});

for (
  const [things, gate, deep] of [
    [[], [], []],
    [[1], [1], []],
    [[1, 2], [1, 2], []],
    [[1, 2, 3, 4], [1, 4], [2, 3]],
  ] as const
) {
  Deno.test(`endsOrMiddle gives of ${JSON.stringify(things)} the ends to the gate, the rest to the deep run`, () => {
    assertEquals([endsOrMiddle("gate", things), endsOrMiddle("deep", things)], [[...gate], [...deep]]);
  });
}
