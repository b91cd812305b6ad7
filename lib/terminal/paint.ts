import { bold, dim, green, setColorEnabled, yellow } from "@std/fmt/colors";
import { format } from "@std/fmt/duration";
import type { Host } from "../host/host.ts";
import { printable } from "./printable.ts";
import { table } from "./table.ts";

/** The narrowest and the widest that texts are laid out for, in columns, and what is taken where a terminal doesn't say. */
const COLUMNS = { least: 20, usual: 80, most: 200 } as const;
/** Longer lines of prose are hard to read, in columns. */
const MOST_OF_PROSE = 100;

/** How standard output may look: colours and lines for a terminal; plain and unwrapped text for pipes. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warning(text: string): string;
  /** Columns; Infinity where there are no lines to fit. */
  readonly width: number;
  /** The same for prose. */
  readonly proseWidth: number;
  /** What bars are made of. */
  readonly bar: string;
}

const asIs = (text: string): string => text;
/** How documents look. */
export const PLAIN: Paint = {
  bold: asIs,
  dim: asIs,
  good: asIs,
  warning: asIs,
  width: Infinity,
  proseWidth: MOST_OF_PROSE,
  bar: "#",
};

/** How standard output may look here. Source of NO_COLOR's meaning: no-color.org (set and not empty). */
export function paintFor(host: Host): Paint {
  const { stdout, columns = COLUMNS.usual } = host.terminal;
  const dumb = !stdout || host.env("TERM") === "dumb";
  setColorEnabled(!dumb && !host.env("NO_COLOR"));
  const width = stdout ? Math.min(Math.max(columns, COLUMNS.least), COLUMNS.most) : Infinity;
  const proseWidth = Math.min(width, MOST_OF_PROSE);
  return { bold, dim, good: green, warning: yellow, width, proseWidth, bar: dumb ? "#" : "█" };
}

/** Rows of a label and a value, aligned. */
export function alignRows(rows: readonly (readonly [label: string, value: string])[], paint: Paint): string {
  return table(rows, paint.width, [paint.dim]);
}

/**
 * How moments are told to people: how long ago, or exactly where `--exact` asks for it and where standard output is no
 * terminal: what is kept is read at another time.
 */
export function momentsFor(host: Host, exact: boolean): (moment: string) => string {
  if (!host.terminal.stdout || exact) return printable;
  const now = host.now();
  return (moment) => ago(moment, now);
}

/** How long ago, by its largest unit: `3m ago`. A moment to come, or one that isn't a time, is given as it is. */
function ago(moment: string, now: Date): string {
  const span = now.getTime() - Date.parse(moment);
  if (Number.isNaN(span) || span < 0) return printable(moment);
  if (span < 1000) return "just now";
  const words: string = format(span, { style: "narrow", ignoreZero: true });
  return `${words.split(" ")[0]} ago`;
}

/** A number with what it counts: `1 report`, `2 reports`. */
export function countInWords(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A JSON value on one line, fit for a terminal. */
export function oneLine(value: unknown): string {
  return printable(JSON.stringify(value) ?? "null");
}
