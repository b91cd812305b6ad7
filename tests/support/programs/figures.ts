/** How long things take, and figures that tests print for the person who runs them. */

/** The middle one, or the upper of the two. Throws where there is none. */
export function median(values: readonly number[]): number {
  const middle = values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)];
  if (middle === undefined) throw new Error("there is no median of nothing");
  return middle;
}

/** Does something, and says how long that took, in milliseconds. */
export async function timed<T extends object>(work: () => Promise<T>): Promise<T & { readonly took: number }> {
  const since = performance.now();
  const done = await work();
  return { ...done, took: performance.now() - since };
}

/** Prints a figure, or the seed that repeats a run, on standard error. */
export function say(text: string): void {
  // deno-lint-ignore no-console -- a seed or a figure that no assertion holds has no other way out
  console.error(text);
}
