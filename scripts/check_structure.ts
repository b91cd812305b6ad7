// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { walk } from "@std/fs/walk";
import { dirname, fromFileUrl, join, relative } from "@std/path";

/**
 * The layers of the program, lowest first. A module may import from its own folder and from layers below it, never from above.
 * Source: the project's design.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["lib/host"],
  ["lib/build_config.ts", "lib/json_object.ts", "lib/remembered.ts", "lib/sha256.ts"],
  ["lib/dotenv.ts", "lib/home.ts", "lib/license.ts", "lib/license_check.ts", "lib/machine_id.ts"],
  ["lib/context"],
  ["lib/consent", "lib/report"],
  ["lib/sender"],
  ["lib/page"],
  ["lib/commands"],
  ["lib/cli.ts"],
  ["main.ts"],
];

/** What must not be read at a start: it is loaded where it is needed. A start where telemetry is off costs next to nothing. */
const LOADED_LATER: readonly string[] = [
  "lib/consent/global_config.ts",
  "lib/consent/global_yaml.ts",
  "lib/context",
  "lib/dotenv.ts",
  "lib/license_check.ts",
  "lib/page",
  "lib/report",
  "lib/sender",
];

const root = fromFileUrl(new URL("..", import.meta.url));
const imports = new Map<string, string[]>();
/** Those that are read as soon as the module is. */
const importsAtOnce = new Map<string, string[]>();
const problems: string[] = [];

for await (
  const { path } of walk(root, {
    exts: [".ts"],
    includeDirs: false,
  })
) {
  const name = relative(root, path).replaceAll("\\", "/");
  if (name !== "main.ts" && !name.startsWith("lib/")) continue;
  const source = await Deno.readTextFile(path);
  const found = [
    ...source.matchAll(/^(?:import|export)\b[^;]*?\bfrom\s+"([^"]+)";/gms),
    ...source.matchAll(/\bimport\s*\(?\s*"([^"]+)"/g),
  ]
    .map(([, target]) => String(target));
  const own = (targets: readonly string[]) =>
    targets.filter((target) => target.startsWith(".")).map((target) =>
      join(dirname(name), target).replaceAll("\\", "/")
    );
  imports.set(name, own(found));
  const atOnce = source.matchAll(/^(?:import|export)\s+(?!type\b)([^;]*?)\bfrom\s+"([^"]+)";/gms);
  importsAtOnce.set(
    name,
    own([...atOnce].filter(([, names]) => !isOfTypes(names ?? "")).map(([, , to]) => String(to))),
  );
  const outside = found.filter((target) => !target.startsWith(".") && !/^@std\/|^#build$|^node:/.test(target));
  problems.push(...outside.map((target) => `${name} imports ${target}: only @std and what Deno has built in ship`));
  if (found.some((target) => target.startsWith("node:")) && !name.startsWith("lib/host/")) {
    problems.push(`${name} imports node: outside lib/host`);
  }
  if (!name.startsWith("lib/host/") && /\bDeno\b/.test(withoutComments(source).replace(/"[^"\n]*"|`[^`$]*`/g, ""))) {
    problems.push(`${name} names Deno outside lib/host`);
  }
  if (name === "main.ts" && source.split("\n").length > 30) problems.push("main.ts is longer than 30 lines");
}

for (const [name, targets] of imports) {
  for (const target of targets) {
    const [from, to] = [layerOf(name), layerOf(target)];
    if (from === undefined) problems.push(`${name} is in no layer of scripts/check_structure.ts`);
    else if (to === undefined) problems.push(`${name} imports ${target}, which is in no layer`);
    else if (to > from && !(name === "main.ts")) problems.push(`${name} imports ${target}, a layer above it`);
    else if (to === from && folderOf(name) !== folderOf(target)) {
      problems.push(`${name} imports ${target}, a neighbour of its layer`);
    }
  }
}
for (const name of readAtStart()) {
  if (LOADED_LATER.some((place) => name === place || name.startsWith(`${place}/`))) {
    problems.push(`${name} is read at every start: import what leads to it where it is needed`);
  }
}
for (const cycle of findCycles()) problems.push(`the modules ${cycle.join(" → ")} import each other in a circle`);

if (imports.size < 20) {
  problems.push(`only ${imports.size} modules were found: the check itself looks in the wrong place`);
}
for (const problem of [...new Set(problems)]) console.error(`structure: ${problem}`);
console.error(`structure: ${imports.size} modules, ${problems.length} problems`);
Deno.exit(problems.length === 0 ? 0 : 1);

/** Whether all that is imported are types, which are gone when the program runs. */
function isOfTypes(names: string): boolean {
  const listed = names.replace(/[{}]/g, "").split(",").map((part) => part.trim()).filter((part) => part !== "");
  return listed.every((part) => part.startsWith("type "));
}

/** The modules that are read before the program has even looked at its arguments. */
function readAtStart(): ReadonlySet<string> {
  const seen = new Set<string>(["main.ts"]);
  for (const name of seen) for (const target of importsAtOnce.get(name) ?? []) seen.add(target);
  return seen;
}

function layerOf(name: string): number | undefined {
  const index = LAYERS.findIndex((places) => places.some((place) => name === place || name.startsWith(`${place}/`)));
  return index === -1 ? undefined : index;
}

/** Files that stand alone in a layer may import each other: their circles are found below. */
function folderOf(name: string): string {
  return LAYERS.flat().find((place) => name === place || name.startsWith(`${place}/`))?.replace(
    /^lib\/[a-z_]+\.ts$/,
    "lib",
  ) ?? name;
}

function findCycles(): string[][] {
  const cycles: string[][] = [];
  const finished = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) {
      cycles.push([...trail.slice(trail.indexOf(name)), name]);
      return;
    }
    if (finished.has(name)) return;
    for (const target of imports.get(name) ?? []) visit(target, [...trail, name]);
    finished.add(name);
  };
  for (const name of imports.keys()) visit(name, []);
  return cycles;
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}
