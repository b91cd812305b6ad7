import { assertEquals } from "@std/assert";
import { divideIntoLanes } from "../../scripts/e2e.ts";

const FILES = (await Array.fromAsync(Deno.readDir(new URL("../e2e", import.meta.url))))
  .map(({ name }) => `tests/e2e/${name}`).filter((name) => name.endsWith("_test.ts"));

for (const count of [1, 2, 3, 100]) {
  Deno.test(`divideIntoLanes puts each file of the end-to-end tests into one of ${count} lanes, or runs it alone`, () => {
    const { lanes, alone } = divideIntoLanes(FILES, count);
    assertEquals([...lanes.flat(), ...alone].sort(), FILES.toSorted());
    assertEquals([lanes.length, alone.length], [count, 2]);
  });
}

Deno.test("divideIntoLanes makes lanes that are equally long", () => {
  const { lanes, alone } = divideIntoLanes(
    ["terminal_test.ts", "a_test.ts", "stream_test.ts", "e2e\\kill_test.ts", "page_test.ts", "b_test.ts"],
    2,
  );
  assertEquals(lanes, [["terminal_test.ts", "a_test.ts", "b_test.ts"], ["stream_test.ts", "page_test.ts"]]);
  assertEquals(alone, ["e2e\\kill_test.ts"]);
});
