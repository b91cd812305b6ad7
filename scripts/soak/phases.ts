/** What goes wrong in a soak, in turns: the way to the server, the server, and the disk. */

/** How the server answers. */
export type Answer =
  | "takes all"
  | "429, again in 5 s"
  | "500"
  | "200 with a page"
  | "404 with a page"
  | "takes all after 3 s"
  | "no answer"
  | "hangs up after reading";

/** How the proxy behaves. */
export type Way = "open" | "gone" | "407" | "502" | "hangs";

/** What holds for a while. */
export interface Phase {
  readonly answer: Answer;
  readonly way: Way;
  /** Whether the disk of the home is full. */
  readonly full: boolean;
}

const GOOD: Phase = { answer: "takes all", way: "open", full: false };

/** One round. It begins and ends with a time in which all is well, as every soak does. */
export const PHASES: readonly Phase[] = [
  GOOD,
  { ...GOOD, way: "gone" },
  GOOD,
  { ...GOOD, answer: "429, again in 5 s" },
  { ...GOOD, answer: "500" },
  { ...GOOD, full: true, answer: "500" },
  GOOD,
  { ...GOOD, answer: "200 with a page" },
  { ...GOOD, answer: "takes all after 3 s" },
  { ...GOOD, answer: "no answer" },
  { ...GOOD, answer: "404 with a page" },
  { ...GOOD, way: "407" },
  { ...GOOD, full: true },
  { ...GOOD, way: "502" },
  { ...GOOD, way: "hangs" },
  { ...GOOD, answer: "hangs up after reading" },
  GOOD,
];

/** Longest time that one phase takes, in seconds. */
const LONGEST_S = 60;

/** How long each phase takes, in seconds, so that a soak of so many minutes has at least one round. */
export function phaseSeconds(minutes: number): number {
  return Math.max(1, Math.min(LONGEST_S, minutes * 60 / PHASES.length));
}

/** The phase after so many seconds of a soak. In its last minute, and where its rounds end early, all is well. */
export function phaseAt(seconds: number, minutes: number): Phase {
  const each = phaseSeconds(minutes);
  if (seconds >= minutes * 60 - each) return GOOD;
  return PHASES[Math.floor(seconds / each) % PHASES.length] ?? GOOD;
}

/** A phase, for people. */
export function describePhase({ answer, way, full }: Phase): string {
  const proxy = way === "open" ? [] : [`proxy: ${way}`];
  return [...proxy, ...full ? ["disk full"] : [], ...way === "open" ? [`server: ${answer}`] : []].join(", ");
}
