import { crc32, deflateRawSync } from "node:zlib";
import { joinBytes } from "../../lib/join_bytes.ts";

/** A file of an archive. */
export interface ZipEntry {
  /** Its path inside: ASCII without spaces, with slashes. */
  readonly name: string;
  readonly content: Uint8Array;
  /** Whether it may be started; it may not unless told so. */
  readonly executable?: boolean;
}

/** 1980-01-01, the oldest date of the format, as its two fields: the date of every file, whenever it was made. */
const DATE = (1 << 5) | 1;
const TIME = 0;
/** The version of the format that deflated files need, 2.0. */
const VERSION_NEEDED = 20;
/** Unix made the archive: only then do those who unpack it look at modes. */
const MADE_BY = (3 << 8) | VERSION_NEEDED;
const STORED = 0;
const DEFLATED = 8;
/** A regular file, in the modes of POSIX. */
const REGULAR_FILE = 0o100000;

/**
 * A ZIP archive of these files, in their order. The same files give the same bytes with the same Deno: compressors
 * differ, so that only the pinned one is used. Source of the format: PKWARE's APPNOTE 6.3.
 */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, stored, fields } = pack(entry);
    const local = record(0x04034b50, [[2, VERSION_NEEDED], ...fields, [2, 0]], name);
    directory.push(record(0x02014b50, [
      [2, MADE_BY],
      [2, VERSION_NEEDED],
      ...fields,
      // No extra field, no comment, the first disk, and nothing about the kind of its text.
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0],
      [4, (REGULAR_FILE | (entry.executable ? 0o755 : 0o644)) * 0x10000],
      [4, offset],
    ], name));
    parts.push(local, stored);
    offset += local.length + stored.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const { length: count } = entries;
  const end = record(0x06054b50, [[2, 0], [2, 0], [2, count], [2, count], [4, size], [4, offset], [2, 0]]);
  return joinBytes([...parts, ...directory, end]);
}

type Field = readonly [bytes: 2 | 4, value: number];

/** A file's name and content as they are stored, and the fields that both of its records have. */
function pack({ name, content }: ZipEntry): {
  readonly name: Uint8Array;
  readonly stored: Uint8Array;
  readonly fields: readonly Field[];
} {
  if (!/^[\x21-\x7e]+$/.test(name)) {
    throw new Error(`Cannot put ${JSON.stringify(name)} into a wheel: it isn't plain ASCII`);
  }
  const deflated = deflateRawSync(content, { level: 9 });
  const [method, stored] = deflated.length < content.length ? [DEFLATED, deflated] : [STORED, content];
  const bytes = new TextEncoder().encode(name);
  const fields: Field[] = [
    [2, 0],
    [2, method],
    [2, TIME],
    [2, DATE],
    [4, crc32(content)],
    [4, stored.length],
    [4, content.length],
    [2, bytes.length],
  ];
  return { name: bytes, stored, fields };
}

/** A record of the format: its signature, its fields, and a name. */
function record(signature: number, fields: readonly Field[], name: Uint8Array = new Uint8Array()): Uint8Array {
  const all: readonly Field[] = [[4, signature], ...fields];
  const bytes = new Uint8Array(all.reduce((sum, [size]) => sum + size, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of all) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return joinBytes([bytes, name]);
}
