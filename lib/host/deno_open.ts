import { denoSystem } from "./deno_system.ts";
import { FileFault } from "./host.ts";
import { closeSync, constants, fchmodSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "./node_fs.ts";

/**
 * Opening regular files and nothing else, whatever stands at a path and whatever is put there meanwhile: no link is
 * followed, and no pipe is waited for.
 */

/** How often a file is looked at again that is replaced while it is being opened. */
const MAX_LOOKS = 100;

/** A file that was opened, and what is known of it. */
export interface Opened<File> {
  readonly file: File;
  readonly size: number;
  readonly owner: number | null;
}

/** What reading takes of an open file. */
export interface ReadableFile extends Disposable {
  readSync(buffer: Uint8Array): number | null;
}

/** What writing takes of a new file. */
export interface WritableFile extends Disposable {
  writeSync(content: Uint8Array): number;
  syncSync(): void;
}

/** What tells one file from another. */
type Identity = Pick<Deno.FileInfo, "isFile" | "size" | "uid" | "ino" | "dev">;
type OpenFile = Disposable & { statSync(): Identity };

/** Opens a regular file to read it. `follow`: whether links to one will do. */
export function openToRead(path: string, follow: boolean): Opened<ReadableFile> {
  // Windows has no such pipes, and its files are told apart by Deno's own numbers alone.
  const open = () => denoSystem.isWindows ? Deno.openSync(path) : new FileToRead(path, follow);
  return openRegular(path, follow, false, open);
}

/** Opens a regular file to change it. Reading is always allowed too: then a pipe is not waited for. */
export function openToWrite(path: string, options: Deno.OpenOptions): Opened<Deno.FsFile> {
  return openRegular(path, false, options.create === true, () => Deno.openSync(path, { ...options, read: true }));
}

/** Makes a file that isn't there yet, with exactly this mode, whatever the process's mask takes away from others. */
export function createToWrite(path: string, mode: number): WritableFile {
  const isPrivate = (mode & 0o077) === 0 || denoSystem.isWindows;
  return isPrivate ? Deno.openSync(path, { write: true, createNew: true, mode }) : new FileToWrite(path, mode);
}

/** Looks first, and again where another regular file has taken the place of what was seen. */
function openRegular<File extends OpenFile>(
  path: string,
  follow: boolean,
  create: boolean,
  open: () => File,
): Opened<File> {
  for (let looks = 1; looks < MAX_LOOKS; looks++) {
    const opened = openAsSeen(path, follow, create, open);
    if (opened !== undefined) return opened;
  }
  throw new FileFault("open a file", "EAGAIN");
}

/** Undefined where what was opened isn't what stands at the path: another process has replaced it. */
function openAsSeen<File extends OpenFile>(
  path: string,
  follow: boolean,
  create: boolean,
  open: () => File,
): Opened<File> | undefined {
  const before = look(path, follow);
  if (before?.isSymlink) throw new FileFault("open a file", "ELOOP");
  if (before !== undefined && !before.isFile) throw new FileFault("open a file", "NotAFile");
  if (before === undefined && !create) throw new FileFault("open a file", "ENOENT");
  const file = openSeen(open, create);
  if (file === undefined) return undefined;
  try {
    const opened = file.statSync();
    // A link that somebody puts here between the two looks must not be read or written through.
    const isSeen = opened.isFile && (follow || isSame(opened, before) || isSame(opened, look(path, false)));
    if (isSeen) return { file, size: opened.size, owner: opened.uid };
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
  file[Symbol.dispose]();
  return undefined;
}

/** Undefined where nothing is there any more, or a link: what was seen is being replaced. */
function openSeen<File>(open: () => File, create: boolean): File | undefined {
  try {
    return open();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ELOOP" || (code === "ENOENT" && !create)) return undefined;
    throw error;
  }
}

function isSame(opened: Identity, seen: Deno.FileInfo | undefined): boolean {
  return seen !== undefined && seen.isFile && seen.ino === opened.ino && seen.dev === opened.dev;
}

function look(path: string, follow: boolean): Deno.FileInfo | undefined {
  try {
    return follow ? Deno.statSync(path) : Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A file that is open for reading. `Deno.openSync` knows no flags, and would wait for the other end of a pipe. */
class FileToRead implements ReadableFile {
  readonly #descriptor: number;

  constructor(path: string, follow: boolean) {
    const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;
    this.#descriptor = openSync(path, O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));
  }

  statSync(): Identity {
    const stat = fstatSync(this.#descriptor);
    return { isFile: stat.isFile(), size: stat.size, uid: stat.uid, ino: stat.ino, dev: stat.dev };
  }

  readSync(buffer: Uint8Array): number | null {
    const count = readSync(this.#descriptor, buffer, 0, buffer.length, null);
    return count === 0 ? null : count;
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}

/** A new file, whose mode is set through its descriptor: a path may lead elsewhere by then. */
class FileToWrite implements WritableFile {
  readonly #descriptor: number;

  constructor(path: string, mode: number) {
    this.#descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
    fchmodSync(this.#descriptor, mode);
  }

  writeSync(content: Uint8Array): number {
    return writeSync(this.#descriptor, content);
  }

  syncSync(): void {
    fsyncSync(this.#descriptor);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
