import { dirname, join } from "@std/path";
import { FileFault, type FileKind, type Host, isMissing } from "./host.ts";
import { removeQuietly } from "./replace_file.ts";

/**
 * Whether files could be made in a folder, which need not exist yet. Makes a small one in the deepest folder that exists, and
 * removes it again.
 */
export function isWritable(host: Host, path: string): boolean {
  let folder = path;
  for (let kind = kindOf(host, folder); kind !== "directory"; kind = kindOf(host, folder)) {
    const above = dirname(folder);
    // Nothing can be made below what exists and isn't a folder.
    if (kind !== undefined || above === folder) return false;
    folder = above;
  }
  const probe = join(folder, `.rasa-telemetry-${host.uuid()}.tmp`);
  try {
    // With content: a full disk still takes empty files and folders.
    host.files.create(probe, new Uint8Array(1));
    return true;
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  } finally {
    removeQuietly(host, probe);
  }
}

/** What is at a path, `"other"` where that can't be told, or undefined where there is nothing. */
function kindOf(host: Host, path: string): FileKind | undefined {
  try {
    return host.files.stat(path, true).kind;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    if (!isMissing(error) || error.code === "ENOTDIR") return "other";
    // A link that leads nowhere is something all the same: no folder can be made in its place.
    return isLink(host, path) ? "other" : undefined;
  }
}

function isLink(host: Host, path: string): boolean {
  try {
    return host.files.stat(path).kind === "link";
  } catch (error) {
    if (error instanceof FileFault) return false;
    throw error;
  }
}
