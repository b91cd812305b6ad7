// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { walk } from "@std/fs/walk";
import { dirname, relative, toFileUrl } from "@std/path";
import { type Graph, type ImportKind, readGraph } from "../toolchain/graph.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { codeOf } from "./code.ts";
import { LAYERS, LIMITS, LOADED_LATER, NOT_AT_START } from "./rules.ts";

/** What the check looks at. */
export interface House {
  /** Every module of main.ts, lib/ and scripts/, and what these need. */
  readonly graph: Graph;
  /** The texts of main.ts, of the files under lib/ and of the TypeScript under scripts/, by path. */
  readonly sources: ReadonlyMap<string, string>;
  /** Every file under scripts/, by path. */
  readonly scripts: readonly string[];
}

/** What is wrong with the house, a line each. */
export function examineStructure(house: House): string[] {
  return [
    ...examineLayers(house),
    ...examineOutside(house),
    ...examineLoading(house.graph),
    ...examineReading(house),
    ...examineCircles(house.graph),
    ...examineFiles(house),
    ...examineScripts(house),
  ];
}

function examineLayers({ graph, sources }: House): string[] {
  const nowhere = [...sources.keys()].filter((name) => isProgram(name) && placeOf(name) === undefined);
  const problems = nowhere.map((name) => `${name} is in no layer of scripts/check/rules.ts`);
  for (const [name, target] of ownImports(graph)) {
    const [from, to] = [placeOf(name), placeOf(target)];
    if (from === undefined || to === undefined) continue;
    if (to.layer > from.layer) problems.push(`${name} imports ${target}, a layer above it`);
    else if (to.layer === from.layer && to.place !== from.place && !(isFile(to.place) && isFile(from.place))) {
      problems.push(`${name} imports ${target}, a neighbour in its layer`);
    } else if (name.startsWith("lib/commands/") && target.startsWith("lib/commands/")) {
      problems.push(`${name} imports ${target}: no command imports a command`);
    }
  }
  return problems;
}

function examineOutside({ graph, sources }: House): string[] {
  const problems: string[] = [];
  for (const [name, imports] of graph) {
    if (!isProgram(name)) continue;
    const isHost = name.startsWith("lib/host/");
    for (const { name: wanted } of imports) {
      if (wanted.startsWith("node:") && !isHost) problems.push(`${name} imports ${wanted} outside lib/host`);
      if (!/^(\.{1,2}\/|@std\/|#build$|node:)/.test(wanted)) {
        problems.push(`${name} imports ${wanted}: only @std comes from outside`);
      }
    }
    const code = codeOf(sources.get(name) ?? "");
    // Through globalThis a text could name Deno.
    const [named] = (isHost ? null : /\b(?:Deno|globalThis)\b/.exec(code)) ?? [];
    if (named !== undefined) problems.push(`${name} names ${named} outside lib/host`);
    // The runtime's graph knows nothing of an import whose name is made when the program runs.
    if (/\bimport\s*\((?!\s*""\s*[,)])/.test(code)) problems.push(`${name} loads a module without a literal name`);
  }
  return problems;
}

function examineLoading(graph: Graph): string[] {
  const problems: string[] = [];
  for (const [name, target] of ownImports(graph, "dynamic")) {
    if (LOADED_LATER.some(({ place, by }) => name === by && isIn(target, place))) continue;
    problems.push(`${name} loads ${target} later: give the reason in LOADED_LATER of scripts/check/rules.ts`);
  }
  const starts = { command: ["main.ts"], consent: ["main.ts", "lib/commands/track.ts"] };
  for (const { place, by } of LOADED_LATER) {
    if (!ownImports(graph, "dynamic").some(([name, target]) => name === by && isIn(target, place))) {
      problems.push(`LOADED_LATER names ${place}, which ${by} doesn't load later`);
    }
  }
  for (const { place, until } of NOT_AT_START) {
    const found = loadedWith(graph, starts[until]).filter((name) => isIn(name, place));
    problems.push(...found.map((name) => `${name} is loaded before the ${until} is known: load it where it is needed`));
    if (![...graph.keys()].some((name) => isIn(name, place))) {
      problems.push(`NOT_AT_START names ${place}: no such module`);
    }
  }
  const { length } = loadedWith(graph, ["main.ts", "lib/commands/init.ts", "lib/consent/judge.ts"]);
  if (length > LIMITS.initFiles) problems.push(`init loads ${length} files, more than ${LIMITS.initFiles}`);
  return problems;
}

/** What takes time as soon as it is read, whether or not it is ever used. */
function examineReading({ graph, sources }: House): string[] {
  const problems: string[] = [];
  for (const [name, imports] of graph) {
    const nodes = isProgram(name)
      ? imports.filter((found) => found.kind === "static" && /^node:/.test(found.name))
      : [];
    problems.push(...nodes.map((found) => `${name} imports ${found.name} at the top: a start takes 2.6 % longer`));
  }
  for (const [name, text] of sources) {
    if (!isProgram(name)) continue;
    for (const [index, line] of text.split("\n").entries()) {
      // In a template it is the source of a pattern that is made later.
      if (!/\\p\{/.test(line) || line.includes("`")) continue;
      problems.push(`${name}:${index + 1} has a literal of Unicode's classes: make it with unicodePattern`);
    }
  }
  return problems;
}

function examineCircles(graph: Graph): string[] {
  const files = new Map<string, string[]>();
  for (const name of graph.keys()) if (isOwn(name)) files.set(name, []);
  const folders = new Map<string, string[]>();
  for (const [name, target] of ownImports(graph, undefined, isOwn)) {
    files.get(name)?.push(target);
    const [from, to] = [dirname(name), dirname(target)];
    // A folder and those inside it are one room.
    if (from !== to && !isIn(from, to) && !isIn(to, from)) folders.set(from, [...folders.get(from) ?? [], to]);
  }
  return [files, folders].flatMap((nodes) =>
    findCircles(nodes).map((circle) => `${circle.join(" → ")} import each other in a circle`)
  );
}

function examineFiles({ graph, sources }: House): string[] {
  const problems: string[] = [];
  for (const [name, text] of sources) {
    const lines = text.split("\n");
    for (const [index, line] of lines.entries()) {
      if (line.length > LIMITS.columns) problems.push(`${name}:${index + 1} has ${line.length} columns`);
    }
    const { length } = text.trimEnd().split("\n");
    if (name === "main.ts" && length > LIMITS.mainLines) problems.push(`main.ts has ${length} lines`);
    if (!name.endsWith(".ts")) problems.push(`${name} is not a TypeScript module`);
    else if (!graph.has(name)) problems.push(`${name} is not in the graph: the check looks in the wrong place`);
  }
  const commands = [...sources.keys()].filter((name) => name.startsWith("lib/commands/"));
  if (commands.length > LIMITS.commands) problems.push(`lib/commands has ${commands.length} files`);
  return problems;
}

function examineScripts({ graph, scripts }: House): string[] {
  const flat = scripts.filter((name) => dirname(name) === "scripts");
  const isScript = (name: string) => name.startsWith("scripts/");
  const tests = ownImports(graph, undefined, isScript).filter(([, target]) => target.startsWith("tests/"));
  return [
    ...flat.length > LIMITS.flatScripts ? [`scripts has ${flat.length} files outside its folders`] : [],
    ...tests.map(([name, target]) => `${name} imports ${target}: scripts must not need tests`),
  ];
}

/** Imports of modules of the project by modules of the project: of the program unless `isWanted` says otherwise. */
function ownImports(
  graph: Graph,
  kind?: ImportKind,
  isWanted: (name: string) => boolean = isProgram,
): [name: string, target: string][] {
  return [...graph].filter(([name]) => isWanted(name)).flatMap(([name, imports]) =>
    imports.filter((found) => graph.has(found.target) && /^(main\.ts$|lib\/|scripts\/|tests\/)/.test(found.target))
      .filter((found) => kind === undefined || found.kind === kind)
      .map(({ target }): [string, string] => [name, target])
  );
}

/** The modules of the program that are loaded with these: what they import by itself, types aside. */
function loadedWith(graph: Graph, starts: readonly string[]): string[] {
  const loaded = new Set(starts);
  for (const name of loaded) {
    for (const { target, kind } of graph.get(name) ?? []) {
      if (kind === "static" && isProgram(target)) loaded.add(target);
    }
  }
  return [...loaded];
}

/** Each circle once: the names on its way, from the first in the alphabet back to it. */
function findCircles(nodes: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const finished = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (trail.includes(name)) {
      const circle = trail.slice(trail.indexOf(name));
      const first = circle.indexOf(circle.toSorted()[0] ?? "");
      circles.push([...circle.slice(first), ...circle.slice(0, first + 1)]);
      return;
    }
    if (finished.has(name)) return;
    for (const target of new Set(nodes.get(name) ?? [])) visit(target, [...trail, name]);
    finished.add(name);
  };
  for (const name of nodes.keys()) visit(name, []);
  return circles;
}

function placeOf(name: string): { layer: number; place: string } | undefined {
  for (const [layer, { places }] of LAYERS.entries()) {
    const place = places.find((candidate) => isIn(name, candidate));
    if (place !== undefined) return { layer, place };
  }
  return undefined;
}

function isIn(name: string, place: string): boolean {
  return name === place || name.startsWith(`${place}/`);
}

function isFile(place: string): boolean {
  return place.endsWith(".ts");
}

function isProgram(name: string): boolean {
  return name === "main.ts" || name.startsWith("lib/");
}

function isOwn(name: string): boolean {
  return isProgram(name) || name.startsWith("scripts/");
}

/** Reads the project itself. */
export async function readHouse(): Promise<House> {
  const list = async (folder: string): Promise<string[]> =>
    await Array.fromAsync(
      walk(`${ROOT}/${folder}`, { includeDirs: false }),
      ({ path }: { path: string }) => relative(ROOT, path).replaceAll("\\", "/"),
    );
  const scripts = (await list("scripts")).filter((name) => !name.includes("__pycache__"));
  const modules = ["main.ts", ...(await list("lib"))];
  const sources = new Map<string, string>();
  const typed = scripts.filter((name) => name.endsWith(".ts"));
  for (const name of [...modules, ...typed]) sources.set(name, await Deno.readTextFile(`${ROOT}/${name}`));
  // One module that needs all others, so that the runtime is asked once, and sees what main.ts doesn't need too.
  await Deno.mkdir(`${ROOT}/.build`, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: `${ROOT}/.build` });
  try {
    const needed = [...modules.filter((name) => name.endsWith(".ts")), ...typed];
    const text = needed.map((name) => `import ${JSON.stringify(toFileUrl(`${ROOT}/${name}`).href)};\n`).join("");
    await Deno.writeTextFile(`${folder}/all.ts`, text);
    return { graph: await readGraph(`${folder}/all.ts`), sources, scripts };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    const house = await readHouse();
    const problems = examineStructure(house);
    for (const problem of problems) console.error(`structure: ${problem}`);
    console.error(`structure: ${house.sources.size} modules, ${problems.length} problems`);
    if (problems.length > 0) Deno.exitCode = 1;
  } catch (error) {
    console.error(`structure: ${error instanceof Error ? error.message : String(error)}`);
    Deno.exitCode = 1;
  }
}
