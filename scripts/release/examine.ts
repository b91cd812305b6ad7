import { type Target, TARGETS } from "../toolchain/targets.ts";
import { CHECKED_FILES, CHECKSUMS_FILE, hashFile, LINUX_LIBRARIES, OLDEST_GLIBC } from "./assets.ts";
import { compareVersions, type Headers, readHeaders } from "./headers.ts";

/**
 * What is wrong with a folder that is to be released, a line each: files, checksums, and what each binary needs. `read`
 * reads a binary's headers.
 */
export async function examineRelease(
  folder: string,
  read: (path: string) => Promise<Headers> = readHeaders,
): Promise<string[]> {
  const problems = await examineChecksums(folder);
  for (const asset of TARGETS) {
    const path = `${folder}/${asset.file}`;
    if (await Deno.stat(path).catch(ignoreMissing)) problems.push(...examineBinary(asset, await read(path)));
  }
  return problems;
}

/** What is wrong with one binary, a line each. */
export function examineBinary({ file, format, machine }: Target, headers: Headers): string[] {
  const { kind, libraries, glibc, faults } = headers;
  const problems = faults.map((fault) => `${file} can't be read whole: ${fault}`);
  if (kind !== `${format} for ${machine}`) problems.push(`${file} is ${kind}, not ${format} for ${machine}`);
  if (format !== "ELF" || !kind.startsWith("ELF for ")) return problems;
  if (glibc === undefined) problems.push(`${file} doesn't say which glibc it needs`);
  else if (compareVersions(glibc, OLDEST_GLIBC) > 0) {
    problems.push(`${file} needs glibc ${glibc}, newer than ${OLDEST_GLIBC}`);
  }
  const foreign = libraries.filter((name) => !LINUX_LIBRARIES.includes(name));
  return [...problems, ...foreign.map((name) => `${file} asks for ${name}, which images don't have`)];
}

async function examineChecksums(folder: string): Promise<string[]> {
  const expected = new Map<string, string>();
  const problems: string[] = [];
  const list = await Deno.readTextFile(`${folder}/${CHECKSUMS_FILE}`).catch(ignoreMissing) ?? "";
  for (const line of list.split("\n")) {
    const parts = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line);
    if (parts !== null) expected.set(parts[2] ?? "", parts[1] ?? "");
    else if (line !== "") problems.push(`${CHECKSUMS_FILE} has a line that isn't a checksum: ${JSON.stringify(line)}`);
  }
  for (const name of CHECKED_FILES) {
    const hash = await hashFile(`${folder}/${name}`).catch(ignoreMissing);
    if (hash === undefined) problems.push(`${name} is missing`);
    else if (!expected.has(name)) problems.push(`${CHECKSUMS_FILE} does not list ${name}`);
    else if (hash !== expected.get(name)) problems.push(`${name} has the SHA-256 ${hash}, not the listed one`);
  }
  for (const name of expected.keys()) {
    if (!CHECKED_FILES.includes(name)) problems.push(`${CHECKSUMS_FILE} lists ${name}, which isn't part of a release`);
  }
  return problems;
}

function ignoreMissing(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
