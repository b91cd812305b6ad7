import { unicodePattern } from "../unicode.ts";

// `@std/cli/unicode-width` would say it more exactly, but its mirror on the npm registry, with which the program can be
// built too, lacks the table that the module reads.

/** Scripts and signs of two columns. Source: the main blocks of classes W and F in Unicode's East Asian Width. */
const WIDE = unicodePattern(
  String.raw`[\p{Script=Han}\p{Script=Hangul}\p{Emoji_Presentation}` +
    String.raw`\u2E80-\u303E\u3041-\u33FF\uFF01-\uFF60\uFFE0-\uFFE6]`,
  "u",
);
/** Marks that combine with the letter before them, and characters without any width. */
const WIDTHLESS = unicodePattern(String.raw`[\p{Mn}\p{Me}\u200B-\u200D]`, "u");

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDTHLESS().test(character) ? 0 : WIDE().test(character) ? 2 : 1;
  return width;
}

/** The text with spaces appended until it takes `width` columns. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Wraps a text into lines of at most `width` columns. A word is broken only where it is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    if (line !== undefined && widthOf(line) + 1 + widthOf(word) <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== undefined) lines.push(line);
    const pieces = breakWord(word, width);
    line = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  return [...lines, line ?? ""];
}

/** Breaks a word into pieces of at most `width` columns, after a separator where there is one: paths stay readable. */
function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && widthOf(piece + character) > width) {
      const separated = /^.+[/\\,;:.=_-](?=.)/u.exec(piece)?.[0] ?? piece;
      // A line less than half full would waste more room than it helps to read.
      const cut = separated.length * 2 > piece.length ? separated.length : piece.length;
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut);
    }
    piece += character;
  }
  return [...pieces, piece];
}
