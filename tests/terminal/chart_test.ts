import { assertEquals } from "@std/assert";
import { chart } from "../../lib/terminal/chart.ts";
import { PLAIN } from "../../lib/terminal/paint.ts";

const BARS = [
  { name: "first", good: 8, bad: 2, label: "10 (2 bad)" },
  { name: "日本", good: 1, bad: 0, label: "1" },
  { name: "none", good: 0, bad: 0, label: "0" },
];

/** Bars of `+` for what is good and `-` for what is bad. */
const SIGNS = {
  ...PLAIN,
  good: (text: string) => "+".repeat(text.length),
  warning: (text: string) => "-".repeat(text.length),
};

Deno.test("chart draws bars to one scale, beside names that are aligned", () => {
  assertEquals(
    chart(BARS, { ...SIGNS, width: 40 }),
    `  first  ${"+".repeat(15)}----  10 (2 bad)\n  日本   ++  1\n  none   0\n`,
  );
});

Deno.test("chart puts a bar below its name where there is no room beside it", () => {
  assertEquals(
    chart(BARS, { ...SIGNS, width: 24 }),
    `  first\n    ++++++--  10 (2 bad)\n  日本\n    +  1\n  none\n    0\n`,
  );
});

Deno.test("chart draws nothing of nothing", () => {
  assertEquals(chart([], SIGNS), "");
});
