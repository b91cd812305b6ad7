import { bold, dim, green, setColorEnabled, yellow } from "@std/fmt/colors";
import type { Host } from "../host/host.ts";

/** The narrowest and the widest layout, in columns, and the one for a terminal that doesn't say how wide it is. */
const COLUMNS = { least: 20, usual: 80, most: 200 } as const;
/** Widest line of prose, in columns. Longer lines are hard to read. */
const MAX_PROSE_COLUMNS = 100;

/** How standard output may look: colours and line breaks for a terminal; plain text without line breaks for pipes. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warning(text: string): string;
  /** Columns of a line, Infinity where lines have no limit. */
  readonly width: number;
  /** Columns of a line of prose. */
  readonly proseWidth: number;
  /** The character that bars are made of. */
  readonly bar: string;
}

const asIs = (text: string): string => text;
/** How generated documents look. */
export const PLAIN: Paint = {
  bold: asIs,
  dim: asIs,
  good: asIs,
  warning: asIs,
  width: Infinity,
  proseWidth: MAX_PROSE_COLUMNS,
  bar: "#",
};

/** How standard output may look here. Source of NO_COLOR's meaning: no-color.org (set and not empty). */
export function paintFor(host: Host): Paint {
  const { stdout, columns = COLUMNS.usual } = host.terminal;
  const dumb = !stdout || host.env("TERM") === "dumb";
  setColorEnabled(!dumb && !host.env("NO_COLOR"));
  const width = stdout ? Math.min(Math.max(columns, COLUMNS.least), COLUMNS.most) : Infinity;
  const proseWidth = Math.min(width, MAX_PROSE_COLUMNS);
  return { bold, dim, good: green, warning: yellow, width, proseWidth, bar: dumb ? "#" : "█" };
}
