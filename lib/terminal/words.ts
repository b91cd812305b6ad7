import { format } from "@std/fmt/duration";
import type { Host } from "../host/host.ts";
import { printable } from "./printable.ts";

/**
 * How moments are told to people: as how long ago they were. With `--exact`, and where standard output isn't a
 * terminal, they are given exactly, because such output is read at another time.
 */
export function momentsFor(host: Host, exact: boolean): (moment: string) => string {
  if (!host.terminal.stdout || exact) return printable;
  const now = host.now();
  return (moment) => ago(moment, now);
}

/** How long ago a moment was, in its largest unit: `3m ago`. Moments to come, and other texts, stay as they are. */
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
