import { dirname, join } from "@std/path";
import { FileFault, type FileKind, type Host } from "./host.ts";
import { orElse } from "./or_else.ts";
import { removeQuietly } from "./replace_file.ts";

/** Whether files can be made in a folder, which need not exist yet. Tries it in the deepest folder that exists. */
export function isWritable(host: Host, path: string): boolean {
  let folder = path;
  for (let kind = kindOf(host, folder); kind !== "directory"; kind = kindOf(host, folder)) {
    const above = dirname(folder);
    // Nothing can be made below what exists and isn't a folder.
    if (kind !== undefined || above === folder) return false;
    folder = above;
  }
  const probe = join(folder, `.rasa-telemetry-${host.uuid()}.tmp`);
  const made = orElse(() => {
    // It isn't empty, because a full disk still takes empty files and folders.
    host.files.create(probe, new Uint8Array(1));
    return true;
  }, false);
  removeQuietly(host, probe);
  return made;
}

/** What is at a path, `"other"` where that can't be told, or undefined where nothing is there. */
function kindOf(host: Host, path: string): FileKind | undefined {
  try {
    return host.files.stat(path, true).kind;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    if (error.code !== "ENOENT") return "other";
    // No folder can be made in the place of a link, even of one that leads nowhere.
    return orElse(() => host.files.stat(path).kind === "link", false) ? "other" : undefined;
  }
}
