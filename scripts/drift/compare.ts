import { EVENTS, TRAITS_RULE } from "../../lib/report/catalogue.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { LEFT_OUT } from "../../lib/report/left_out.ts";
import { PACKAGE_TREE } from "../../lib/report/vocabularies/package_tree.ts";
import { VOCABULARIES, type Vocabulary } from "../../lib/report/vocabulary.ts";
import { CLOSED_SETS } from "./closed_sets.ts";
import { readDataWords } from "./data_files.ts";
import type { Installed } from "./installed.ts";
import { readReported } from "./telemetry_source.ts";

/** Every vocabulary that a closed set belongs to. */
const BY_NAME: Readonly<Record<string, Vocabulary>> = {
  ...VOCABULARIES,
  "package_tree": PACKAGE_TREE,
};

/** What the catalogue lacks of an installed Rasa, and what it has that Rasa has not, a line each. */
export async function compareCatalogue(installed: Installed): Promise<string[]> {
  return [...compareTelemetry(installed), ...await compareWords(installed)];
}

function compareTelemetry(installed: Installed): string[] {
  const reported = readReported(installed);
  const leftOut = new Set(LEFT_OUT.map(({ name }) => name));
  const events = new Set(EVENTS.map(({ name }) => name));
  const rules = [...EVENTS, TRAITS_RULE];
  const paths = rules.flatMap(({ name, properties }) => flatten(properties).map(([path]) => [name, path] as const));
  const properties = new Set(paths.map(([, path]) => path.split(/[.[]/)[0] ?? ""));
  const lacking = [...reported.properties].filter(([key]) => !properties.has(key) && !leftOut.has(key));
  return [
    ...reported.events.filter((name) => !events.has(name) && !leftOut.has(name)).map((name) => `lacks event ${name}`),
    ...lacking.map(([key, functions]) => `lacks property ${key} of ${functions.join(", ")}`),
    ...[...events].filter((name) => !reported.events.includes(name)).map((name) => `stale event ${name}`),
    ...[...properties].filter((key) => !reported.texts.has(key)).map((key) => `stale property ${key}`),
  ];
}

async function compareWords(installed: Installed): Promise<string[]> {
  const lines: string[] = [];
  for (const set of CLOSED_SETS) {
    const read = new Set(await set.read(installed));
    const known = BY_NAME[set.vocabulary];
    for (const word of read) if (!known?.has(word)) lines.push(`lacks ${set.vocabulary} ${word}`);
    for (const word of await readDataWords(set)) if (!read.has(word)) lines.push(`stale ${set.vocabulary} ${word}`);
    if (read.size === 0) lines.push(`found no ${set.vocabulary}`);
  }
  return lines;
}
