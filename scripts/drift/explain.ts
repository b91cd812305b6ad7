import { DRIFT_EXPLAINED } from "../../lib/report/drift_explained.ts";

/** The lines of a comparison, parted by whether the file beside the catalogue explains them. */
export interface Explained {
  readonly open: readonly string[];
  readonly explained: readonly (readonly [line: string, why: string])[];
  /** Explanations of lines that there are not. */
  readonly unused: readonly string[];
}

/** Parts lines by the explanations. One that ends in `*` is for every line that begins so. */
export function explain(
  lines: readonly string[],
  explanations: Readonly<Record<string, string>> = DRIFT_EXPLAINED,
): Explained {
  const rules = Object.entries(explanations);
  const isFor = (pattern: string, line: string) =>
    pattern.endsWith("*") ? line.startsWith(pattern.slice(0, -1)) : line === pattern;
  const explained = lines.flatMap((line) => {
    const rule = rules.find(([pattern]) => isFor(pattern, line));
    return rule === undefined ? [] : [[line, rule[1]] as const];
  });
  const known = new Set(explained.map(([line]) => line));
  return {
    open: lines.filter((line) => !known.has(line)),
    explained,
    unused: rules.map(([pattern]) => pattern).filter((pattern) => !lines.some((line) => isFor(pattern, line))),
  };
}
