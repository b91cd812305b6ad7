/** A table in Markdown, for the documents in docs/, which `deno fmt` leaves alone. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))].map(line).join("");
}

/**
 * A table in Markdown whose columns are aligned, as `deno fmt` writes it: for README. Each character must be one column
 * wide.
 */
export function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows.map((row) => row.map(cell))];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const padded = all.map((cells) => cells.map((text, column) => text.padEnd(widths[column] ?? 0)));
  const rule = widths.map((width) => "-".repeat(width));
  return [...padded.slice(0, 1), rule, ...padded.slice(1)].map(line).join("");
}

/** Text as it can stand in a cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}
