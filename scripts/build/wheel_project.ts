import { ROOT } from "../toolchain/toolchain.ts";

/** What python/pyproject.toml says about every wheel: its table `[project]`. */
export interface Project {
  readonly name: string;
  readonly description: string;
  /** The file that the index shows, in python/. */
  readonly readme: string;
  readonly requiresPython: string;
  /** The licence, as an SPDX expression. */
  readonly license: string;
  /** Texts of licences, in the project's folder. */
  readonly licenseFiles: readonly string[];
  readonly keywords: readonly string[];
  readonly classifiers: readonly string[];
  readonly urls: Table;
  /** What each command starts, as `module:function`. */
  readonly scripts: Table;
  /** The groups of other entry points. */
  readonly entryPoints: Readonly<Record<string, Table>>;
}

type Table = Readonly<Record<string, string>>;
type Value = string | readonly string[];

/** The keys of `[project]`: all must be there, and no others. `dynamic` says that the version comes from elsewhere. */
const KEYS = [
  "name",
  "dynamic",
  "description",
  "readme",
  "requires-python",
  "license",
  "license-files",
  "keywords",
  "classifiers",
];
const ENTRY_POINTS = "project.entry-points.";

/** Reads python/pyproject.toml. */
export async function readProject(): Promise<Project> {
  return parseProject(await Deno.readTextFile(`${ROOT}/python/pyproject.toml`));
}

/** Makes sense of a pyproject.toml. Throws an `Error` for what no wheel would say. */
export function parseProject(text: string): Project {
  const tables = parseTables(text);
  const { project = {}, "project.urls": urls = {}, "project.scripts": scripts = {}, ...others } = tables;
  const entryPoints = Object.entries(others).filter(([name]) => name.startsWith(ENTRY_POINTS));
  const unknown = [
    ...Object.keys(project).filter((key) => !KEYS.includes(key)),
    ...KEYS.filter((key) => !(key in project)).map((key) => `no ${key}`),
    ...Object.keys(others).filter((name) => !name.startsWith(ENTRY_POINTS)),
  ];
  if (unknown.length > 0) throw new Error(`Cannot make a wheel of pyproject.toml, which has ${unknown.join(", ")}`);
  return {
    name: asText(project["name"]),
    description: asText(project["description"]),
    readme: asText(project["readme"]),
    requiresPython: asText(project["requires-python"]),
    license: asText(project["license"]),
    licenseFiles: asTexts(project["license-files"]),
    keywords: asTexts(project["keywords"]),
    classifiers: asTexts(project["classifiers"]),
    urls: asTable(urls),
    scripts: asTable(scripts),
    entryPoints: Object.fromEntries(
      entryPoints.map(([name, table]) => [name.slice(ENTRY_POINTS.length), asTable(table)]),
    ),
  };
}

/**
 * The tables of `[project]` by name. Reads the part of TOML that they are written in: strings in double quotes, and
 * arrays of them. Other tables are passed over.
 */
function parseTables(text: string): Record<string, Record<string, Value>> {
  const tables: Record<string, Record<string, Value>> = {};
  let table: Record<string, Value> | undefined;
  const lines = text.split("\n").values();
  for (const line of lines) {
    const header = /^\[([\w."-]+)\]$/.exec(line.trim());
    if (header !== null) {
      const [, name = ""] = header;
      table = /^project(\.|$)/.test(name) ? tables[name] ??= {} : undefined;
      continue;
    }
    if (table === undefined || /^\s*(#|$)/.test(line)) continue;
    const [, key, first = ""] = /^([\w-]+)\s*=\s*(.+)$/.exec(line.trim()) ?? [];
    if (key === undefined) throw new Error(`Cannot read this line of pyproject.toml: ${line}`);
    let value = first;
    while (value.startsWith("[") && !value.endsWith("]")) {
      const { value: next, done } = lines.next();
      if (done) throw new Error(`Cannot read pyproject.toml: the list ${key} has no end`);
      if (!next.trim().startsWith("#")) value += next.trim();
    }
    table[key] = parseValue(key, value);
  }
  return tables;
}

/** In this part of TOML, a value is one of JSON, but for a comma after an array's last item. */
function parseValue(key: string, text: string): Value {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/,\s*\]$/, "]"));
  } catch (cause) {
    throw new Error(`Cannot read ${key} of pyproject.toml: ${text}`, { cause });
  }
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new Error(`Cannot read ${key} of pyproject.toml: ${text}`);
}

function asText(value: Value | undefined): string {
  if (typeof value !== "string") throw new Error(`Cannot read pyproject.toml: ${value} isn't a text`);
  return value;
}

function asTexts(value: Value | undefined): readonly string[] {
  if (typeof value === "string" || value === undefined) {
    throw new Error(`Cannot read pyproject.toml: ${value} isn't a list`);
  }
  return value;
}

function asTable(table: Readonly<Record<string, Value>>): Table {
  return Object.fromEntries(Object.entries(table).map(([key, value]) => [key, asText(value)]));
}
