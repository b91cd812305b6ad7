import { assertEquals } from "@std/assert";
import { parseVersion } from "../../../lib/report/types/version.ts";

for (
  const [value, passes] of [
    ["3.11.7", true],
    ["3.8.0", true],
    ["3", true],
    ["3.14", true],
    ["3.8.0rc1", true],
    ["3.13.0a2", true],
    ["3.13.0b10", true],
    ["3.9.0.dev20240901", true],
    ["3.9.0.dev3", true],
    ["3.9.0rc1.post2.dev3", true],
    ["", false],
    ["3.", false],
    ["3.8.0.1", false],
    ["10.0.0.1", false],
    ["3.8.0+local", false],
    ["3.12.0+", false],
    ["1!3.8.0", false],
    ["v3.8.0", false],
    ["3.8.0-rc1", false],
    ["3.8.0RC1", false],
    ["3.08.0", false],
    ["555.123.4567", false],
    ["2024.10.1", false],
    ["3.9.0.dev41111111", false],
    ["3.9.0.dev20241301", false],
    ["3.8.0 ", false],
    ["3.8.0\n", false],
    ["\u0663.8.0", false],
    ["3.8.0rc1-acme", false],
    [3.8, false],
    [null, false],
    [["3.8.0"], false],
  ] as const
) {
  Deno.test(`parseVersion ${passes ? "lets through" : "withholds"} ${JSON.stringify(value)}`, () => {
    assertEquals(parseVersion(value), passes ? value : undefined);
  });
}
