import { assertEquals, assertThrows } from "@std/assert";
import { fillBlocks } from "../../../scripts/docs/generated.ts";
import { alignedTable, table } from "../../../scripts/docs/tables.ts";

const TEXT =
  "# Title\n\n<!-- begin one -->\nold\nlines\n<!-- end one -->\n\nProse.\n\n<!-- begin two -->\n<!-- end two -->\n";
const BLOCKS = { one: () => "| a |\n", two: () => "new" };

Deno.test("fillBlocks replaces what is between the markers, and nothing else", () => {
  const filled = "# Title\n\n<!-- begin one -->\n\n| a |\n\n<!-- end one -->\n\nProse.\n\n" +
    "<!-- begin two -->\n\nnew\n\n<!-- end two -->\n";
  assertEquals(fillBlocks(TEXT, BLOCKS), filled);
  assertEquals(fillBlocks(filled, BLOCKS), filled);
});

for (
  const [what, text, blocks, message] of [
    ["a block that no function makes", TEXT, { one: BLOCKS.one }, 'Cannot fill the block "two": no function makes it'],
    [
      "a function without a block",
      TEXT,
      { ...BLOCKS, three: BLOCKS.one },
      "Cannot fill the blocks: three is in no marker",
    ],
    ["a block without an end", TEXT.replace("<!-- end two -->", ""), { one: BLOCKS.one }, "has no beginning or no end"],
    [
      "a block with another's end",
      TEXT.replace("end two", "end one"),
      { one: BLOCKS.one, two: BLOCKS.two },
      "two is in no",
    ],
  ] as const
) {
  Deno.test(`fillBlocks refuses ${what}`, () => {
    assertThrows(() => fillBlocks(text, blocks), Error, message);
  });
}

Deno.test("tables escape what would end a cell", () => {
  assertEquals(
    table(["a", "long head"], [["x|y", "two\nlines"]]),
    "| a | long head |\n| --- | --- |\n| x\\|y | two lines |\n",
  );
});

Deno.test("alignedTable makes each column as wide as its widest cell", () => {
  assertEquals(
    alignedTable(["a", "long head"], [["x|y", "z"]]),
    "| a    | long head |\n| ---- | --------- |\n| x\\|y | z         |\n",
  );
});
