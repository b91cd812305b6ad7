import { fromFileUrl, relative } from "@std/path";
import { askDeno, findToolchain, ROOT } from "./toolchain.ts";

/** How a module needs another: as soon as it is loaded, by a call of `import()`, or for its types alone. */
export type ImportKind = "static" | "dynamic" | "type";

/** One import of a module. */
export interface Import {
  /** The name that the source gives: "./host.ts", "@std/path", "#build". */
  readonly name: string;
  /** A module of the project by its path from the project's folder, any other by its address. */
  readonly target: string;
  readonly kind: ImportKind;
}

/** Modules with their imports, by the same names as `Import.target`. */
export type Graph = ReadonlyMap<string, readonly Import[]>;

/** The parts of `deno info --json` that are used here. */
interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string; readonly error?: string };
      readonly type?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

/**
 * The modules that a module needs, directly or not, as the runtime sees them. Throws an `Error` where one can't be
 * found.
 */
export async function readGraph(entry: string): Promise<Graph> {
  const { options } = await findToolchain();
  // The shape is the documented one of `deno info --json`.
  const { modules } = await askDeno(["info", "--json", ...options, entry]) as Info;
  const graph = new Map<string, Import[]>();
  for (const { specifier, error, dependencies = [] } of modules) {
    if (error !== undefined) throw new Error(`Cannot read the graph of ${entry}: ${error}`);
    const imports = dependencies.map(({ specifier: name, code, type, isDynamic }): Import => {
      if (code?.error !== undefined) throw new Error(`Cannot read the graph of ${entry}: ${code.error}`);
      const kind = isDynamic ? "dynamic" : code === undefined ? "type" : "static";
      return { name, target: nameOf(code?.specifier ?? type?.specifier ?? name), kind };
    });
    graph.set(nameOf(specifier), imports);
  }
  return graph;
}

/** The names of @std's modules that the project's own modules import, sorted. */
export function librariesIn(graph: Graph): string[] {
  const names = [...graph.values()].flat().map(({ name }) => name).filter((name) => name.startsWith("@std/"));
  return [...new Set(names)].sort();
}

function nameOf(specifier: string): string {
  if (!specifier.startsWith("file:")) return specifier;
  const path = relative(ROOT, fromFileUrl(specifier)).replaceAll("\\", "/");
  return path.startsWith("..") ? specifier : path;
}
