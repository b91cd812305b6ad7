import { RULES } from "../lib/consent/rules.ts";
import { HOME_FILES, type HomeFile } from "../lib/home.ts";

/** Tables that documents take from the program's own: the rules of consent, and the files under the home. */

const BEGIN = "<!-- The rules of consent: `deno task docs` makes this table from lib/consent/rules.ts. -->";
const END = "<!-- End of the rules of consent. -->";

/** README.md with the table of rules between its two comments made anew. Throws where it has no such comments. */
export function withRulesTable(readme: string): string {
  const text = readme.replaceAll("\r\n", "\n");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error("README.md has no place for the table of rules");
  return `${text.slice(0, begin + BEGIN.length)}\n\n${rulesTable()}\n${text.slice(end)}`;
}

/** The rules of consent in their order, as a table in Markdown that is laid out as `deno fmt` does. */
export function rulesTable(): string {
  const rows = [["rule", "telemetry is"], ...RULES.map(({ heading, effect }) => [heading, effect])];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const [head = "", ...body] = rows.map((row) => line(row.map((cell, column) => cell.padEnd(widths[column] ?? 0))));
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("");
}

/** Everything that is kept under the home, as a table in Markdown. */
export function homeFilesTable(): string {
  const files: HomeFile[] = Object.values(HOME_FILES);
  const rows = files.map(({ path, holds }) => `| \`${path}\` | ${holds} |\n`).join("");
  return `| under \`~/.config/rasa\` | what it holds |\n| --- | --- |\n${rows}`;
}
