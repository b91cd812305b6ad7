/** What a soak knows at its end. */
export interface Soaked {
  /** How many events the host reported: those with the numbers from 0 on. */
  readonly reported: number;
  /** The event's number and the messageId of each report that the server took, as often as it took it. */
  readonly taken: readonly (readonly [number: number, messageId: string])[];
  /** Reports that still wait. */
  readonly waiting: number;
  /** Events that the program or the module counted as dropped. */
  readonly dropped: number;
}

/** What is wrong, a line each: every event must have arrived under one messageId, or be counted. */
export function judge({ reported, taken, waiting, dropped }: Soaked): string[] {
  const ids = new Map<number, Set<string>>();
  for (const [number, messageId] of taken) ids.set(number, (ids.get(number) ?? new Set()).add(messageId));
  const problems: string[] = [];
  const strange = [...ids.keys()].filter((number) => !(number >= 0 && number < reported));
  if (strange.length > 0) problems.push(`arrived, and nobody reported them: ${strange.join(", ")}`);
  const twice = [...ids].filter(([, { size }]) => size > 1).map(([number]) => number);
  if (twice.length > 0) problems.push(`arrived under two ids: ${twice.join(", ")}`);
  const missing = Array.from({ length: reported }, (_, number) => number).filter((number) => !ids.has(number));
  if (missing.length !== waiting + dropped) {
    const which = missing.length === 0 ? "" : ` (${missing.join(", ")})`;
    problems.push(`${missing.length} didn't arrive${which}, but ${waiting} wait and ${dropped} are counted as dropped`);
  }
  return problems;
}
