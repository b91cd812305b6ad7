import { assertEquals } from "@std/assert";
import { encodeTexts } from "../../lib/sender/encode_texts.ts";
import { range } from "../support/inputs/numbered_events.ts";

/** What texts there are, by what is odd about them. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "none": [],
  "an empty one": [""],
  "one": ["one"],
  "many": range(0, 1_000).map((number) => `${number}\n`),
  "many with an empty one at each end": ["", ...range(0, 200).map(String), ""],
  "beyond ASCII": ["é", "日本語", "🦉", "a"],
  "many, of which the first are beyond ASCII": [...range(0, 70).map(() => "日本🦉"), ...range(0, 200).map(String)],
  "many, of which the last is beyond ASCII": [...range(0, 200).map(String), "日本🦉".repeat(100)],
  "half a character": ["a\ud83e", "b", "\udd89"],
};

for (const [name, texts] of Object.entries(TEXTS)) {
  Deno.test(`encodeTexts gives the bytes of the texts where there are: ${name}`, () => {
    assertEquals(encodeTexts(texts), new TextEncoder().encode(texts.join("")));
  });
}
