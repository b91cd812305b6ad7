import { assertEquals, assertThrows } from "@std/assert";
import { RULES } from "../../lib/consent/rules.ts";
import { rulesTable, withRulesTable } from "../../scripts/readme_tables.ts";
import { ROOT } from "../../scripts/toolchain.ts";

Deno.test("rulesTable has a row for each rule of consent, in their order", () => {
  const rows = rulesTable().trimEnd().split("\n").slice(2);
  const cells = rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(cells, RULES.map(({ heading, effect }) => [heading, effect]));
});

Deno.test("withRulesTable changes nothing in a README.md that is up to date, and nothing but the table in any other", async () => {
  const readme = await Deno.readTextFile(`${ROOT}/README.md`);
  assertEquals(withRulesTable(readme), readme.replaceAll("\r\n", "\n"));
  assertEquals(withRulesTable(readme.replace("| None of these ", "| stale ")), withRulesTable(readme));
  assertThrows(() => withRulesTable("# Another document\n"), Error, "no place for the table");
});
