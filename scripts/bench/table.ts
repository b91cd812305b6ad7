import { ratio, rounded } from "./statistics.ts";

/** How a figure is compared with the one beside it, and what it should be. */
export interface Goal {
  /** `times`: the figure divided by the one beside it; `more`: the difference; `itself`: the figure alone. */
  readonly compare: "times" | "more" | "itself";
  /** The goal, as the most or the least that the comparison should give. With neither it is only shown. */
  readonly most?: number;
  readonly least?: number;
}

/** One line of the table. */
export interface Row {
  /** What is measured, and of how many. */
  readonly what: string;
  readonly unit: "ms" | "MiB" | "events/s" | "children";
  /** The median; undefined where it could not be measured, and then `note` says why. */
  readonly value: number | undefined;
  /** What it is compared with, and its median. */
  readonly beside: string;
  readonly besideValue: number | undefined;
  readonly goal: Goal;
  readonly note?: string | undefined;
}

/** Rows that belong together. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const HEAD = ["what", "measured", "beside", "measured", "compared", "goal", "met"];

/** The result of the comparison; undefined where a figure that it takes is missing. */
export function compared({ value, besideValue, goal }: Row): number | undefined {
  if (goal.compare === "itself") return value;
  if (value === undefined || besideValue === undefined) return undefined;
  return goal.compare === "times" ? value / besideValue : value - besideValue;
}

/** Whether the goal is met; undefined where there is none, or it could not be measured. */
export function isMet(row: Row): boolean | undefined {
  const found = compared(row);
  const { most, least } = row.goal;
  if (found === undefined || (most === undefined && least === undefined)) return undefined;
  return (most === undefined || found <= most) && (least === undefined || found >= least);
}

/** The tables as Markdown. */
export function toMarkdown(sections: readonly Section[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return sections.map(({ title, rows }) =>
    [
      `### ${title}`,
      "",
      line(HEAD),
      line(["---", "---:", "---", "---:", "---:", "---:", "---"]),
      ...rows.map((row) => line(cellsOf(row))),
      ...notesOf(rows).map((note) => `\n${note}`),
    ].join("\n")
  ).join("\n\n");
}

/** The tables for a terminal. */
export function toText(sections: readonly Section[]): string {
  const all = sections.flatMap(({ rows }) => rows.map(cellsOf));
  const widths = HEAD.map((head, column) => Math.max(head.length, ...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => {
      const width = widths[column] ?? 0;
      return [1, 3, 4, 5].includes(column) ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd();
  return sections.map(({ title, rows }) =>
    [`${title}`, line(HEAD), ...rows.map((row) => line(cellsOf(row))), ...notesOf(rows)].join("\n")
  ).join("\n\n");
}

/** The tables as JSON, with null for what could not be measured. */
export function toJson(sections: readonly Section[]): unknown {
  return sections.map(({ title, rows }) => ({
    title,
    rows: rows.map((row) => ({
      what: row.what,
      unit: row.unit,
      value: row.value ?? null,
      beside: row.beside,
      besideValue: row.besideValue ?? null,
      compared: compared(row) ?? null,
      goal: row.goal,
      met: isMet(row) ?? null,
      note: row.note ?? null,
    })),
  }));
}

function cellsOf(row: Row): string[] {
  const met = isMet(row);
  return [
    row.what,
    withUnit(row.value, row),
    row.beside,
    withUnit(row.besideValue, row),
    comparison(row),
    goalOf(row),
    met === undefined ? "" : met ? "yes" : "no",
  ];
}

function withUnit(value: number | undefined, { unit }: Row): string {
  return value === undefined ? "not measured" : `${rounded(value)} ${unit}`;
}

/** Where the goal is about the figure alone, people still see it as a part of the one beside it. */
function comparison(row: Row): string {
  const { goal, unit } = row;
  const found = compared(goal.compare === "itself" ? { ...row, goal: { compare: "times" } } : row);
  if (found === undefined) return "";
  return goal.compare === "more" ? `${found < 0 ? "" : "+"}${rounded(found)} ${unit}` : `${ratio(found)} x`;
}

function goalOf({ goal: { most, least, compare }, unit }: Row): string {
  const limit = most ?? least;
  if (limit === undefined) return "";
  const measure = { times: "x", more: `${unit} more`, itself: unit }[compare];
  return `${most === undefined ? "at least" : "at most"} ${limit} ${measure}`;
}

function notesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap(({ note }) => note === undefined ? [] : [note]))];
}
