import { bold, dim, green, setColorEnabled, yellow } from "@std/fmt/colors";
import { format } from "@std/fmt/duration";
import type { Host } from "../host/host.ts";

/** Colours for a terminal; plain text for pipes, for dumb terminals and where NO_COLOR is set. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  warning(text: string): string;
}

/** The colours that standard output may have. Source of NO_COLOR's meaning: no-color.org (set and not empty). */
export function paintFor(host: Host): Paint {
  setColorEnabled(host.terminal.stdout && !host.env("NO_COLOR") && host.env("TERM") !== "dumb");
  return { bold, dim, good: green, warning: yellow };
}

/** Text from outside, fit for a terminal: without control characters, bidirectional marks and other invisible ones. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, "\uFFFD");
}

/** Rows of a label and a value, aligned. */
export function alignRows(rows: readonly (readonly [label: string, value: string])[], paint: Paint): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${paint.dim(label.padEnd(width))}  ${value}\n`).join("");
}

/** How long ago, by its largest unit: `3m ago`. A moment to come, or one that isn't a time, is given as it is. */
export function ago(moment: string, now: Date): string {
  const span = now.getTime() - Date.parse(moment);
  if (Number.isNaN(span) || span < 0) return printable(moment);
  if (span < 1000) return "just now";
  const words: string = format(span, { style: "narrow", ignoreZero: true });
  return `${words.split(" ")[0]} ago`;
}

/** A JSON value on one line, fit for a terminal. */
export function oneLine(value: unknown): string {
  return printable(JSON.stringify(value) ?? "null");
}
