import { dirname } from "@std/path";
import { FileFault, type Host } from "./host.ts";

/**
 * Gives a file new content in one step: a reader sees the old file or the new one, also after a crash, and a full disk leaves
 * the old one. Throws `FileFault`; then nothing is left behind. `isStill` is asked at the last moment: where it says no, the
 * file is left as it is, and the answer is false. A power cut may undo it where `sync` is `"content"` (never with half of the content),
 * and leave anything where it is `"nothing"`.
 */
export function replaceFile(
  host: Host,
  path: string,
  content: string,
  options: {
    readonly mode?: number | undefined;
    readonly isStill?: () => boolean;
    readonly sync?: "all" | "content" | "nothing";
  } = {},
): boolean {
  const { sync = "all" } = options;
  const temporary = `${path}.${host.uuid()}.tmp`;
  let replaced = false;
  try {
    host.files.create(temporary, new TextEncoder().encode(content), options.mode, sync !== "nothing");
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

/** Makes what was done in a folder, or to a file, durable, where the system can: some can't, and what was done is done. */
export function syncQuietly(host: Host, path: string): void {
  try {
    host.files.sync(path);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

/** Removes a file, whatever comes of it. */
export function removeQuietly(host: Host, path: string): void {
  try {
    host.files.remove(path);
  } catch (error) {
    // It may not even have been made; and the first error is the one that matters.
    if (!(error instanceof FileFault)) throw error;
  }
}
