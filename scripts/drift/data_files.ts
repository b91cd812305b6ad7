import { CLOSED_SETS, type ClosedSet } from "./closed_sets.ts";
import type { Installed } from "./installed.ts";
import { ROOT } from "../toolchain/toolchain.ts";

/** Where the data files are. */
export const DATA_FOLDER = "lib/report/vocabularies/read";

/** The first line of a data file. */
const HEADER =
  "// Written by `deno task drift --rasa FOLDER --write`, and reviewed as a difference. Words are only ever added.";

/** Longest line of a data file. */
const COLUMNS = 118;

/** The path of a set's data file in the project. */
export function dataPath({ vocabulary }: ClosedSet): string {
  return `${DATA_FOLDER}/${vocabulary}.ts`;
}

/** A data file as it should be: what it has by now, for older releases, and what the installed Rasa adds. */
export async function makeDataFile(set: ClosedSet, installed: Installed): Promise<string> {
  const words = [...new Set([...await readDataWords(set), ...await set.read(installed)])].toSorted();
  return `${HEADER}

import type { ReadWords } from "../definition.ts";

/** Words that were read from an installed Rasa. */
export const READ: ReadWords = {
  source: ${JSON.stringify(`${installed.release} and before: ${set.from}`)},
  words: \`
${wrap(words)}
  \`,
};
`;
}

/** The words that a data file has by now: none where there is no file. */
export async function readDataWords(set: ClosedSet): Promise<readonly string[]> {
  const text = await Deno.readTextFile(`${ROOT}/${dataPath(set)}`).catch(() => "");
  const words = /words: `([^`]*)`/.exec(text)?.[1] ?? "";
  return words.split(/\s+/).filter((word) => word !== "");
}

/** Writes every data file. */
export async function writeDataFiles(installed: Installed): Promise<void> {
  await Deno.mkdir(`${ROOT}/${DATA_FOLDER}`, { recursive: true });
  for (const set of CLOSED_SETS) {
    await Deno.writeTextFile(`${ROOT}/${dataPath(set)}`, await makeDataFile(set, installed));
  }
}

function wrap(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.join("\n");
}
