import { assertEquals } from "@std/assert";
import { findWorkingNotes } from "../../../scripts/docs/working_notes.ts";

for (
  const [text, lines] of [
    ["# Title\n\n<!-- check: is this so? -->\nIt is. <!--check-->\n", [3, 4]],
    ["<!-- Check this over\nlines -->\n", [1]],
    ["<!-- begin rules -->\n<!-- checked -->\nCheck this.\n", []],
  ] as const
) {
  Deno.test(`findWorkingNotes finds ${lines.length} notes in ${JSON.stringify(text)}`, () => {
    const found = lines.map((line) => `a.md:${line} holds a working note: settle it, and take it away`);
    assertEquals(findWorkingNotes("a.md", text), found);
  });
}
