import { FileFault, type FileLock, type FileStat, type Host } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import { sizeOf } from "../host/size_of.ts";
import { encodeTexts } from "./encode_texts.ts";

/** Size at which a log becomes the older one and a new one begins, in bytes. */
const MAX_LOG_BYTES = 1024 * 1024;
/** The most that is read of one file, in bytes: its limit and the last entry that crossed it, with room to spare. */
export const MAX_READ_BYTES: number = 2 * MAX_LOG_BYTES;
/** How often both files are read where one is replaced meanwhile: after a mebibyte, so hardly twice in a row. */
const MAX_READS = 3;

/** The two files of a log: the one that is written to, and its older half. */
export interface LogFiles {
  readonly newer: string;
  readonly older: string;
}

/** Adds lines to a log, each with its end. Throws `FileFault`. */
export function appendLines(host: Host, files: LogFiles, lines: readonly string[]): void {
  for (let from = 0; from < lines.length;) from += appendSome(host, files, lines.slice(from));
}

/** Adds lines up to the one that fills the file, and returns how many they were. */
function appendSome(host: Host, files: LogFiles, lines: readonly string[]): number {
  let size = sizeOf(host, files.newer);
  if (size >= MAX_LOG_BYTES) {
    rotate(host, files);
    size = sizeOf(host, files.newer);
  }
  let count = 0;
  // The entry begins a new line: a crash may have torn the last one.
  const texts = size > 0 ? ["\n"] : [];
  let length = texts.length;
  do {
    const line = lines[count++] ?? "";
    texts.push(line);
    length += line.length;
  } while (count < lines.length && size + length < MAX_LOG_BYTES);
  host.files.append(files.newer, encodeTexts(texts));
  return count;
}

/** What stands for a lock where there can be none: a file system without locks. */
const UNLOCKED: FileLock = { release() {} };

/**
 * Makes the newer file the older one, unless another process is doing that or has done it. Where two find it full, the
 * second would otherwise put a nearly empty file over the older half.
 */
function rotate(host: Host, { newer, older }: LogFiles): void {
  const seen = lookIfFull(host, newer);
  const lock = orElse(() => host.files.lock(newer, "exclusive", false), UNLOCKED);
  if (lock === undefined) return;
  try {
    const now = lookIfFull(host, newer);
    // Where another one stands here by now, the lock may be on the one that was seen.
    if (now !== undefined && now.inode === seen?.inode) host.files.rename(newer, older);
  } finally {
    lock.release();
  }
}

/** What is known about a file that is at its limit; undefined where it isn't, or where there is none. */
function lookIfFull(host: Host, path: string): FileStat | undefined {
  const stat = orIfMissing(() => host.files.stat(path), undefined);
  return stat !== undefined && stat.size >= MAX_LOG_BYTES ? stat : undefined;
}

/** Whose files are read: anybody's, or only what this user or root has written. */
export type Owners = "anybody" | "own";

/**
 * The text of both files, as they were at one moment, oldest first. A file that is unreadable, or another's where only
 * own ones are read, counts as empty.
 */
export function readLog(host: Host, { newer, older }: LogFiles, owners: Owners = "anybody"): string {
  for (let attempt = 1;; attempt++) {
    const before = stampOf(host, older);
    const text = `${readFile(host, older, owners)}\n${readFile(host, newer, owners)}`;
    // Between the two the newer may have become the older, and all that was in it would be missing.
    if (stampOf(host, older) === before || attempt === MAX_READS) return text;
  }
}

/** Differs where a file was replaced or has grown. */
export function stampOf(host: Host, path: string): string {
  try {
    const { size, modified } = host.files.stat(path);
    return `${size} ${modified?.getTime()}`;
  } catch (error) {
    if (error instanceof FileFault) return error.code;
    throw error;
  }
}

function readFile(host: Host, path: string, owners: Owners): string {
  const { files } = host;
  const read = () => owners === "own" ? files.readOwn(path, MAX_READ_BYTES) : files.read(path, MAX_READ_BYTES);
  return new TextDecoder().decode(orElse(read, new Uint8Array()));
}
