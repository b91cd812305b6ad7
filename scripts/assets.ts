import { compareVersions, type Executable, readExecutable } from "./executable.ts";

/** A binary as a release has it. */
export interface Asset {
  /** The system as Deno names it. */
  readonly triple: string;
  /** The name that people and the installers see. */
  readonly file: string;
  readonly format: Executable["format"];
  readonly machine: string;
}

/** Every binary of a release. */
export const ASSETS: readonly Asset[] = [
  { triple: "x86_64-unknown-linux-gnu", file: "rasa-telemetry-linux-x64", format: "ELF", machine: "x64" },
  { triple: "aarch64-unknown-linux-gnu", file: "rasa-telemetry-linux-arm64", format: "ELF", machine: "arm64" },
  { triple: "x86_64-apple-darwin", file: "rasa-telemetry-macos-x64", format: "Mach-O", machine: "x64" },
  { triple: "aarch64-apple-darwin", file: "rasa-telemetry-macos-arm64", format: "Mach-O", machine: "arm64" },
  { triple: "x86_64-pc-windows-msvc", file: "rasa-telemetry-windows-x64.exe", format: "PE", machine: "x64" },
];

/** The bill of materials. */
export const SBOM_FILE = "rasa-telemetry.cdx.json";

/** What people run to install; copied from this folder. */
export const INSTALLERS: readonly string[] = ["install.sh", "install.ps1"];

/** The checksums of all the others. */
export const CHECKSUMS_FILE = "SHA256SUMS";

/** Every file that the checksums are of, in their order. */
export const CHECKED_FILES: readonly string[] = [...ASSETS.map(({ file }) => file), SBOM_FILE, ...INSTALLERS];

/** The oldest GNU C library that a binary may need. README and the installer say the same. */
export const OLDEST_GLIBC = "2.27";

/** Every library that a binary for Linux may ask for. Images are laid out for these. */
export const LINUX_LIBRARIES: readonly string[] = [
  "libdl.so.2",
  "libgcc_s.so.1",
  "librt.so.1",
  "libpthread.so.0",
  "libm.so.6",
  "libc.so.6",
  "ld-linux-x86-64.so.2",
  "ld-linux-aarch64.so.1",
];

/** The SHA-256 of a file, in hex. */
export async function hashFile(path: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

/** Writes the checksums of a folder that holds all the other files, as `sha256sum` writes them. */
export async function writeChecksums(folder: string): Promise<void> {
  let lines = "";
  for (const name of CHECKED_FILES) lines += `${await hashFile(`${folder}/${name}`)}  ${name}\n`;
  await Deno.writeTextFile(`${folder}/${CHECKSUMS_FILE}`, lines);
}

/** What is wrong with a folder that is to be released, a line each: files, checksums, what each binary needs. */
export async function examineRelease(folder: string): Promise<string[]> {
  const expected = new Map<string, string>();
  const problems: string[] = [];
  for (const line of (await readText(`${folder}/${CHECKSUMS_FILE}`)).split("\n")) {
    const parts = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line);
    if (parts !== null) expected.set(parts[2] ?? "", parts[1] ?? "");
    else if (line !== "") problems.push(`${CHECKSUMS_FILE} has a line that is no checksum: ${JSON.stringify(line)}`);
  }
  for (const name of CHECKED_FILES) {
    const hash = await hashFile(`${folder}/${name}`).catch(ignoreMissing);
    if (hash === undefined) problems.push(`${name} is missing`);
    else if (!expected.has(name)) problems.push(`${CHECKSUMS_FILE} does not list ${name}`);
    else if (hash !== expected.get(name)) problems.push(`${name} has the SHA-256 ${hash}, not the listed one`);
  }
  for (const name of expected.keys()) {
    if (!CHECKED_FILES.includes(name)) problems.push(`${CHECKSUMS_FILE} lists ${name}, which is no part of a release`);
  }
  for (const asset of ASSETS) {
    const bytes = await Deno.readFile(`${folder}/${asset.file}`).catch(ignoreMissing);
    if (bytes !== undefined) problems.push(...examineBinary(asset, bytes));
  }
  return problems;
}

/** What is wrong with one binary, a line each. */
export function examineBinary(asset: Asset, bytes: Uint8Array): string[] {
  let found: Executable;
  try {
    found = readExecutable(bytes);
  } catch (error) {
    return [`${asset.file}: ${error instanceof Error ? error.message : String(error)}`];
  }
  const problems: string[] = [];
  if (found.format !== asset.format || found.machine !== asset.machine) {
    problems.push(`${asset.file} is ${found.format} for ${found.machine}, not ${asset.format} for ${asset.machine}`);
  }
  if (found.format !== "ELF") return problems;
  if (found.glibc !== undefined && compareVersions(found.glibc, OLDEST_GLIBC) > 0) {
    problems.push(`${asset.file} needs glibc ${found.glibc}, newer than ${OLDEST_GLIBC}`);
  }
  const foreign = found.libraries.filter((name) => !LINUX_LIBRARIES.includes(name));
  return [...problems, ...foreign.map((name) => `${asset.file} asks for ${name}, which images don't have`)];
}

async function readText(path: string): Promise<string> {
  return await Deno.readTextFile(path).catch(ignoreMissing) ?? "";
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
