import { assertEquals } from "@std/assert";
import { afterRefusal, isDue, isFinal, parseRefusals, type Refusals } from "../../lib/sender/refused.ts";
import { NOON } from "../support/machine/memory_host.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
const at = (wait: number): Date => new Date(NOON.getTime() + wait);

Deno.test("afterRefusal keeps the first refusal of a report, and forgets reports that are gone", () => {
  const first = afterRefusal({}, "a", NOON, ["a", "b"]);
  assertEquals(first, { a: { since: NOON.getTime(), again: NOON.getTime() + HOUR_MS } });
  const second = afterRefusal(first, "b", at(HOUR_MS), ["b"]);
  assertEquals(Object.keys(second), ["b"]);
  assertEquals(afterRefusal(first, "a", at(DAY_MS), ["a"])["a"]?.since, NOON.getTime());
});

Deno.test("afterRefusal remembers the last hundred", () => {
  const names = Array.from({ length: 130 }, (_, number) => `report ${number}`);
  const kept = names.reduce<Refusals>((refusals, name) => afterRefusal(refusals, name, NOON, names), {});
  assertEquals(Object.keys(kept), names.slice(30));
});

Deno.test("isDue lets a refused report go once an hour, and at once where the clock was set back", () => {
  const refusals = afterRefusal({}, "a", NOON, ["a"]);
  const due = [0, HOUR_MS - 1, HOUR_MS, -DAY_MS].map((wait) => isDue(refusals, "a", at(wait)));
  assertEquals([due, isDue(refusals, "b", NOON)], [[false, false, true, true], true]);
});

Deno.test("isFinal gives a report up after three days of refusals", () => {
  const refusals = afterRefusal({}, "a", NOON, ["a"]);
  const final = [0, 3 * DAY_MS - 1, 3 * DAY_MS].map((wait) => isFinal(refusals, "a", at(wait)));
  assertEquals([final, isFinal(refusals, "b", at(9 * DAY_MS))], [[false, false, true], false]);
});

Deno.test("parseRefusals takes what afterRefusal made, and nothing else", () => {
  const refusals = afterRefusal({}, "a", NOON, ["a"]);
  assertEquals(parseRefusals(JSON.parse(JSON.stringify(refusals))), refusals);
  for (const value of [null, undefined, 1, "a", [1], { a: null }, { a: { since: "1", again: 2 } }]) {
    assertEquals(parseRefusals(value), {});
  }
});
