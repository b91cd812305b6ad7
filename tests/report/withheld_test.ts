import { assertEquals } from "@std/assert";
import { EVENTS, type Rules, TRAITS } from "../../lib/report/catalogue.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { countWithheld, NOTHING_WITHHELD, parseWithheld, withheldMembers } from "../../lib/report/withheld.ts";

/** Every path that redaction can name. */
function pathsOf(rules: Rules, root: string): string[] {
  return flatten(rules, `${root}.`).flatMap(([path, { type }]) => "limit" in type ? [path, `${path}[]`] : [path]);
}

const PATHS = [
  ...EVENTS.flatMap(({ properties }) => pathsOf(properties, "properties")),
  ...pathsOf(TRAITS, "traits"),
  "context.python",
  "context.rasa_pro",
];

Deno.test("parseWithheld takes every path of the catalogue", () => {
  assertEquals(PATHS.filter((path) => parseWithheld({ withheld: [path] }).withheld[0] !== path), []);
});

Deno.test("parseWithheld reads back what withheldMembers writes, and nothing where nothing is written", () => {
  const most = EVENTS.map(({ properties }) => pathsOf(properties, "properties"));
  for (
    const held of [...most, []].flatMap((withheld) =>
      [0, 1, 12].map((withheldUnknown) => ({ withheld, withheldUnknown }))
    )
  ) {
    const members = withheldMembers(held);
    assertEquals(members === "", held.withheld.length === 0 && held.withheldUnknown === 0);
    assertEquals(parseWithheld(JSON.parse(`{${members}"report":1}`)), held);
  }
});

for (
  const odd of [
    { withheld: "properties.type" },
    { withheld: ["type"] },
    { withheld: ["properties"] },
    { withheld: ["properties.sk-secret"] },
    { withheld: ["properties.type\n"] },
    { withheld: ["properties.Type"] },
    { withheld: [1] },
    { withheld: [["properties.type"]] },
    { withheld: Array.from({ length: 501 }, () => "properties.type") },
    { withheld: [`properties.${"a".repeat(81)}`] },
    { withheld: null },
    { withheldUnknown: "1" },
    { withheldUnknown: 0.5 },
    { withheldUnknown: -1 },
    { withheldUnknown: 1e300 },
    { withheldUnknown: 1024 * 1024 + 1 },
    { withheldUnknown: null },
  ]
) {
  Deno.test(`parseWithheld takes for nothing ${JSON.stringify(odd).slice(0, 60)}`, () =>
    assertEquals(parseWithheld(odd), NOTHING_WITHHELD));
}

Deno.test("countWithheld counts a path once for each report", () => {
  const held = (withheldUnknown: number, ...withheld: string[]) => ({ withheld, withheldUnknown });
  assertEquals(countWithheld([]), { reports: 0, paths: [], unknown: 0 });
  assertEquals(countWithheld([held(2, "a", "a"), held(0, "b", "a"), held(0), held(1), held(0, "b")]), {
    reports: 4,
    paths: [["a", 2], ["b", 2]],
    unknown: 3,
  });
});
