/** What an executable says about the system that it needs. Source of the layouts: the ELF, Mach-O and PE formats. */
export type Executable =
  | {
    readonly format: "ELF";
    readonly machine: string;
    /** The loader that the kernel starts it with, undefined where it needs none. */
    readonly interpreter: string | undefined;
    /** The libraries it asks for by name, in its own order. */
    readonly libraries: readonly string[];
    /** The newest version of the GNU C library that one of its symbols comes from, undefined where none does. */
    readonly glibc: string | undefined;
  }
  | {
    readonly format: "Mach-O";
    readonly machine: string;
    /** The oldest macOS it says it runs on, undefined where it doesn't say. */
    readonly macos: string | undefined;
  }
  | { readonly format: "PE"; readonly machine: string };

const ELF_MACHINES: Readonly<Record<number, string>> = { 0x3e: "x64", 0xb7: "arm64" };
const MACH_MACHINES: Readonly<Record<number, string>> = { 0x0100_0007: "x64", 0x0100_000c: "arm64" };
const PE_MACHINES: Readonly<Record<number, string>> = { 0x8664: "x64", 0xaa64: "arm64" };

/** Reads an executable's headers. Throws an `Error` where it is none of the three, not of 64 bits, or cut off. */
export function readExecutable(bytes: Uint8Array): Executable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const magic = view.getUint32(0);
    // Behind the magic: 64 bits, little-endian.
    if (magic === 0x7f454c46 && view.getUint16(4) === 0x0201) return readElf(view);
    if (magic === 0xcffaedfe) return readMachO(view);
    if (magic >>> 16 === 0x4d5a) return readPe(view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Error("Cannot read the executable: it ends before its headers do", { cause: error });
  }
  throw new Error("Cannot read the executable: it is neither ELF nor Mach-O nor PE of 64 bits");
}

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly size: number;
}

const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const SEGMENT_INTERPRETER = 3;

const DYNAMIC_NEEDED = 1;
const DYNAMIC_STRINGS = 5;
const DYNAMIC_VERSIONS = 0x6fff_fffe;

function readElf(view: DataView): Executable {
  const segments: Segment[] = [];
  const [start, size, count] = [word(view, 32), view.getUint16(54, true), view.getUint16(56, true)];
  for (let at = start; at < start + size * count; at += size) {
    segments.push({
      type: view.getUint32(at, true),
      offset: word(view, at + 8),
      address: word(view, at + 16),
      size: word(view, at + 32),
    });
  }
  const interpreter = segments.find(({ type }) => type === SEGMENT_INTERPRETER);
  const dynamic = readDynamic(view, segments);
  const table = (wanted: number) => {
    const found = dynamic.find(([tag]) => tag === wanted);
    return found === undefined ? undefined : offsetOf(segments, found[1]);
  };
  const [strings, versions] = [table(DYNAMIC_STRINGS) ?? 0, table(DYNAMIC_VERSIONS)];
  const names = versions === undefined ? [] : readVersions(view, versions, strings);
  return {
    format: "ELF",
    machine: machineName(ELF_MACHINES, view.getUint16(18, true)),
    interpreter: interpreter === undefined ? undefined : text(view, interpreter.offset),
    libraries: dynamic.filter(([tag]) => tag === DYNAMIC_NEEDED).map(([, name]) => text(view, strings + name)),
    // One of the names is "GLIBC_PRIVATE", for the library's own parts.
    glibc: newest(names.filter((name) => /^GLIBC_\d/.test(name)).map((name) => name.slice("GLIBC_".length))),
  };
}

function readDynamic(view: DataView, segments: readonly Segment[]): [tag: number, value: number][] {
  const segment = segments.find(({ type }) => type === SEGMENT_DYNAMIC);
  const entries: [number, number][] = [];
  if (segment === undefined) return entries;
  for (let at = segment.offset; at < segment.offset + segment.size && word(view, at) !== 0; at += 16) {
    entries.push([word(view, at), word(view, at + 8)]);
  }
  return entries;
}

/** The names of every version of every library that a symbol is bound to. */
function readVersions(view: DataView, start: number, strings: number): string[] {
  const names: string[] = [];
  for (let file = start;;) {
    let version = file + view.getUint32(file + 8, true);
    for (let left = view.getUint16(file + 2, true); left > 0; left--) {
      names.push(text(view, strings + view.getUint32(version + 8, true)));
      version += view.getUint32(version + 12, true);
    }
    const next = view.getUint32(file + 12, true);
    if (next === 0) return names;
    file += next;
  }
}

/** Where in the file stands what is loaded to an address. */
function offsetOf(segments: readonly Segment[], address: number): number {
  const holder = segments.find((segment) =>
    segment.type === SEGMENT_LOAD && address >= segment.address && address < segment.address + segment.size
  );
  if (holder === undefined) throw new Error(`Cannot read the executable: nothing is loaded to ${address}`);
  return address - holder.address + holder.offset;
}

const COMMAND_BUILD_VERSION = 0x32;
const COMMAND_MINIMUM_VERSION = 0x24;

function readMachO(view: DataView): Executable {
  let macos: string | undefined;
  let at = 32;
  for (let left = view.getUint32(16, true); left > 0; left--) {
    const command = view.getUint32(at, true);
    if (command === COMMAND_MINIMUM_VERSION) macos = packedVersion(view.getUint32(at + 8, true));
    if (command === COMMAND_BUILD_VERSION) macos = packedVersion(view.getUint32(at + 12, true));
    at += view.getUint32(at + 4, true);
  }
  return { format: "Mach-O", machine: machineName(MACH_MACHINES, view.getUint32(4, true)), macos };
}

function readPe(view: DataView): Executable {
  const header = view.getUint32(0x3c, true);
  if (view.getUint32(header) !== 0x50450000) throw new Error("Cannot read the executable: its PE header is missing");
  return { format: "PE", machine: machineName(PE_MACHINES, view.getUint16(header + 4, true)) };
}

function machineName(names: Readonly<Record<number, string>>, number: number): string {
  return names[number] ?? `machine 0x${number.toString(16)}`;
}

/** Sixteen bits, eight and eight. */
function packedVersion(packed: number): string {
  return `${packed >>> 16}.${(packed >>> 8) & 0xff}`;
}

function newest(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareVersions).at(-1);
}

/** Below 0 where the first of two versions such as "2.27" is the older one, above 0 where it is the newer one. */
export function compareVersions(one: string, other: string): number {
  const [major = 0, minor = 0, patch = 0] = one.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0, otherPatch = 0] = other.split(".").map(Number);
  return major - otherMajor || minor - otherMinor || patch - otherPatch;
}

function word(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

function text(view: DataView, at: number): string {
  let end = at;
  while (view.getUint8(end) !== 0) end++;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, end - at));
}
