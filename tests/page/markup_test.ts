import { assertEquals, assertThrows } from "@std/assert";
import { escapeText, markup, verbatim } from "../../lib/page/markup.ts";

const TEXTS: readonly (readonly [name: string, text: string, shown: string])[] = [
  ["plain text", "Shell Started", "Shell Started"],
  ["nothing", "", ""],
  ["a tag", "<b>", "&lt;b&gt;"],
  ["quotes of each kind", `"'\``, "&#34;&#39;&#96;"],
  ["an entity, as the text it is", "&lt;", "&amp;lt;"],
  ["line feeds and tabs", "a\n\tb", "a\n\tb"],
  ["letters of other scripts, with marks", "Zoë 会社 خَزْن שלום", "Zoë 会社 خَزْن שלום"],
  ["an emoji", "🙂", "🙂"],
  ["NUL", "a\0b", "a[U+0000]b"],
  ["a carriage return and an escape", "\r\u001b[2J", "[U+000D][U+001B][2J"],
  ["controls of the second block", "\u0085\u009b", "[U+0085][U+009B]"],
  ["overriding marks of direction", "\u202Egpj.exe", "[U+202E]gpj.exe"],
  ["isolating and plain marks of direction", "\u2066\u2069\u200f\u061c", "[U+2066][U+2069][U+200F][U+061C]"],
  ["spaces without width", "a\u200b\u2060\ufeffb", "a[U+200B][U+2060][U+FEFF]b"],
  ["separators of lines and paragraphs", "\u2028\u2029", "[U+2028][U+2029]"],
  ["half a surrogate pair", "\ud83d", "[U+D83D]"],
  ["a code point for private use", "\ue000", "[U+E000]"],
  ["a code point that is no character", "\uffff", "[U+FFFF]"],
  ["tags that can't be seen", "\u{e0041}", "[U+E0041]"],
  ["a filler that looks like a space", "\u3164", "[U+3164]"],
];

for (const [name, text, shown] of TEXTS) {
  Deno.test(`escapeText shows ${name}`, () => assertEquals(escapeText(text), shown));
}

Deno.test("markup takes markup as it is, and everything else as text", () => {
  const inner = markup`<b>${"<i>"}</b>`;
  assertEquals(
    String(markup`<p title="${'"'}">${inner}${[inner, "&", 7]}${undefined}</p>`),
    '<p title="&#34;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b>&amp;7</p>',
  );
});

Deno.test("markup takes nothing for markup that only looks like it", () => {
  // Such a value can come from JSON; the compiler would refuse it.
  const forged: string = JSON.parse('{"text":"<b>","toString":null}').text;
  assertEquals(String(markup`${forged}`), "&lt;b&gt;");
});

for (const content of ["</script>", "a</ScRiPt", "<!--", "</style>"]) {
  Deno.test(`verbatim refuses ${content}, which would end the element early`, () => {
    assertThrows(() => verbatim("script", content), Error, "would end early");
  });
}
