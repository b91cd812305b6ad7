import { assertEquals } from "@std/assert";
import { parseDotenv } from "../../lib/licence/dotenv.ts";

const CASES: readonly [what: string, text: string, values: Record<string, string>][] = [
  ["nothing in an empty file", "", {}],
  ["an unquoted value", "A=x.y-z_1", { A: "x.y-z_1" }],
  ["an empty value", "A=\nB=''", { A: "", B: "" }],
  ["`export` in front", "export A=x\nexport\tB=y", { A: "x", B: "y" }],
  ["a name that begins with export", "A=y\nexportA=x", { A: "y" }],
  ["white space round everything", " \t A \t = \t x y \t ", { A: "x y" }],
  ["lines that end like on Windows", "A=x\r\n\r\nB='y'\r\n", { A: "x", B: "y" }],
  ["lines that end with a carriage return", "A=x\rB=y", { A: "x", B: "y" }],
  ["the last of two values", "A=x\nA=y", { A: "y" }],
  ["no value where a name stands alone, even after a value", "A=x\nA\nB", {}],
  ["comments", "# A=x\n  #A=x\nB=y # A=x", { B: "y" }],
  ["a hash without white space before it", "A=x#y\nB=#z", { A: "x#y", B: "#z" }],
  ["an empty value before a comment", "A= # x", { A: "" }],
  ["single quotes, which keep line breaks and most escapes", "A='x # y\n\\n \\' \\\\'", { A: "x # y\n\\n ' \\" }],
  ["double quotes, which know the usual escapes", 'A="x\\n\\t\\"\\\'\\\\ \\q"', { A: "x\n\t\"'\\ \\q" }],
  ["a comment after quotes", "A='x' # y\nB=\"z\"# y", { A: "x", B: "z" }],
  ["a quoted name", "'A'=x", { A: "x" }],
  ["no value where something follows the quotes", "A='x' y\nB=z", { B: "z" }],
  ["no value where quotes don't end", "A='x\nB=z", { B: "z" }],
  ["no value of a name inside another's quotes", "C='\nA=x\n'\nB=z", { B: "z" }],
  ["no value that refers to another variable", "A=x\nA=${C}\nB='a${C:-d}'", {}],
  ["a dollar sign", "A=$C", { A: "$C" }],
  ["lines that make no sense skipped", "=x\n:-)\nA=x\n{}", { A: "x" }],
  ["nothing of names that aren't wanted", "AA=x\na=y\n__proto__=z", {}],
];

for (const [what, text, values] of CASES) {
  Deno.test(`parseDotenv gives ${what}`, () => {
    assertEquals(parseDotenv(text, ["A", "B"]), new Map(Object.entries(values)));
  });
}
