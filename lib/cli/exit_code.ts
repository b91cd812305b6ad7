/** What the program's exit code tells its caller. */
export const ExitCode = {
  Done: 0,
  Fault: 1,
  Usage: 2,
  Refused: 3,
  Left: 4,
} as const;

/** One of the program's exit codes. */
export type ExitCode = typeof ExitCode[keyof typeof ExitCode];

/** What each exit code means. The help, the manual page and the documents are made from this. */
export const EXIT_CODES: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [ExitCode.Done, "done; off, held and queued count as done: the network never fails the caller"],
  [ExitCode.Fault, "a fault of the program itself, or of the runtime before the program starts"],
  [
    ExitCode.Usage,
    "bad usage, bad input (stream: at least one bad line), a choice that can't be stored, or output that can't be " +
    "written (of commands that are run to see something)",
  ],
  [ExitCode.Refused, "refused by the licence (disable only)"],
  [ExitCode.Left, "reports are still waiting that should have left (flush only)"],
];
