import { dirname } from "@std/path";
import type { FileStat, Host } from "./host.ts";
import { orElse, orIfMissing } from "./or_else.ts";

/** How a file is replaced. */
export interface ReplaceOptions {
  /** A file whose permission bits, owner and group the new one gets; for this user alone where there is none. */
  readonly like?: string;
  /** Asked at the last moment. Where it says no, the file stays as it is. */
  readonly isStill?: () => boolean;
  /**
   * What survives a power cut. `"all"`: the whole step. `"content"`: the file is the old or the new one, never half of
   * one. `"nothing"`: anything may be left.
   */
  readonly sync?: "all" | "content" | "nothing";
}

/**
 * Gives a file new content in one step: a reader sees the old file or the new one, also after a crash, and a full disk
 * leaves the old one. Returns whether the file was replaced. Throws `FileFault`, and then leaves nothing behind.
 */
export function replaceFile(host: Host, path: string, content: string, options: ReplaceOptions = {}): boolean {
  const { sync = "all" } = options;
  const temporary = `${path}.${host.uuid()}.tmp`;
  let replaced = false;
  try {
    const like = options.like === undefined ? undefined : lookAt(host, options.like);
    host.files.create(temporary, new TextEncoder().encode(content), like?.mode, sync !== "nothing");
    if (like !== undefined) giveTo(host, temporary, like);
    if (options.isStill?.() ?? true) {
      // Rename is atomic on one filesystem.
      host.files.rename(temporary, path);
      replaced = true;
      if (sync === "all") syncQuietly(host, dirname(path));
    }
    return replaced;
  } finally {
    if (!replaced) removeQuietly(host, temporary);
  }
}

/** What is at a path; undefined where nothing is. Throws `FileFault` where that can't be told. */
function lookAt(host: Host, path: string): FileStat | undefined {
  return orIfMissing(() => host.files.stat(path), undefined);
}

/** Gives a new file the owner and group of another. Throws `FileFault` where the system doesn't allow that. */
function giveTo(host: Host, path: string, { uid, gid }: FileStat): void {
  if (uid === undefined || gid === undefined) return;
  const own = host.files.stat(path);
  if (own.uid !== uid || own.gid !== gid) host.files.chown(path, uid, gid);
}

/** Makes a file for its owner alone, or none. Throws `FileFault`: `EEXIST` where anything is there, a link too. */
export function createNew(host: Host, path: string, content: string): void {
  // An empty file takes the name first, so that the content then replaces that file and nobody else's.
  host.files.create(path, new Uint8Array());
  try {
    replaceFile(host, path, content);
  } catch (error) {
    removeQuietly(host, path);
    throw error;
  }
}

/** Makes what was done in a folder or to a file durable where the system can. Where it can't, it is done anyway. */
export function syncQuietly(host: Host, path: string): void {
  orElse(() => host.files.sync(path), undefined);
}

/** Removes a file where that is possible. It may not exist, and an earlier error matters more than one from here. */
export function removeQuietly(host: Host, path: string): void {
  orElse(() => host.files.remove(path), undefined);
}
