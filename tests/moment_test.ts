import { assertEquals } from "@std/assert";
import { parseMoment } from "../lib/moment.ts";

for (const text of ["2026-03-01T12:00:00.000Z", "1970-01-01T00:00:00.000Z", "+010000-01-01T00:00:00.000Z"]) {
  Deno.test(`parseMoment reads ${text}`, () => assertEquals(parseMoment(text), new Date(text)));
}

for (
  const value of [
    "",
    "2026-03-01",
    "2026-03-01T12:00:00Z",
    "2026-03-01T12:00:00.000+00:00",
    "2026-03-01 12:00:00.000Z",
    "2026-02-30T12:00:00.000Z",
    "2026-03-01 (a remark)",
    1_772_366_400_000,
    null,
    ["2026-03-01T12:00:00.000Z"],
  ]
) {
  Deno.test(`parseMoment refuses ${JSON.stringify(value)}`, () => assertEquals(parseMoment(value), undefined));
}
