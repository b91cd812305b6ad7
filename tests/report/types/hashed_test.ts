import { assertEquals } from "@std/assert";
import { parseName } from "../../../lib/report/types/id.ts";

for (
  const [label, value, passes] of [
    ["a name", "my-assistant", true],
    ["a name beyond ASCII", "помощник 😀", true],
    ["a name of 1,000 characters", "a".repeat(1_000), true],
    ["a name of 1,001 characters", "a".repeat(1_001), false],
    ["an empty name", "", false],
    ["half a surrogate pair", "a\ud800b", false],
    ["the other half", "\udc00", false],
    ["a number", 7, false],
    ["null", null, false],
  ] as const
) {
  Deno.test(`parseName ${passes ? "lets through" : "withholds"} ${label}`, () => {
    assertEquals(parseName(value), passes ? value : undefined);
  });
}
