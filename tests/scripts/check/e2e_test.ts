import { assertEquals } from "@std/assert";
import { runInLanes } from "../../../scripts/check/e2e.ts";

const FILES = [
  "a_test.ts",
  "e2e/kill_test.ts",
  "b_test.ts",
  "e2e/stream_test.ts",
  "streams_test.ts",
  "terminal_test.ts",
];

Deno.test("runInLanes gives each file to the next free lane, long files first, and runs crowded ones alone at the end", async () => {
  const begun: string[] = [];
  let [atOnce, most] = [0, 0];
  const ran = await runInLanes(FILES, 2, async (file, lane) => {
    begun.push(`${lane} ${file}`);
    most = Math.max(most, ++atOnce);
    // The first file takes as long as all the others.
    for (let turn = 0; turn < (file === "terminal_test.ts" ? 20 : 1); turn++) await Promise.resolve();
    assertEquals([file, atOnce <= (file.endsWith("kill_test.ts") ? 1 : 2)], [file, true]);
    atOnce--;
    return file;
  });
  assertEquals(begun, [
    "0 terminal_test.ts",
    "1 e2e/stream_test.ts",
    "1 a_test.ts",
    "1 b_test.ts",
    "1 streams_test.ts",
    "0 e2e/kill_test.ts",
  ]);
  assertEquals([ran.toSorted(), most], [FILES.toSorted(), 2]);
});
