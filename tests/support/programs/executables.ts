import type { Executable } from "../../../scripts/executable.ts";

/** Headers of executables, as small as they can be: programs that no system starts, but that say what they need. */

const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 0x3e, arm64: 0xb7 };

/** What an ELF file is to ask for. */
export interface ElfNeeds {
  readonly machine: string;
  readonly libraries?: readonly string[];
  /** Versions of the GNU C library that its symbols come from. */
  readonly glibc?: readonly string[];
}

/** Everything is loaded this far behind where it stands in the file. */
const BASE = 0x40_0000;

/** An ELF file with a loader, libraries and versions. */
export function makeElf(
  { machine, libraries = ["libc.so.6"], glibc = ["2.2.5", "2.27"] }: ElfNeeds,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4096);
  const view = new DataView(bytes.buffer);
  const names = new Map<string, number>();
  let end = 0x800;
  const name = (text: string): number => {
    const known = names.get(text);
    if (known !== undefined) return known;
    bytes.set(new TextEncoder().encode(text), end);
    names.set(text, end - 0x800);
    end += text.length + 1;
    return end - 0x800 - text.length - 1;
  };
  const segment = (index: number, type: number, offset: number, size: number): void => {
    const at = 64 + index * 56;
    view.setUint32(at, type, true);
    for (const [field, value] of [[8, offset], [16, BASE + offset], [32, size]] as const) {
      view.setBigUint64(at + field, BigInt(value), true);
    }
  };
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(18, ELF_MACHINES[machine] ?? 0, true);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 3, true);
  const loader = name("/lib64/ld-linux-x86-64.so.2");
  segment(0, 1, 0, bytes.length);
  segment(1, 3, 0x800 + loader, 28);
  const dynamic = [
    ...libraries.map((library) => [1, name(library)]),
    [5, BASE + 0x800],
    ...(glibc.length > 0 ? [[0x6fff_fffe, BASE + 0x400]] : []),
    [0, 0],
  ];
  segment(2, 2, 0x200, dynamic.length * 16);
  for (const [index, [tag = 0, value = 0]] of dynamic.entries()) {
    view.setBigUint64(0x200 + index * 16, BigInt(tag), true);
    view.setBigUint64(0x208 + index * 16, BigInt(value), true);
  }
  // One library has the versions, and behind it comes another with one that counts for nothing.
  const versions = [...glibc.map((version) => `GLIBC_${version}`), "GLIBC_PRIVATE"];
  writeVersions(view, 0x400, versions.map(name), 0x200);
  writeVersions(view, 0x600, [name("GCC_4.2.0")], 0);
  return bytes;
}

function writeVersions(view: DataView, at: number, names: readonly number[], next: number): void {
  view.setUint16(at + 2, names.length, true);
  view.setUint32(at + 8, 16, true);
  view.setUint32(at + 12, next, true);
  for (const [index, name] of names.entries()) {
    view.setUint32(at + 16 + index * 16 + 8, name, true);
    view.setUint32(at + 16 + index * 16 + 12, 16, true);
  }
}

/** A Mach-O file that says which macOS it needs, in the newer or in the older way. */
export function makeMachO(machine: string, how: "newer" | "older" = "newer"): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0xcffaedfe);
  view.setUint32(4, machine === "arm64" ? 0x0100_000c : 0x0100_0007, true);
  view.setUint32(16, 2, true);
  // A command that says something else.
  view.setUint32(32, 0x19, true);
  view.setUint32(36, 16, true);
  view.setUint32(48, how === "newer" ? 0x32 : 0x24, true);
  view.setUint32(52, 24, true);
  view.setUint32(how === "newer" ? 60 : 56, 0x000b_0300, true);
  return bytes;
}

/** A PE file. */
export function makePe(machine: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x4d5a);
  view.setUint32(0x3c, 64, true);
  view.setUint32(64, 0x50450000);
  view.setUint16(68, machine === "arm64" ? 0xaa64 : 0x8664, true);
  return bytes;
}

/** A file of a format, for a processor. */
export function executableFor(
  { format, machine }: { readonly format: Executable["format"]; readonly machine: string },
): Uint8Array<ArrayBuffer> {
  switch (format) {
    case "ELF":
      return makeElf({ machine });
    case "Mach-O":
      return makeMachO(machine);
    case "PE":
      return makePe(machine);
  }
}
