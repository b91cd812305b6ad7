import { fromFileUrl } from "@std/path";
import { type Condition, hasProgram } from "./conditions.ts";
import { runProgram } from "./process.ts";

/** Programs on a bare pseudo-terminal: what is typed when, and the terminal's modes, are up to the test. */

/** Python, which can make a pseudo-terminal. Windows' can't. */
export const HAS_PTY: Condition = await hasProgram("python3", "-c", "import pty, termios; pty.openpty()");

/** What is done to a program, in order. */
export type Step =
  /** Wait until the screen shows the text, after what the last such step found. */
  | readonly ["until", text: string]
  | readonly ["wait", seconds: number]
  | readonly ["type", text: string]
  | readonly ["signal", number: number]
  /** Close the terminal. */
  | readonly ["close"]
  /** Note whether the terminal's modes are as before. */
  | readonly ["same"];

/** How a pseudo-terminal differs from a plain one of 80 columns. */
export interface PtyOptions {
  readonly cwd: string;
  /** The program's whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Typed before the program starts. */
  readonly before?: string;
  /** Whether another program has made the terminal non-blocking. */
  readonly nonblocking?: boolean;
  /** Whether the terminal isn't the program's own, so that it gets no signals from it. */
  readonly borrowed?: boolean;
  /** Modes that the terminal is without, by the group that they belong to. */
  readonly without?: Readonly<Partial<Record<"iflag" | "oflag" | "cflag" | "lflag", readonly string[]>>>;
}

/** What came of a program. Its standard output is a pipe. */
export interface PtyResult {
  /** The exit code, or the signal's number below zero. */
  readonly code: number;
  readonly out: string;
  readonly screen: string;
  /** Whether the terminal's modes were as before at each step `same`, and at the end. */
  readonly same: boolean;
}

/** Runs a program on a pseudo-terminal to its end. */
export async function runOnTerminal(
  argv: readonly string[],
  steps: readonly Step[],
  options: PtyOptions,
): Promise<PtyResult> {
  const task = JSON.stringify({ ...options, argv, steps });
  const driver = fromFileUrl(new URL("pseudo_terminal.py", import.meta.url));
  const { code, out, err } = await runProgram(["python3", driver, task], {
    cwd: options.cwd,
    env: {},
    longestMs: 60_000,
  });
  if (code !== 0) throw new Error(err);
  return JSON.parse(out);
}
