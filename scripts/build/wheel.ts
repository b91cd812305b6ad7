import { walk } from "@std/fs/walk";
import { relative } from "@std/path";
import { VERSION } from "../../lib/build_config.ts";
import { type Target, TARGETS } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { entryPointsOf, metadataOf, pythonVersion, wheelOf } from "./wheel_metadata.ts";
import { type Project, readProject } from "./wheel_project.ts";
import { writeZip, type ZipEntry } from "./wheel_zip.ts";

/** Where the package's modules are. */
const SOURCES = `${ROOT}/python/src`;
/** The package's folder inside a wheel, which has the binary (docs/contributing/decisions/35-wheels-made-here.md). */
const PACKAGE = "rasa_telemetry";
/** The module that says what the binary beside it was built as. */
const BUILD_MODULE = `${PACKAGE}/_build.py`;
/** The distribution's name as the names of files have it. */
const DISTRIBUTION = "rasa_telemetry";

/** The binary of a wheel. */
export interface WheelBinary {
  readonly target: Target;
  readonly path: string;
  /**
   * Whether it is off until somebody enables it; not, unless given. The modules say so too, so that a host needn't
   * start it to know.
   */
  readonly offByDefault?: boolean;
  /** Its bill of materials. */
  readonly sbom: string;
}

/** The name of the wheel for a system; undefined: for any, with the modules alone. */
export function wheelName(target: Target | undefined): string {
  return `${DISTRIBUTION}-${pythonVersion(VERSION)}-py3-none-${platformsOf(target).join(".")}.whl`;
}

/** The names of a release's wheels: one for each system, and the one for any. */
export const WHEELS: readonly string[] = [...TARGETS, undefined].map(wheelName);

/** Where a system's wheel has the binary. */
export function binaryName(target: Target): string {
  return `${PACKAGE}/rasa-telemetry${target.format === "PE" ? ".exe" : ""}`;
}

/**
 * Makes a wheel in a folder, and returns its path. Without a binary it holds the modules alone, and no command. The
 * same sources and binary give the same bytes.
 */
export async function makeWheel(binary: WheelBinary | undefined, folder: string): Promise<string> {
  const path = `${folder}/${wheelName(binary?.target)}`;
  await Deno.writeFile(path, writeZip(await entriesOf(binary)));
  return path;
}

function platformsOf(target: Target | undefined): readonly string[] {
  return target?.wheelPlatforms ?? ["any"];
}

/** Everything in a wheel: the package first, then what describes it, the list of all files last. */
async function entriesOf(binary: WheelBinary | undefined): Promise<ZipEntry[]> {
  const project = await readProject();
  const scripts = binary === undefined ? {} : project.scripts;
  const content = await modulesOf(project, binary !== undefined);
  if (binary !== undefined) {
    if (binary.offByDefault) sayOffByDefault(content);
    content.push({ name: binaryName(binary.target), content: await Deno.readFile(binary.path), executable: true });
  }
  const info = `${DISTRIBUTION}-${pythonVersion(VERSION)}.dist-info`;
  const readme = await Deno.readTextFile(`${ROOT}/python/${project.readme}`);
  const description = [
    textEntry(`${info}/METADATA`, metadataOf(project, pythonVersion(VERSION), readme)),
    textEntry(
      `${info}/WHEEL`,
      wheelOf(platformsOf(binary?.target).map((platform) => `py3-none-${platform}`), binary === undefined),
    ),
    textEntry(`${info}/entry_points.txt`, entryPointsOf({ ...project, scripts })),
    ...await Promise.all(project.licenseFiles.map(async (name) => (
      textEntry(`${info}/licenses/${name}`, await Deno.readTextFile(`${ROOT}/${name}`))
    ))),
    // What has no binary holds nothing but this project's own modules.
    ...binary === undefined ? [] : [textEntry(`${info}/sboms/rasa-telemetry.cdx.json`, binary.sbom)],
  ];
  const entries = [...content.sort(byName), ...description.sort(byName)];
  return [...entries, textEntry(`${info}/RECORD`, await recordOf(entries, `${info}/RECORD`))];
}

/** The package's modules and those of its commands, which are left out of a wheel that has none. */
async function modulesOf({ scripts }: Project, withCommands: boolean): Promise<ZipEntry[]> {
  const commands = Object.values(scripts).map((target) => `${target.split(":")[0]}.py`);
  const entries: ZipEntry[] = [];
  for await (const { path } of walk(SOURCES, { includeDirs: false, skip: [/__pycache__/, /[\\/]\.[^\\/]*$/] })) {
    const name = relative(SOURCES, path).replaceAll("\\", "/");
    if (!name.endsWith(".py") && !name.endsWith("/py.typed")) {
      throw new Error(`Cannot make a wheel: python/src/${name} is neither a module nor py.typed`);
    }
    if (withCommands || !commands.includes(name)) entries.push({ name, content: await Deno.readFile(path) });
  }
  return entries;
}

/** Makes the module that says what the build is say that it is off until somebody enables it. */
function sayOffByDefault(entries: ZipEntry[]): void {
  const at = entries.findIndex(({ name }) => name === BUILD_MODULE);
  const text = new TextDecoder().decode(entries[at]?.content);
  const changed = text.replace(/^OFF_BY_DEFAULT = False$/m, "OFF_BY_DEFAULT = True");
  if (changed === text) throw new Error(`Cannot make a wheel: ${BUILD_MODULE} has no OFF_BY_DEFAULT`);
  entries[at] = textEntry(BUILD_MODULE, changed);
}

/** The text of RECORD: each file with its SHA-256 and its size, and RECORD itself, which can't have them. */
async function recordOf(entries: readonly ZipEntry[], own: string): Promise<string> {
  const lines = await Promise.all(entries.map(async ({ name, content }) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content as Uint8Array<ArrayBuffer>));
    const hash = digest.toBase64({ alphabet: "base64url", omitPadding: true });
    return `${name},sha256=${hash},${content.length}\n`;
  }));
  return `${lines.join("")}${own},,\n`;
}

function textEntry(name: string, text: string): ZipEntry {
  return { name, content: new TextEncoder().encode(text) };
}

/** By the codes of their characters: the same on every machine. */
function byName({ name: one }: ZipEntry, { name: other }: ZipEntry): number {
  return one < other ? -1 : 1;
}
