/**
 * Why there is no report to be had from a file: it is gone, can't be read just now, is another user's, another version
 * of the program wrote it, or it is no report of ours.
 */
export type NoReport = "gone" | "unreadable" | "foreign" | "newer" | "broken";

/** How many of the files that wait every delivery passes by, by the reason. */
export type PassedBy = Readonly<Record<"newer" | "foreign" | "unreadable", number>>;

/** Counts what a delivery would pass by, of what was found in the queue's files. */
export function countPassedBy(found: readonly (object | NoReport)[]): PassedBy {
  const count = (reason: NoReport) => found.filter((queued) => queued === reason).length;
  return { newer: count("newer"), foreign: count("foreign"), unreadable: count("unreadable") };
}

/** What to tell people of waiting files that every delivery passes by, a sentence each. */
export function describePassedBy(counts: PassedBy): string[] {
  const waiting = (count: number) => count === 1 ? "1 waiting report" : `${count} waiting reports`;
  const sentences: readonly (readonly [count: number, why: string])[] = [
    [counts.newer, "written by a newer version of this program: install that to have it sent"],
    [counts.foreign, "another user's, and never sent"],
    [counts.unreadable, "kept back: the file can't be read just now"],
  ];
  return sentences.filter(([count]) => count > 0)
    .map(([count, why]) => `${waiting(count)} ${count === 1 ? "is" : "are"} ${why}`);
}
