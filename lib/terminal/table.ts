import type { Paint } from "./paint.ts";
import { pad, widthOf, wrap } from "./width.ts";

/** Columns between two cells. */
const GAP = 2;
/** The fewest columns in which a wrapped text can still be read. */
const LEAST_ROOM = 16;

/** Makes a text look different on a terminal, without making it wider. */
type Style = (text: string) => string;

/**
 * Rows of aligned cells. A row's last cell is wrapped under its own beginning. Where there is no room for it beside the
 * others, it stands below them. `styles` has one entry for each column; columns without one are plain.
 */
export function table(
  rows: readonly (readonly string[])[],
  width: number,
  styles: readonly (Style | undefined)[] = [],
): string {
  const count = Math.max(1, ...rows.map((cells) => cells.length));
  const widths = Array.from(
    { length: count - 1 },
    (_, at) => Math.max(...rows.map((cells) => widthOf(cells[at] ?? ""))),
  );
  const styled = (text: string, at: number) => (text === "" ? "" : styles[at]?.(text) ?? text);
  return rows.map((cells) => layOut(cells, widths, width, styled)).join("");
}

function layOut(
  cells: readonly string[],
  widths: readonly number[],
  width: number,
  styled: (text: string, at: number) => string,
): string {
  const last = cells[widths.length] ?? "";
  const offset = widths.reduce((sum, each) => sum + each + GAP, 0);
  const beside = hasRoom(last, width - offset);
  const before = cells.slice(0, widths.length);
  const indent = beside ? offset : /^ */.exec(cells[0] ?? "")![0].length + GAP;
  const lines = wrap(last, Math.max(1, width - indent)).map((line) => styled(line, widths.length));
  const margin = "\n" + " ".repeat(indent);
  if (beside) {
    const head = before.map((cell, at) => styled(pad(cell, widths[at] ?? 0), at) + " ".repeat(GAP)).join("");
    // Lines end with nothing invisible.
    return (last === "" ? head.trimEnd() : head + lines.join(margin)) + "\n";
  }
  const heads = before.reduce((sum, cell) => sum + widthOf(cell) + GAP, -GAP) <= width
    ? [before.map((cell, at) => styled(cell.trimEnd(), at)).join(" ".repeat(GAP))]
    : before.flatMap((cell, at) => wrap(cell, width).map((line) => styled(line, at)));
  return `${heads.join("\n")}${margin}${lines.join(margin)}\n`;
}

/** Whether a text can be read in a column of this width without breaking a word. */
function hasRoom(text: string, room: number): boolean {
  if (widthOf(text) <= room) return true;
  return room >= LEAST_ROOM && text.split(" ").every((word) => widthOf(word) <= room);
}

/** Rows of a label and a value, aligned. */
export function alignRows(rows: readonly (readonly [label: string, value: string])[], paint: Paint): string {
  return table(rows, paint.width, [paint.dim]);
}

/** A text, wrapped and indented. */
export function paragraph(text: string, width: number, indent = "", style: Style = (line) => line): string {
  return wrap(text, Math.max(1, width - indent.length)).map((line) => `${indent}${style(line)}\n`).join("");
}
