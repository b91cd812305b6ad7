import { assertEquals } from "@std/assert";
import { Remembered } from "../lib/cache.ts";

Deno.test("Remembered gives back what it was told, no and nothing too, and forgets all when there would be more than 1,000", () => {
  const remembered = new Remembered<boolean | null>();
  assertEquals(remembered.get("0"), undefined);
  for (let index = 0; index < 1_000; index++) assertEquals(remembered.keep(String(index), false), false);
  assertEquals([remembered.get("0"), remembered.get("999"), remembered.get("1000")], [false, false, undefined]);
  assertEquals(remembered.keep("1000", null), null);
  assertEquals([remembered.get("0"), remembered.get("999"), remembered.get("1000")], [undefined, undefined, null]);
});
