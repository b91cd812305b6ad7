import { assertEquals } from "@std/assert";
import { parseInteger, parseNumber } from "../../../lib/report/types/number.ts";

for (
  const [value, expected] of [
    [0, 0],
    [-0, 0],
    [7, 7],
    [0.1, 0.1],
    [0.1 + 0.2, 0.3],
    [-2.5, -2.5],
    [0.123456789, 0.123457],
    [41111.1111111, 41111.1],
    [1e-9, 0],
    [1_000_000_000, 1_000_000_000],
    [-1_000_000_000, -1_000_000_000],
    [1_000_000_001, undefined],
    [4111111111111111, undefined],
    [JSON.parse("1e400"), undefined],
    [NaN, undefined],
    [Infinity, undefined],
    [-Infinity, undefined],
    ["7", undefined],
    [true, undefined],
    [null, undefined],
    [7n, undefined],
    [[7], undefined],
  ] as const
) {
  Deno.test(`parseNumber takes ${typeof value} ${String(value)} for ${expected}`, () => {
    assertEquals(Object.is(parseNumber(value), expected), true);
  });
}

for (
  const [value, expected] of [
    [0, 0],
    [-0, 0],
    [10, 10],
    [-10, -10],
    [11, undefined],
    [-11, undefined],
    [1.5, undefined],
    [1.0, 1],
    [NaN, undefined],
    [Infinity, undefined],
    [true, undefined],
    ["1", undefined],
    [null, undefined],
  ] as const
) {
  Deno.test(`parseInteger takes ${typeof value} ${String(value)} from -10 to 10 for ${expected}`, () => {
    assertEquals(Object.is(parseInteger(value, -10, 10), expected), true);
  });
}
