import { librariesIn, readGraph } from "../toolchain/graph.ts";
import { ROOT } from "../toolchain/toolchain.ts";

/** A file and its checksum. */
export interface HashedFile {
  readonly name: string;
  /** SHA-256, in hex. */
  readonly sha256: string;
}

/** What is shipped, and what it was made of. */
export interface Ingredients {
  readonly version: string;
  /** The runtime's version. */
  readonly deno: string;
  /** The version of the engine inside the runtime. */
  readonly v8: string;
  /** The runtime's files that the binaries were made with, one a system. */
  readonly runtimes: readonly HashedFile[];
  /** What is shipped: binaries, and the wheels that hold them. */
  readonly files: readonly HashedFile[];
  readonly libraries: readonly Library[];
  /** The libraries that the program itself imports, by name. */
  readonly imported: readonly string[];
}

/** A library as a lock pins it. */
export interface Library {
  readonly name: string;
  readonly version: string;
  /** The registry whose integrity the lock gives. */
  readonly registry: "jsr" | "npm";
  readonly hash: { readonly alg: "SHA-256" | "SHA-512"; readonly content: string };
  /** Names of the libraries that it imports. */
  readonly dependencies: readonly string[];
}

/** The version of the bundler. Source: Deno 2.7's `deno bundle`, which downloads this version of esbuild. */
const ESBUILD_VERSION = "0.25.5";

interface Component {
  readonly "type": string;
  readonly "bom-ref": string;
  readonly "name": string;
  readonly [key: string]: unknown;
}

/**
 * The bill of materials as CycloneDX 1.6 in JSON. The same ingredients give the same text: it has no date, and its
 * serial number is computed from its content.
 */
export async function buildSbom(ingredients: Ingredients): Promise<string> {
  const { version, deno, libraries, imported } = ingredients;
  const shipped = reachable(imported, libraries);
  const program: Component = {
    "type": "application",
    "bom-ref": `rasa-telemetry@${version}`,
    "name": "rasa-telemetry",
    version,
    "description": "Reports how Rasa Pro is used, and shows what it reports",
    "licenses": [{ license: { id: "Apache-2.0" } }],
    "components": ingredients.files.map(fileComponent),
  };
  const runtime = runtimeComponent(ingredients);
  const components = [runtime, ...libraries.map((library) => libraryComponent(library, shipped)), BUNDLER];
  const references = new Map(libraries.map((library) => [library.name, referenceOf(library)]));
  const refer = (names: readonly string[]) => names.map((name) => references.get(name) ?? name).sort();
  const content = {
    version: 1,
    metadata: {
      tools: { components: [{ type: "application", name: "deno", version: deno }] },
      component: program,
    },
    components,
    dependencies: [
      { ref: program["bom-ref"], dependsOn: [runtime["bom-ref"], ...refer(imported)].sort() },
      ...libraries.map((library) => ({ ref: referenceOf(library), dependsOn: refer(library.dependencies) })),
    ],
  };
  const document = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${await contentUuid(JSON.stringify(content))}`,
    ...content,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function runtimeComponent({ deno, v8, runtimes }: Ingredients): Component {
  return {
    "type": "platform",
    "bom-ref": `deno@${deno}`,
    "name": "deno",
    "version": deno,
    "description": "The runtime inside the binary (denort)",
    "scope": "required",
    "licenses": [{ license: { id: "MIT" } }],
    "purl": `pkg:github/denoland/deno@v${deno}`,
    "components": [
      {
        "type": "library",
        "bom-ref": `v8@${v8}`,
        "name": "v8",
        "version": v8,
        "licenses": [{ license: { id: "BSD-3-Clause" } }],
      },
      ...runtimes.map(fileComponent),
    ],
  };
}

const BUNDLER: Component = {
  "type": "application",
  "bom-ref": `esbuild@${ESBUILD_VERSION}`,
  "name": "esbuild",
  "version": ESBUILD_VERSION,
  "description": "Used to build; not in the binary",
  "scope": "excluded",
  "licenses": [{ license: { id: "MIT" } }],
  "purl": `pkg:npm/esbuild@${ESBUILD_VERSION}`,
};

function libraryComponent(library: Library, shipped: ReadonlySet<string>): Component {
  const { name, version, registry, hash } = library;
  return {
    "type": "library",
    "bom-ref": referenceOf(library),
    name,
    version,
    ...(shipped.has(name) ? {} : { description: "Used to test; not in the binary" }),
    "scope": shipped.has(name) ? "required" : "excluded",
    "hashes": [hash],
    "licenses": [{ license: { id: "MIT" } }],
    "purl": referenceOf(library),
    "properties": [{
      name: "rasa-telemetry:integrity",
      value: registry === "jsr" ? "of the version's list of files on JSR" : "of the package",
    }],
  };
}

function referenceOf({ name, version, registry }: Library): string {
  return `pkg:${registry}/${name.replace("@", "%40")}@${version}`;
}

function fileComponent({ name, sha256 }: HashedFile): Component {
  return { "type": "file", "bom-ref": `file:${name}`, name, "hashes": [{ alg: "SHA-256", content: sha256 }] };
}

function reachable(names: readonly string[], libraries: readonly Library[]): Set<string> {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    libraries.find((library) => library.name === name)?.dependencies.forEach(visit);
  };
  names.forEach(visit);
  return found;
}

/** A UUID whose content its maker chooses (version 8), made from a text. Source: RFC 9562. */
async function contentUuid(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  const bytes = digest.slice(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** The @std that a release is built from, as scripts/toolchain/jsr.lock pins it. */
export async function readJsrLibraries(): Promise<Library[]> {
  const lock = JSON.parse(await Deno.readTextFile(`${ROOT}/scripts/toolchain/jsr.lock`)) as {
    jsr: Record<string, { integrity: string; dependencies?: string[] }>;
  };
  return Object.entries(lock.jsr).map(([id, { integrity, dependencies = [] }]) => ({
    ...splitId(id),
    registry: "jsr",
    hash: { alg: "SHA-256", content: integrity },
    dependencies: dependencies.map((specifier) => splitId(specifier.replace(/^jsr:/, "")).name),
  }));
}

/**
 * The package that replaces @std on a machine that reaches only the npm registry, as scripts/toolchain/npm.lock pins
 * it.
 */
export async function readNpmLibraries(): Promise<Library[]> {
  const lock = JSON.parse(await Deno.readTextFile(`${ROOT}/scripts/toolchain/npm.lock`)) as {
    npm: Record<string, { integrity: string }>;
  };
  return Object.entries(lock.npm).filter(([id]) => splitId(id).name === "deno-std").map(([id, { integrity }]) => ({
    ...splitId(id),
    registry: "npm",
    hash: { alg: "SHA-512", content: Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex() },
    dependencies: [],
  }));
}

/** The name and version in "@std/fs@1.0.19" or "@std/fs". A scope begins with the same sign as a version. */
function splitId(id: string): { name: string; version: string } {
  const parts = /^(@?[^@]+)(?:@(.+))?$/.exec(id);
  return { name: parts?.[1] ?? id, version: parts?.[2] ?? "" };
}

/** The packages of @std that the program's own modules import, sorted. */
export async function findImports(): Promise<string[]> {
  const names = librariesIn(await readGraph("main.ts"));
  return [...new Set(names.map((name) => name.split("/").slice(0, 2).join("/")))];
}
