import { assertEquals } from "@std/assert";
import { BatchSize } from "../../lib/sender/batch_size.ts";
import type { Verdict } from "../../lib/sender/verdicts.ts";

type Request = readonly [verdict: Verdict, reports: number];

/** 32 batches that the server took. */
const TAKEN: readonly Request[] = Array(32).fill(["delivered", 1]);

const CASES: readonly (readonly [what: string, requests: readonly Request[], most: number])[] = [
  ["the limit at first", [], 500],
  ["half of a batch that was too large", [["halve", 500]], 250],
  ["half of what was sent, not of what might have been", [["halve", 7]], 4],
  ["as before where the server can't be reached", [["halve", 500], ["retry", 250]], 250],
  ["as before after a few batches that were taken", [["halve", 500], ...TAKEN.slice(1)], 250],
  ["twice as much after 32 that were taken", [["halve", 8], ...TAKEN], 8],
  ["the limit, and no more, after many", [["halve", 500], ...TAKEN, ...TAKEN], 500],
  ["one while every report alone is refused", [["halve", 2], ["rejected", 1], ["rejected", 1]], 1],
  ["the limit once the one report that was too large is found, and another was taken", [
    ["halve", 4],
    ["halve", 2],
    ["rejected", 1],
    ["delivered", 1],
  ], 500],
];

for (const [what, requests, most] of CASES) {
  Deno.test(`BatchSize is ${what}`, () => {
    const size = new BatchSize(500);
    for (const [verdict, reports] of requests) size.learn(verdict, reports);
    assertEquals(size.most, most);
  });
}
