import { assertEquals } from "@std/assert";
import { isSet } from "../../../lib/report/types/bool.ts";

for (
  const [value, expected] of [
    [null, false],
    [undefined, false],
    [false, false],
    ["", false],
    [[], false],
    [{}, false],
    [true, true],
    [0, true],
    ["a prompt", true],
    [[null], true],
    [{ rules: [] }, true],
    [JSON.parse('{"__proto__": 1}'), true],
  ] as const
) {
  Deno.test(`isSet says ${expected} of ${JSON.stringify(value)}`, () => assertEquals(isSet(value), expected));
}
