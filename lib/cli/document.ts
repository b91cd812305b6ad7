import { readHome } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { orIfMissing } from "../host/or_else.ts";
import { createNew, replaceFile } from "../host/replace_file.ts";
import { quote } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { isOwn } from "./own_files.ts";

/** A document that somebody asked for as a file. */
export interface RequestedDocument {
  /** What messages call it, such as `the page`. */
  readonly what: string;
  /** The file's name; `-` for standard output. */
  readonly path: string;
  readonly text: string;
  /** Whether a file of that name may be replaced; not, unless given. */
  readonly overwrite?: boolean;
}

/**
 * Writes a document for its owner alone, the whole of it or nothing, or prints it. What is there already stays, unless
 * it is a file that may be replaced; what this program keeps always stays. Throws `UsageError`.
 */
export function writeDocument(host: Host, { what, path, text, overwrite = false }: RequestedDocument): void {
  if (path === "-") return void host.stdout(text);
  const home = readHome(host);
  if (home !== undefined && isOwn(host, home, path)) {
    throw new UsageError(`Cannot write ${what} to ${quote(path)}: this program keeps its own there; name another file`);
  }
  try {
    const there = overwrite ? orIfMissing(() => host.files.stat(path).kind, undefined) : undefined;
    if (there === undefined) createNew(host, path, text);
    else if (there === "file") replaceFile(host, path, text);
    else throw new FileFault("replace it", "NotAFile");
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const reason = REASONS[error.code] ?? `it can't be written (${error.code}); name another file`;
    throw new UsageError(`Cannot write ${what} to ${quote(path)}: ${reason}`, { cause: error });
  }
}

const NOT_WRITABLE = "its folder can't be written; name another file";

/** What people are told instead of the system's name for a fault, with the way out. */
const REASONS: Readonly<Record<string, string>> = {
  EEXIST: "something is there already; remove it, or name another file",
  NotAFile: "what is there is no file; name another one",
  ENOENT: "its folder doesn't exist; make it, or name another file",
  ENOTDIR: "its folder isn't one; name another file",
  EISDIR: "it is a folder; name a file in it",
  EACCES: NOT_WRITABLE,
  EPERM: NOT_WRITABLE,
  EROFS: NOT_WRITABLE,
  ENOSPC: "the disk is full; name a file on another one",
};
