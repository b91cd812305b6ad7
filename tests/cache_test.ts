import { assertEquals } from "@std/assert";
import { Cache } from "../lib/cache.ts";

Deno.test("Cache returns what it keeps, false and null too, and drops all before there would be more than 1,000", () => {
  const cache = new Cache<boolean | null>();
  assertEquals(cache.get("0"), undefined);
  for (let index = 0; index < 1_000; index++) assertEquals(cache.keep(String(index), false), false);
  assertEquals([cache.get("0"), cache.get("999"), cache.get("1000")], [false, false, undefined]);
  assertEquals(cache.keep("1000", null), null);
  assertEquals([cache.get("0"), cache.get("999"), cache.get("1000")], [undefined, undefined, null]);
});
