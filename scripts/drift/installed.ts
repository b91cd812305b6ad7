import { walk } from "@std/fs/walk";
import { dirname, join, relative } from "@std/path";

/** An installed Rasa: its source as text. Nothing of it is run. */
export interface Installed {
  /** The name and version of its distribution, such as `rasa-pro 3.21.0`. */
  readonly release: string;
  /** Its Python modules by path, such as `rasa/telemetry.py`. */
  readonly modules: ReadonlyMap<string, string>;
  /** The text of another installed file, by its path beside the package. Undefined where there is none. */
  other(path: string): Promise<string | undefined>;
}

/** Examples of assistants: the names of their modules are of shops and banks, as a user's own are. */
const EXAMPLES = new RegExp(
  "^rasa/(?:cli/project_templates|mantle/default_skills|builder/template_cache|core/channels/inspector-nextgen)/",
);

/** Reads the Rasa under this folder: a virtual environment, its site-packages, or the package itself. */
export async function readInstalled(folder: string): Promise<Installed> {
  const place = await findPlace(folder);
  const modules = new Map<string, string>();
  for await (const { path } of walk(join(place, "rasa"), { exts: ["py"], includeDirs: false })) {
    const name = relative(place, path).replaceAll("\\", "/");
    if (!EXAMPLES.test(name)) modules.set(name, await Deno.readTextFile(path));
  }
  const sorted = [...modules].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return {
    release: await findRelease(place),
    modules: new Map(sorted),
    other: (path) => readIfThere(join(place, path)),
  };
}

/** The folder that the package `rasa` is in. */
async function findPlace(folder: string): Promise<string> {
  const candidates = [folder, dirname(folder), join(folder, "Lib", "site-packages")];
  for (const lib of ["lib", "lib64"]) {
    for await (const name of namesIn(join(folder, lib))) {
      if (name.startsWith("python")) candidates.push(join(folder, lib, name, "site-packages"));
    }
  }
  for (const candidate of candidates) {
    if (await readIfThere(join(candidate, "rasa", "telemetry.py")) !== undefined) return candidate;
  }
  throw new Error(`Cannot read an installed Rasa: there is no rasa/telemetry.py under ${folder}`);
}

async function findRelease(place: string): Promise<string> {
  for await (const name of namesIn(place)) {
    const [, distribution, version] = /^(rasa(?:_pro)?)-(\d[^-]*)\.dist-info$/.exec(name) ?? [];
    if (distribution !== undefined) return `${distribution.replace("_", "-")} ${version}`;
  }
  throw new Error(`Cannot tell which Rasa is installed: ${place} has no folder rasa-VERSION.dist-info`);
}

async function* namesIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const { name } of Deno.readDir(folder)) yield name;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof Deno.errors.NotADirectory)) throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
