import { assertEquals } from "@std/assert";
import { EVENTS, type Rules, TRAITS } from "../../lib/report/catalogue.ts";
import { parseWithheld, withheldMembers } from "../../lib/report/withheld.ts";

/** Every path that redaction can name. */
function pathsOf(rules: Rules, root: string): string[] {
  return Object.entries(rules).flatMap(([name, { type }]) => {
    const path = `${root}.${name}`;
    if (!["words", "components", "frames", "group"].includes(type.kind)) return [path];
    const item = type.kind === "group" ? path : `${path}[]`;
    return [...new Set([path, item]), ...("entry" in type ? pathsOf(type.entry, item) : [])];
  });
}

const PATHS = [
  ...EVENTS.flatMap(({ properties }) => pathsOf(properties, "properties")),
  ...pathsOf(TRAITS, "traits"),
  "context.python",
  "context.rasa_pro",
];

Deno.test("parseWithheld takes every path of the catalogue", () => {
  assertEquals(PATHS.filter((path) => parseWithheld({ withheld: [path] }) === undefined), []);
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
    { withheld: Array.from({ length: 201 }, () => "properties.type") },
    { withheld: [`properties.${"a".repeat(81)}`] },
    { withheld: null },
    { withheldUnknown: "1" },
    { withheldUnknown: 0.5 },
    { withheldUnknown: -1 },
    { withheldUnknown: 1e300 },
    { withheldUnknown: null },
  ]
) {
  Deno.test(`parseWithheld refuses ${JSON.stringify(odd).slice(0, 60)}`, () =>
    assertEquals(parseWithheld(odd), undefined));
}
