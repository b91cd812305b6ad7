import { format } from "@std/fmt/duration";
import type { Host } from "../host/host.ts";

/** The longest bar, and the shortest that still says something, in columns. */
const BAR = { most: 30, least: 5 } as const;
/** No rate and no remaining time are shown before this much time has passed, in milliseconds: they would be guesses. */
const LEAST_TIME_MS = 500;
const USUAL_COLUMNS = 80;

/** Shows people who wait how far something is. */
export interface Progress {
  /** Shows how much is done and how much is left. */
  step(done: number, left: number): void;
  /** Removes it from the screen. */
  end(): void;
}

/** A progress bar on standard error that overwrites itself. Nothing where that isn't a terminal, or is a dumb one. */
export function progressFor(host: Host): Progress {
  if (!host.terminal.stderr || host.env("TERM") === "dumb") return { step() {}, end() {} };
  const since = host.elapsed();
  const columns = host.terminal.columns ?? USUAL_COLUMNS;
  let shown = 0;
  const write = (line: string) => {
    host.say(`\r${line.padEnd(shown)}`);
    shown = line.length;
  };
  return {
    step(done, left) {
      // What is done in one step needs no bar.
      if (shown > 0 || left > 0) write(progressLine(done, left, host.elapsed() - since, columns));
    },
    end() {
      if (shown === 0) return;
      write("");
      host.say("\r");
    },
  };
}

/** The bar and what is known, as far as there is room: `[#####.....] 100 of 200  50/s  2s left`. */
export function progressLine(done: number, left: number, elapsedMs: number, columns: number): string {
  const share = done / Math.max(1, done + left);
  const known = elapsedMs >= LEAST_TIME_MS && done > 0;
  const perSecond = known ? 1000 * done / elapsedMs : 0;
  const rate = known ? `  ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s` : "";
  const time = known && left > 0 ? `  ${inWords(left / perSecond)} left` : "";
  // Text in the last column would make the terminal begin a new line.
  const room = columns - 1;
  const texts = [
    `${done} of ${done + left}${rate}${time}`,
    `${done} of ${done + left}${time}`,
    `${done}/${done + left}`,
  ];
  const text = texts.find(({ length }) => length + 3 + BAR.least <= room) ?? texts.at(-1)!;
  const width = Math.min(BAR.most, room - text.length - 3);
  if (width < BAR.least) return text.slice(0, room);
  const full = Math.round(width * share);
  return `[${"#".repeat(full)}${".".repeat(width - full)}] ${text}`;
}

/** A span in its two largest units: `5h 32m`. */
function inWords(seconds: number): string {
  const words: string = format(1000 * Math.max(1, Math.ceil(seconds)), { style: "narrow", ignoreZero: true });
  return words.split(" ").slice(0, 2).join(" ");
}
