import { WHEELS } from "../build/wheel.ts";
import { TARGETS } from "../toolchain/targets.ts";

/** The bill of materials. */
export const SBOM_FILE = "rasa-telemetry.cdx.json";

/** The scripts that people run to install a release. They are in this folder. */
export const INSTALLERS: readonly string[] = ["install.sh", "install.ps1"];

/** The file with the checksums of all the others. */
export const CHECKSUMS_FILE = "SHA256SUMS";

/** Every file that has a checksum, in the order of the checksums. */
export const CHECKED_FILES: readonly string[] = [
  ...TARGETS.map(({ file }) => file),
  ...WHEELS,
  SBOM_FILE,
  ...INSTALLERS,
];

/** The oldest GNU C library that a binary may need. README and the installer say the same. */
export const OLDEST_GLIBC = "2.27";

/** Every library that a binary for Linux may ask for. Images hold these. */
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

/** Writes the file of checksums into a folder that holds all the other files, in the format of `sha256sum`. */
export async function writeChecksums(folder: string): Promise<void> {
  let lines = "";
  for (const name of CHECKED_FILES) lines += `${await hashFile(`${folder}/${name}`)}  ${name}\n`;
  await Deno.writeTextFile(`${folder}/${CHECKSUMS_FILE}`, lines);
}
