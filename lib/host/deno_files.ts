import { dirname } from "@std/path";
import { type FileEntry, FileFault, type FileKind, type FileLock, type Files, type FileStat } from "./host.ts";
import { createToWrite, openToRead, openToWrite, type ReadableFile } from "./deno_open.ts";
import { denoSystem } from "./deno_system.ts";
import { lchownSync } from "./node_fs.ts";
import { pause } from "./waiting.ts";

const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** This user's number, asked for once: the process gives up the right to ask. Null where there is none. */
let ownUid: number | null | undefined;

/** The real filesystem. */
export const denoFiles: Files = {
  read(path, limit, follow = false) {
    return guard("read a file", () => {
      const { file: opened, size } = openToRead(path, follow);
      using file = opened;
      if (size > limit) throw new FileFault("read a file", "TooLarge");
      return readWhole(file, size, limit);
    });
  },
  readOwn(path, limit) {
    return guard("read a file", () => {
      if (ownUid === undefined) ownUid = denoSystem.uid() ?? null;
      const { file: opened, size, owner } = openToRead(path, false);
      using file = opened;
      const isForeign = ownUid !== null && owner !== null && owner !== 0 && owner !== ownUid;
      if (isForeign) throw new FileFault("read a file", "Foreign");
      if (size > limit) throw new FileFault("read a file", "TooLarge");
      return readWhole(file, size, limit);
    });
  },
  create(path, content, mode = PRIVATE_FILE, sync = true) {
    guard("create a file", () => {
      using file = createToWrite(path, mode);
      writeWhole((bytes) => file.writeSync(bytes), content);
      if (sync) file.syncSync();
    });
  },
  append(path, content) {
    guard("add to a file", () => {
      using file = openToWrite(path, { append: true, create: true, mode: PRIVATE_FILE }).file;
      writeWhole((bytes) => file.writeSync(bytes), content);
    });
  },
  rename: (from, to) => guard("replace a file", () => renameWithRetries(from, to)),
  remove: (path) => guard("remove a file", () => Deno.removeSync(path)),
  list(path) {
    return guard("list a folder", () => {
      const entries: FileEntry[] = [];
      for (const entry of Deno.readDirSync(path)) entries.push({ name: entry.name, kind: kindOf(entry) });
      return entries;
    });
  },
  stat(path, follow = false) {
    return guard("look at a path", (): FileStat => {
      const info = follow ? Deno.statSync(path) : Deno.lstatSync(path);
      return {
        kind: kindOf(info),
        size: info.size,
        mode: info.mode === null ? undefined : info.mode & 0o7777,
        uid: info.uid ?? undefined,
        gid: info.gid ?? undefined,
        device: denoSystem.isWindows ? undefined : info.dev,
        inode: info.ino ?? undefined,
        modified: info.mtime ?? undefined,
        changed: info.ctime ?? undefined,
      };
    });
  },
  // Not through a link that somebody puts there.
  chown: (path, uid, gid) => guard("give a file away", () => lchownSync(path, uid, gid)),
  makeDirectory: (path) =>
    guard("make a folder", () => {
      // Other programs of this user keep things beside the folder: those above it get the ordinary mode.
      Deno.mkdirSync(dirname(path), { recursive: true });
      Deno.mkdirSync(path, { recursive: true, mode: PRIVATE_FOLDER });
    }),
  sync(path) {
    // Windows can't sync folders, nor a file that isn't open for writing.
    if (denoSystem.isWindows) return;
    guard("sync a file or folder", () => {
      using file = Deno.openSync(path);
      file.syncSync();
    });
  },
  lock(path, kind = "exclusive", make = true): FileLock | undefined {
    return guard("lock a file", () => {
      const { file } = openToWrite(path, { write: true, create: make, mode: PRIVATE_FILE });
      let held = false;
      try {
        held = file.tryLockSync(kind === "exclusive");
      } finally {
        if (!held) file.close();
      }
      return held ? { release: () => file.close() } : undefined;
    });
  },
};

/** Tries again on Windows, where a file that is open elsewhere can't be replaced. Virus scanners open new files. */
function renameWithRetries(from: string, to: string): void {
  for (let attempt = 1;; attempt++) {
    try {
      return Deno.renameSync(from, to);
    } catch (error) {
      if (!denoSystem.isWindows || attempt === 5) throw error;
      pause(20 * attempt);
    }
  }
}

function guard<T>(action: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileFault) throw error;
    throw new FileFault(action, codeOf(error), error);
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Deno.errors.NotCapable) return "NotCapable";
  if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
  return "Unknown";
}

function kindOf(info: { isFile: boolean; isDirectory: boolean; isSymlink: boolean }): FileKind {
  if (info.isSymlink) return "link";
  if (info.isFile) return "file";
  return info.isDirectory ? "directory" : "other";
}

function readWhole(file: ReadableFile, size: number, limit: number): Uint8Array {
  // One byte more than expected shows that the file grew while it was read.
  const buffer = new Uint8Array(size + 1);
  let length = 0;
  while (length < buffer.length) {
    const count = file.readSync(buffer.subarray(length));
    if (count === null) return buffer.subarray(0, length);
    length += count;
  }
  if (length > limit) throw new FileFault("read a file", "TooLarge");
  return buffer.subarray(0, length);
}

function writeWhole(write: (bytes: Uint8Array) => number, content: Uint8Array): void {
  let rest = content;
  while (rest.length > 0) {
    const count = write(rest);
    // A full disk writes less than it was asked to before it refuses.
    if (count === 0) throw new FileFault("write a file", "ENOSPC");
    rest = rest.subarray(count);
  }
}
