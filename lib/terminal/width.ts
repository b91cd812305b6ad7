/** Scripts and signs that take two columns of a terminal. Source: the classes W and F of Unicode's East Asian Width, roughly. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Emoji_Presentation}\u2E80-\u303E\u3041-\u33FF\uFF01-\uFF60\uFFE0-\uFFE6]/u;
/** What stands over, under or inside the letter before it. */
const WIDTHLESS = /[\p{Mn}\p{Me}\u200B-\u200D]/u;

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += WIDTHLESS.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return width;
}

/** The text with spaces behind it, so many columns wide. */
export function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** The text in lines of at most so many columns. A word is broken only where it fits on no line of its own. */
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

/** A word in pieces of at most so many columns: behind a sign that separates where there is one, so that paths and lists stay readable. */
function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && widthOf(piece + character) > width) {
      const separated = /^.+[/\\,;:.=_-](?=.)/u.exec(piece)?.[0] ?? piece;
      // Too short a line would cost more than it gives.
      const cut = separated.length * 2 > piece.length ? separated.length : piece.length;
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut);
    }
    piece += character;
  }
  return [...pieces, piece];
}
