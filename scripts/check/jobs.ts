/** How many checks and tests passed and failed. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Does jobs, as many at a time as there are lanes: a lane takes the next job as soon as it is free. */
export async function runJobs<T>(jobs: readonly ((lane: number) => Promise<T>)[], lanes: number): Promise<T[]> {
  const waiting = jobs.values();
  const results: T[] = [];
  const work = async (lane: number): Promise<void> => {
    for (const job of waiting) results.push(await job(lane));
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
  return results;
}

/** Adds up counts. */
export function sum(counts: readonly Counts[]): Counts {
  return counts.reduce(
    (one, other) => ({ passed: one.passed + other.passed, failed: one.failed + other.failed }),
    { passed: 0, failed: 0 },
  );
}

/**
 * The counts in what Deno's test runner printed. Its closing line is "ok | 12 passed (3 steps) | 0 failed | 2 ignored
 * (2s)".
 */
export function countTests(text: string, code: number): Counts {
  // The last such line: the names of tests may hold others.
  const found = [...text.matchAll(/^(?:ok|FAILED) \| (\d+) passed.*?\| (\d+) failed(?:.*?\| (\d+) ignored)?/gm)].at(-1);
  const [passed = 0, failed = 0, ignored = 0] = found?.slice(1).map((count) => Number(count ?? 0)) ?? [];
  // A run that ends badly without naming a test, or that had none, has failed as a whole.
  return { passed, failed: code !== 0 || passed + ignored === 0 ? Math.max(1, failed) : failed };
}
