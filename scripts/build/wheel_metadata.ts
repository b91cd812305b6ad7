import type { Project } from "./wheel_project.ts";

/** The text of METADATA, version 2.4. Source: the core metadata specification, packaging.python.org. */
export function metadataOf(project: Project, version: string, readme: string): string {
  const fields: readonly (readonly [name: string, value: string])[] = [
    ["Metadata-Version", "2.4"],
    ["Name", project.name],
    ["Version", version],
    ["Summary", project.description],
    ["Keywords", project.keywords.join(",")],
    ["License-Expression", project.license],
    ...project.licenseFiles.map((name) => ["License-File", name] as const),
    ...project.classifiers.map((name) => ["Classifier", name] as const),
    ...Object.entries(project.urls).map(([name, url]) => ["Project-URL", `${name}, ${url}`] as const),
    ["Requires-Python", project.requiresPython],
    ["Description-Content-Type", "text/markdown"],
  ];
  return `${linesOf(fields)}\n${readme}`;
}

/** The text of WHEEL, for a wheel with these tags. Source: the binary distribution format, packaging.python.org. */
export function wheelOf(tags: readonly string[], isPure: boolean): string {
  return linesOf([
    ["Wheel-Version", "1.0"],
    ["Generator", "rasa-telemetry (deno task wheel)"],
    ["Root-Is-Purelib", String(isPure)],
    ...tags.map((tag) => ["Tag", tag] as const),
  ]);
}

/** The text of entry_points.txt. */
export function entryPointsOf({ scripts, entryPoints }: Pick<Project, "scripts" | "entryPoints">): string {
  const groups = { ...Object.keys(scripts).length > 0 ? { console_scripts: scripts } : {}, ...entryPoints };
  return Object.entries(groups).map(([group, points]) => {
    const lines = Object.entries(points).map(([name, target]) => `${name} = ${target}\n`);
    return `[${group}]\n${lines.join("")}`;
  }).join("\n");
}

/** The spellings of what comes before a version, and the one that is normal. Source: PEP 440. */
const PHASES: Readonly<Record<string, string>> = {
  a: "a",
  alpha: "a",
  b: "b",
  beta: "b",
  c: "rc",
  rc: "rc",
  pre: "rc",
  preview: "rc",
  dev: ".dev",
};

/**
 * A version of deno.json as Python's tools write it: `1.0.0-rc.1` is `1.0.0rc1`. Throws an `Error` for one that they
 * don't know, that they order otherwise, or that has build metadata, which no index takes.
 */
export function pythonVersion(version: string): string {
  const found = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([a-z]+)(?:\.?(0|[1-9]\d*))?)?$/i.exec(version);
  const [, major, minor, patch, word, count = "0"] = found ?? [];
  const phase = word === undefined ? "" : PHASES[word.toLowerCase()];
  if (found === null || phase === undefined) {
    throw new Error(`Cannot make a wheel of version ${version}: Python's tools know no such version`);
  }
  return `${major}.${minor}.${patch}${phase}${word === undefined ? "" : count}`;
}

function linesOf(fields: readonly (readonly [name: string, value: string])[]): string {
  return fields.map(([name, value]) => `${name}: ${value}\n`).join("");
}
