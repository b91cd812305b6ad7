import { assertEquals } from "@std/assert";
import { type Answer, backOff, classify, parseRetryAfter, type Verdict } from "../../lib/sender/verdicts.ts";
import { NOON } from "../support/machine/memory_host.ts";

const answered = (status: number, accepted?: boolean): Answer => ({
  kind: "answered",
  status,
  accepted,
  retryAfterMs: undefined,
});

/** The table in docs/contributing/architecture.md, "Verdicts", status by status. */
const VERDICTS: readonly (readonly [Answer, Verdict])[] = [
  [answered(200, true), "delivered"],
  [answered(200, false), "rejected"],
  [answered(200), "retry"],
  ...[201, 202, 204, 301, 302, 307, 308, 304, 100].map((status) => [answered(status, true), "retry"] as const),
  ...[401, 403, 407, 408, 425, 429, 460].map((status) => [answered(status, false), "retry"] as const),
  ...[500, 502, 503, 504, 511, 520, 599].map((status) => [answered(status), "retry"] as const),
  [answered(413), "halve"],
  [answered(400, false), "halve"],
  [answered(400), "halve"],
  ...[402, 404, 405, 410, 411, 422, 451, 499].map((status) => [answered(status, true), "rejected"] as const),
  ...[402, 404, 405, 410, 411, 422, 451, 499].map((status) => [answered(status), "retry"] as const),
  ...[501, 505].map((status) => [answered(status), "rejected"] as const),
  [{ kind: "unanswered", reason: "network", bodySent: false }, "retry"],
  [{ kind: "unanswered", reason: "timeout", bodySent: true }, "retry"],
];

for (const [answer, verdict] of VERDICTS) {
  Deno.test(`classify says ${verdict} of ${JSON.stringify(answer)}`, () => assertEquals(classify(answer, 2), verdict));
}

Deno.test("classify rejects one report alone that is too large, or that the server finds bad", () => {
  assertEquals([classify(answered(413), 1), classify(answered(400, false), 1)], ["rejected", "rejected"]);
});

Deno.test("classify puts one report alone aside where something in the server's place refuses it", () => {
  const statuses = [400, 402, 404, 405, 410, 422, 451];
  assertEquals(statuses.map((status) => classify(answered(status), 1)), statuses.map(() => "aside"));
});

Deno.test("backOff doubles its span up to five minutes", () => {
  assertEquals([1, 2, 3, 9, 10, 1_000].map((failures) => backOff(failures, 1, undefined)), [
    1_000,
    2_000,
    4_000,
    256_000,
    300_000,
    300_000,
  ]);
});

Deno.test("backOff takes half of its span for certain and a random part of the other half", () => {
  assertEquals([0, 0.25, 0.5].map((random) => backOff(3, random, undefined)), [2_000, 2_500, 3_000]);
  const least = [1, 2, 3, 4, 5, 6, 7, 8, 9].reduce((sum, failures) => sum + backOff(failures, 0, undefined), 0);
  assertEquals(least, 255_500);
});

Deno.test("backOff waits at least as long as the server asked", () => {
  assertEquals([backOff(1, 0, 7_000), backOff(1, 1, 500), backOff(1, 0, 0)], [7_000, 1_000, 500]);
});

const RETRY_AFTER: readonly (readonly [string | null, number | undefined])[] = [
  [null, undefined],
  ["120", 120_000],
  [" 0 ", 0],
  ["301", 300_000],
  ["9999999999", 300_000],
  ["99999999999999999999", undefined],
  ["soon", undefined],
  ["", undefined],
  ["-5", undefined],
  ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
  ["Sun, 01 Mar 2020 12:00:30 GMT", 0],
  ["Sun, 01 Mar 2099 12:00:30 GMT", 300_000],
];

for (const [value, expected] of RETRY_AFTER) {
  Deno.test(`parseRetryAfter takes ${JSON.stringify(value)} for ${expected}`, () => {
    assertEquals(parseRetryAfter(value, NOON), expected);
  });
}
