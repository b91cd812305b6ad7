import { runDeno } from "../toolchain/toolchain.ts";

/**
 * The modules that starts which somebody waits for load, as the bundler names them: the program, these commands, and
 * what they load later.
 */
const STARTS = ["main", "track", "init", "status", "disable", "judge", "record_one"] as const;

/** A static import of a chunk, and what a chunk exports, as the bundler writes both. */
const IMPORT = /import(?:\{([^}]*)\}from)?"\.\/(chunk-\w+\.js)";/g;
const EXPORT = /export\{([^}]*)\};\s*$/;

/**
 * Joins the chunks of a bundle that the same starts need. The bundler makes one for each set of modules that commands
 * share, 29 for `init`, and each takes 0.15 % of what a program takes that only ends. Commands that nobody waits for
 * read a little more than they need.
 */
export async function joinChunks(folder: string): Promise<void> {
  const texts = new Map<string, string>();
  for await (const { name } of Deno.readDir(folder)) texts.set(name, await Deno.readTextFile(`${folder}/${name}`));
  const groups = groupChunks(texts);
  const chunks = [...groups.keys()];
  // Names are unique within a chunk alone.
  const nameIn = (chunk: string, name: string) => `${name}_${chunks.indexOf(chunk)}`;
  for (const [name, text] of texts) {
    const joined = text.replace(IMPORT, (whole, names: string | undefined, chunk: string) => {
      const group = groups.get(chunk);
      if (group === undefined || group === groups.get(name)) return whole;
      const renamed = splitNames(names).map(([name, as]) => `${nameIn(chunk, name)} as ${as}`);
      return `import{${renamed.join(",")}}from"./${group}";`;
    });
    await Deno.writeTextFile(`${folder}/${name}`, joined);
  }
  const entries = new Map<string, string>();
  for (const [chunk, group] of groups) {
    const [, names] = EXPORT.exec(texts.get(chunk) ?? "") ?? [];
    const renamed = splitNames(names).map(([, as]) => `${as} as ${nameIn(chunk, as)}`);
    entries.set(group, `${entries.get(group) ?? ""}export{${renamed.join(",")}}from"./${chunk}";\n`);
  }
  // An entry has another name than what it becomes, because what is external can't be an entry.
  for (const [group, text] of entries) await Deno.writeTextFile(`${folder}/entry-${group}`, text);
  const others = ["joined-*", ...[...texts.keys()].filter((name) => !groups.has(name))];
  const externals = others.flatMap((name) => ["--external", `./${name}`]);
  const options = ["--quiet", "--minify", ...externals, "--outdir", "joined", "--no-config", "--no-lock"];
  await runDeno(["bundle", ...options, ...[...entries.keys()].map((group) => `entry-${group}`)], { cwd: folder });
  for (const group of entries.keys()) {
    await Deno.rename(`${folder}/joined/entry-${group}`, `${folder}/${group}`);
    await Deno.remove(`${folder}/entry-${group}`);
  }
  await Deno.remove(`${folder}/joined`);
  for (const chunk of chunks) await Deno.remove(`${folder}/${chunk}`);
}

/** The file that each chunk becomes a part of, by the chunk's name. Chunks that no start needs stay as they are. */
function groupChunks(texts: ReadonlyMap<string, string>): Map<string, string> {
  const closures = STARTS.map((start) => {
    const entry = [...texts.keys()].find((name) => name === `${start}.js` || name.startsWith(`${start}-`));
    if (entry === undefined) throw new Error(`Cannot join the bundle's chunks: none is called ${start}`);
    const closure = new Set([entry]);
    for (const name of closure) {
      for (const [, , chunk = ""] of texts.get(name)?.matchAll(IMPORT) ?? []) closure.add(chunk);
    }
    return closure;
  });
  const groups = new Map<string, string>();
  for (const chunk of [...texts.keys()].filter((name) => name.startsWith("chunk-")).sort()) {
    const needed = closures.map((closure) => closure.has(chunk));
    // What the program itself needs is there before anything else is.
    const needs = needed[0] ? 1 : needed.reduce((sum, isNeeded, index) => isNeeded ? sum + 2 ** index : sum, 0);
    if (needs > 0) groups.set(chunk, `joined-${needs}.js`);
  }
  return groups;
}

/** `a as b,c` as pairs: `[a, b]` and `[c, c]`. */
function splitNames(names: string | undefined): [name: string, as: string][] {
  if (!names) return [];
  return names.split(",").map((item) => {
    const [name = "", as = name] = item.split(" as ");
    return [name, as];
  });
}
