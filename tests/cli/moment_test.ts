import { assertEquals } from "@std/assert";
import { parseMoment } from "../../lib/cli/moment.ts";
import { NOON } from "../support/machine/memory_host.ts";

const HOUR_MS = 60 * 60 * 1000;

for (
  const [text, moment] of [
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T12:00Z", "2026-03-01T12:00:00.000Z"],
    ["2026-03-01T12:00:30Z", "2026-03-01T12:00:30.000Z"],
    ["2026-03-01T12:00:30.5Z", "2026-03-01T12:00:30.500Z"],
    ["30s", new Date(NOON.getTime() - 30_000).toISOString()],
    ["90m", new Date(NOON.getTime() - 1.5 * HOUR_MS).toISOString()],
    ["12h", new Date(NOON.getTime() - 12 * HOUR_MS).toISOString()],
    ["7d", new Date(NOON.getTime() - 7 * 24 * HOUR_MS).toISOString()],
    ["2w", new Date(NOON.getTime() - 14 * 24 * HOUR_MS).toISOString()],
    ["0s", NOON.toISOString()],
    ["2026-02-30", undefined],
    ["2026-04-31T00:00Z", undefined],
    ["2026-03-01T25:00Z", undefined],
    ["2026-03-01T12:00", undefined],
    ["2026-03-01T12:00+01:00", undefined],
    ["yesterday", undefined],
    ["7", undefined],
    ["-7d", undefined],
    ["1y", undefined],
    ["", undefined],
  ] as const
) {
  Deno.test(`parseMoment takes ${JSON.stringify(text)} for ${moment}`, () => {
    const parsed = parseMoment(text, NOON);
    assertEquals(parsed === undefined ? undefined : new Date(parsed).toISOString(), moment);
  });
}
