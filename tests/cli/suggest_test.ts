import { assertEquals } from "@std/assert";
import { nearest } from "../../lib/cli/suggest.ts";

const KNOWN = ["track", "status", "stream", "enable", "disable", "Shell Started", "Server Started"];

for (
  const [text, name, why] of [
    ["track", "track", "the name itself"],
    ["TRACK", "track", "another case"],
    ["trak", "track", "a letter missing"],
    ["trrack", "track", "a letter too many"],
    ["trick", "track", "another letter"],
    // Three replaced letters would be too many: each swap counts as one change.
    ["rtakc", "track", "two swaps"],
    ["Shell", "Shell Started", "the beginning of a name"],
    ["Servr Startd", "Server Started", "two slips in a long name"],
    ["stat", "status", "the first four letters"],
    ["sta", undefined, "too few letters"],
    ["xyzzy", undefined, "nothing in common"],
    ["", undefined, "nothing at all"],
    ["t".repeat(10_000), undefined, "a very long text"],
  ] as const
) {
  Deno.test(`nearest is ${name} for ${why}`, () => assertEquals(nearest(text, KNOWN), name));
}

Deno.test("nearest is nothing where nothing is known", () => assertEquals(nearest("track", []), undefined));
