import { assertEquals } from "@std/assert";
import { clockTime } from "../../lib/terminal/clock_time.ts";

/** A moment by this machine's clock and zone. */
const at = (day: number, hours: number, minutes: number, seconds = 0) =>
  new Date(2026, 2, day, hours, minutes, seconds);
const NOW = at(1, 14, 4);
/** What stands behind each on a machine that lives by UTC. */
const ZONE = NOW.getTimezoneOffset() === 0 ? " UTC" : "";

const MOMENTS: readonly (readonly [moment: Date, words: string])[] = [
  [at(1, 15, 4), "15:04"],
  [at(1, 15, 4, 59), "15:04"],
  [at(1, 0, 0), "00:00"],
  [at(1, 9, 5), "09:05"],
  [at(1, 23, 59, 59), "23:59"],
  [at(2, 0, 30), "2026-03-02 00:30"],
  [at(-30, 14, 4), "2026-01-29 14:04"],
  [new Date(2027, 2, 1, 14, 4), "2027-03-01 14:04"],
];

for (const [moment, words] of MOMENTS) {
  Deno.test(`clockTime gives ${words} and cuts off seconds`, () => {
    assertEquals(clockTime(moment, NOW), words + ZONE);
  });
}
