import { assertEquals } from "@std/assert";
import { isObject } from "../lib/json_object.ts";

for (
  const [json, expected] of [
    ["{}", true],
    ['{"__proto__": null}', true],
    ["[]", false],
    ["null", false],
    ['"{}"', false],
    ["1", false],
    ["true", false],
  ] as const
) {
  Deno.test(`isObject says ${expected} of ${json}`, () => assertEquals(isObject(JSON.parse(json)), expected));
}
