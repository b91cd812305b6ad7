/** What was withheld when a report was made. It is kept beside the report for the machine's owner, and never leaves. */
export interface Withheld {
  /** Paths of the catalogue whose values did not pass (`properties.pipeline[].llm.temperature`), each once. */
  readonly withheld: readonly string[];
  /** Keys that aren't in the catalogue and entries over a list's limit. Only counted: a key can be a secret too. */
  readonly withheldUnknown: number;
}

/** Nothing was withheld. */
export const NOTHING_WITHHELD: Withheld = { withheld: [], withheldUnknown: 0 };

/** The pattern of the catalogue's paths. The longest has about 70 characters. */
const PATH = /^(?:properties|traits|context)(?:\.[a-z0-9_]{1,80}|\[\]){1,8}$/;
/** More paths than any event has. */
const MOST_PATHS = 500;

/** More keys and entries than there can be in the largest input. */
const MOST_UNKNOWN = 1024 * 1024;

/** How much was withheld: values that have a path, and keys and entries that are only counted. */
export function sumOfWithheld({ withheld, withheldUnknown }: Withheld): number {
  return withheld.length + withheldUnknown;
}

/** What was withheld from several reports. */
export interface WithheldCounts {
  /** From how many reports anything was withheld. */
  readonly reports: number;
  /** By path of the catalogue, from how many reports its value was withheld. The highest number comes first. */
  readonly paths: readonly (readonly [path: string, reports: number])[];
  /** The sum of `withheldUnknown`. */
  readonly unknown: number;
}

/** Adds up what was withheld from these reports. */
export function countWithheld(reports: readonly Withheld[]): WithheldCounts {
  const paths = new Map<string, number>();
  for (const path of reports.flatMap(({ withheld }) => [...new Set(withheld)])) {
    paths.set(path, (paths.get(path) ?? 0) + 1);
  }
  return {
    reports: reports.filter((held) => sumOfWithheld(held) > 0).length,
    paths: [...paths].sort(([one, left], [other, right]) => right - left || (one < other ? -1 : 1)),
    unknown: reports.reduce((sum, { withheldUnknown }) => sum + withheldUnknown, 0),
  };
}

/**
 * What an object that was read from a file says was withheld. It is nothing where the two members are missing, or
 * hold what this program doesn't write there: a note for the machine's owner must not cost a report.
 */
export function parseWithheld(held: Readonly<Record<string, unknown>>): Withheld {
  const { withheld = [], withheldUnknown = 0 } = held;
  const arePaths = Array.isArray(withheld) && withheld.length <= MOST_PATHS &&
    withheld.every((path) => typeof path === "string" && PATH.test(path));
  const isCount = typeof withheldUnknown === "number" && Number.isInteger(withheldUnknown) &&
    withheldUnknown >= 0 && withheldUnknown <= MOST_UNKNOWN;
  return arePaths && isCount ? { withheld, withheldUnknown } : NOTHING_WITHHELD;
}

/** What was withheld, for people: the paths, and how many there are without one. Empty where nothing was withheld. */
export function withheldInWords({ withheld, withheldUnknown }: Withheld): string {
  const unknown = withheldUnknown === 1 ? "1 unknown key or entry" : `${withheldUnknown} unknown keys or entries`;
  return [withheld.join(", "), withheldUnknown === 0 ? "" : unknown].filter((part) => part !== "").join("; ");
}

/** What was withheld as members of a JSON object, each with a comma after it. Empty where nothing was withheld. */
export function withheldMembers({ withheld, withheldUnknown }: Withheld): string {
  if (withheld.length === 0 && withheldUnknown === 0) return "";
  return `"withheld":${JSON.stringify(withheld)},"withheldUnknown":${withheldUnknown},`;
}
