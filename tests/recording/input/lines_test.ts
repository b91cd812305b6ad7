import { assertEquals } from "@std/assert";
import { type Line, LineSplitter, MAX_LINE_BYTES } from "../../../lib/recording/input/lines.ts";

const text = (number: number, content: string): Line => ({ number, text: content, problem: undefined });
const bad = (number: number, problem: "too long" | "not UTF-8"): Line => ({ number, text: undefined, problem });
const bytes = (content: string): Uint8Array => new TextEncoder().encode(content);
const joined = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(parts.flatMap((part) => [...typeof part === "string" ? bytes(part) : part]));

/** All lines of an input that comes in chunks of so many bytes, over memory that is used again for each. */
function split(input: Uint8Array, chunkBytes: number): Line[] {
  const splitter = new LineSplitter();
  const lines: Line[] = [];
  const buffer = new Uint8Array(chunkBytes);
  for (let from = 0; from < input.length; from += chunkBytes) {
    const part = input.subarray(from, from + chunkBytes);
    buffer.fill(0x78).set(part);
    lines.push(...splitter.push(buffer.subarray(0, part.length)));
  }
  const last = splitter.end();
  return last === undefined ? lines : [...lines, last];
}

const BOM = [0xef, 0xbb, 0xbf];
const INPUTS: Readonly<Record<string, readonly [input: Uint8Array, lines: readonly Line[]]>> = {
  "nothing": [bytes(""), []],
  "line ends alone": [bytes("\n\r\n\n"), []],
  "whole lines": [bytes("{}\n[1]\n"), [text(1, "{}"), text(2, "[1]")]],
  "a last line that nothing ended": [bytes('{}\n{"a'), [text(1, "{}"), text(2, '{"a')]],
  "a last line of blanks that nothing ended": [bytes("{}\n  \t"), [text(1, "{}")]],
  "lines between blank ones, which count": [bytes("\n\n{}\n \t \n[]\n"), [text(3, "{}"), text(5, "[]")]],
  "the line ends of Windows": [bytes("{}\r\n[]\r\n"), [text(1, "{}\r"), text(2, "[]\r")]],
  "a carriage return inside a line": [bytes("{}\r[]\n"), [text(1, "{}\r[]")]],
  "a byte order mark at its beginning": [joined(new Uint8Array(BOM), "{}\n[]\n"), [text(1, "{}"), text(2, "[]")]],
  "a byte order mark alone": [joined(new Uint8Array(BOM), "\n{}\n"), [text(2, "{}")]],
  "a byte order mark at the beginning of each line": [
    joined("{}\n", new Uint8Array(BOM), "[1]\n", new Uint8Array(BOM), "[2]\n[3]\n"),
    [text(1, "{}"), text(2, "[1]"), text(3, "[2]"), text(4, "[3]")],
  ],
  "characters of two to four bytes": [bytes('"ä€😀"\n"\u2028"\n'), [text(1, '"ä€😀"'), text(2, '"\u2028"')]],
  "NUL": [bytes("\u0000\n{}\n"), [text(1, "\u0000"), text(2, "{}")]],
  "bytes that are no text, between others": [
    joined("{}\n", new Uint8Array([0x22, 0xff, 0xfe, 0x22]), "\n[]\n"),
    [text(1, "{}"), bad(2, "not UTF-8"), text(3, "[]")],
  ],
  "a character that is cut off by the line's end": [
    joined(new Uint8Array([0xe2, 0x82]), "\n", new Uint8Array([0xac]), "\n{}\n"),
    [bad(1, "not UTF-8"), bad(2, "not UTF-8"), text(3, "{}")],
  ],
  "a character that is cut off by the input's end": [joined("{}\n", new Uint8Array([0xf0, 0x9f])), [
    text(1, "{}"),
    bad(2, "not UTF-8"),
  ]],
  "half of a surrogate pair, as bytes": [joined(new Uint8Array([0xed, 0xa0, 0x80]), "\n"), [bad(1, "not UTF-8")]],
  "an overlong slash": [joined(new Uint8Array([0xc0, 0xaf]), "\n"), [bad(1, "not UTF-8")]],
};

for (const [name, [input, lines]] of Object.entries(INPUTS)) {
  Deno.test(`LineSplitter cuts ${name} wherever the chunks begin`, () => {
    for (let chunkBytes = 1; chunkBytes <= input.length + 1; chunkBytes++) {
      assertEquals(split(input, chunkBytes), [...lines], `in chunks of ${chunkBytes}`);
    }
  });
}

Deno.test("LineSplitter gives a line as soon as its end has come, and not before", () => {
  const splitter = new LineSplitter();
  assertEquals([...splitter.push(bytes("{"))], []);
  assertEquals([...splitter.push(bytes("}"))], []);
  assertEquals([...splitter.push(bytes("\n["))], [text(1, "{}")]);
  assertEquals([...splitter.push(new Uint8Array())], []);
  assertEquals([splitter.end(), splitter.end()], [text(2, "["), undefined]);
});

for (const [over, chunkBytes] of [[0, 1000], [0, MAX_LINE_BYTES * 2], [1, 1000], [1, MAX_LINE_BYTES * 2]] as const) {
  Deno.test(`LineSplitter in chunks of ${chunkBytes} takes a line of ${over} more than the limit for what it is`, () => {
    const long = "x".repeat(MAX_LINE_BYTES + over);
    const expected = over === 0 ? text(2, long) : bad(2, "too long");
    assertEquals(split(bytes(`{}\n${long}\n[]\n`), chunkBytes), [text(1, "{}"), expected, text(3, "[]")]);
    assertEquals(split(bytes(`{}\n${long}`), chunkBytes), [text(1, "{}"), expected]);
  });
}

Deno.test("LineSplitter says of a line that is too long and not UTF-8 that it is too long", () => {
  assertEquals(split(new Uint8Array(MAX_LINE_BYTES + 1).fill(0xff), 4096), [bad(1, "too long")]);
});

Deno.test("LineSplitter goes on behind a line of 32 MiB, which it names once", () => {
  const splitter = new LineSplitter();
  const chunk = new Uint8Array(1024 * 1024).fill(0x78);
  for (let megabytes = 0; megabytes < 32; megabytes++) assertEquals([...splitter.push(chunk)], []);
  assertEquals([...splitter.push(bytes("\n{}\n"))], [bad(1, "too long"), text(2, "{}")]);
});
