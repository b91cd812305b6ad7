import { assertEquals } from "@std/assert";
import { byDay, byEvent, byReason, countEachDay } from "../../lib/sender/sent_counts.ts";
import { attemptedAt, entries, entryOf } from "../page/page_fixture.ts";

Deno.test("byEvent and byReason count what differs, and put most first", () => {
  const sent = [...entries(20, 60), attemptedAt("2026-03-01T12:00:00.000Z")];
  assertEquals(byEvent(sent), [
    { name: "Shell Started", delivered: 12, rejected: 1, attempted: 1 },
    { name: "Training Started", delivered: 6, rejected: 1, attempted: 0 },
  ]);
  assertEquals(byReason(sent), [{ name: "HTTP 400", delivered: 0, rejected: 2, attempted: 0 }]);
});

Deno.test("byDay puts the newest day first, and what has no time last", () => {
  const sent = [entryOf("yesterday"), ...entries(20, 60)];
  assertEquals(byDay(sent).map(({ entries }) => entries.length), [13, 7, 1]);
  assertEquals(byDay(sent).map(({ day }) => day), [20_513, 20_512, undefined]);
});

Deno.test("countEachDay counts the days without an entry too, oldest first", () => {
  const sent = [entryOf("2026-02-27T23:59:59.999Z"), entryOf("2026-03-01T00:00:00.000Z", "Shell Started", "HTTP 400")];
  sent.push(attemptedAt("2026-03-01T00:00:01.000Z"));
  assertEquals(countEachDay(byDay(sent), 20_511, 20_513), [
    { name: "2026-02-27", delivered: 1, rejected: 0, attempted: 0 },
    { name: "2026-02-28", delivered: 0, rejected: 0, attempted: 0 },
    { name: "2026-03-01", delivered: 0, rejected: 1, attempted: 1 },
  ]);
});
