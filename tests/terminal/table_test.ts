import { assertEquals } from "@std/assert";
import { paragraph, table } from "../../lib/terminal/table.ts";
import { widthOf } from "../../lib/terminal/width.ts";
import { WIDTHS } from "../support/inputs/widths.ts";

const ROWS = [["Id", "38d23c36c9be443281196080fcdd707d"], ["Decided by", "the choice that is stored"], ["None", ""]];

Deno.test("table puts values beside their labels, wraps them under themselves, and below where there is no room", () => {
  assertEquals(
    table(ROWS, 60),
    "Id          38d23c36c9be443281196080fcdd707d\nDecided by  the choice that is stored\nNone\n",
  );
  assertEquals(
    table(ROWS, 36),
    "Id\n  38d23c36c9be443281196080fcdd707d\nDecided by  the choice that is\n            stored\nNone\n",
  );
  // Even an id must be broken somewhere.
  assertEquals(
    table(ROWS, 20),
    "Id\n  38d23c36c9be443281\n  196080fcdd707d\nDecided by\n  the choice that is\n  stored\nNone\n",
  );
});

Deno.test("table aligns wide signs, keeps a label's own indent, and styles without counting the styles", () => {
  assertEquals(table([["日本", "a"], ["x", "b"]], 80), "日本  a\nx     b\n");
  assertEquals(table([["  from", "a text of some words"]], 20), "  from\n    a text of some\n    words\n");
  const style = (text: string) => `<${text}>`;
  assertEquals(
    table([["a", "one two"], ["bb", ""]], 9, [style, style]),
    "<a>\n  <one two>\n<bb>\n",
  );
  assertEquals(
    table([["when", "what", "which"], ["now", "it", "that"]], 80, [style]),
    "<when>  what  which\n<now >  it    that\n",
  );
});

Deno.test("table and paragraph keep to every width", () => {
  const words = "never your training data, messages or prompts https://rasa.com/docs/reference/telemetry/ ".repeat(3);
  for (const width of [1, 2, 20, ...WIDTHS]) {
    const lines = (table([["label", "state", words]], width) + paragraph(words, width, "  ")).split("\n");
    assertEquals(lines.filter((line) => widthOf(line) > Math.max(width, 3)), []);
  }
});
