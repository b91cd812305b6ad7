import type { FileKind, Host } from "../../host/host.ts";
import { orIfMissing } from "../../host/or_else.ts";

/**
 * A repository as git would find it from a folder. Paths are absolute, with `/` on every system, and `.git` files hold
 * them in git's own form: that is why they are not joined and resolved with `@std/path`.
 */
export interface Repository {
  /** The folder that holds `.git`. */
  readonly root: string;
  /** The folder that holds HEAD, and `config.worktree` where there is one. */
  readonly gitDir: string;
  /** The folder that holds `config`. It differs from `gitDir` in a worktree that was added to a repository. */
  readonly commonDir: string;
}

/** Largest file of git's that is read, in bytes. Git takes no larger `.git` file either. */
const MAX_GIT_FILE_BYTES = 1024 * 1024;

/** How HEAD begins, within its first 255 bytes: a reference, or the hash of a commit. */
const HEAD = /^(?:ref:[ \t\r\n]*refs\/|[0-9A-Fa-f]{40})/;

/**
 * Finds the repository that git would use in a folder, there or above. Undefined where there is none or it isn't plain:
 * it is bare, partly owned by another user, or something with the name `.git` or `HEAD` isn't as git makes it. Throws
 * `FileFault` where the filesystem gives no answer. Source of the rules: git's `setup.c`.
 */
export function findRepository(host: Host, start: string): Repository | undefined {
  if (!isAbsolute(host, start)) return undefined;
  const path = withSlashes(host, start);
  const { device } = host.files.stat(path, true);
  for (let folder = path;; folder = above(folder)) {
    // Git doesn't go on into another filesystem.
    if (host.files.stat(folder, true).device !== device) return undefined;
    const kind = kindOf(host, under(folder, ".git"));
    if (kind !== "missing") return repositoryAt(host, folder, kind);
    // It may be a bare repository, which git would use.
    if (kindOf(host, under(folder, "HEAD"), false) !== "missing") return undefined;
    if (folder === above(folder)) return undefined;
  }
}

function repositoryAt(host: Host, root: string, kind: FileKind): Repository | undefined {
  const dotGit = under(root, ".git");
  const gitDir = kind === "file" ? pathIn(host, dotGit, "gitdir: ", root) : dotGit;
  if (gitDir === undefined) return undefined;
  if (isForeign(host, root) || isForeign(host, dotGit) || isForeign(host, gitDir, true)) return undefined;
  const head = under(gitDir, "HEAD");
  // Git takes a link that leads to `refs/...`, existing or not. This program can't read where a link leads.
  if (kindOf(host, head, false) !== "file" || !HEAD.test(readBinary(host, head).slice(0, 255))) return undefined;
  const shared = under(gitDir, "commondir");
  const commonDir = kindOf(host, shared, false) === "missing" ? gitDir : pathIn(host, shared, "", gitDir);
  if (commonDir === undefined) return undefined;
  for (const part of ["objects", "refs"]) {
    const folder = under(commonDir, part);
    if (kindOf(host, folder) !== "directory") return undefined;
    // To git a folder that may not be entered is none: asking for something in it throws EACCES then.
    kindOf(host, under(folder, "heads"));
  }
  return { root, gitDir, commonDir };
}

/** The path that stands in a file behind a prefix, as seen from a folder. Undefined where none does. */
function pathIn(host: Host, file: string, prefix: string, folder: string): string | undefined {
  const text = readBinary(host, file);
  return text.startsWith(prefix)
    ? resolvePath(host, folder, text.slice(prefix.length).replace(/(?<![\r\n])[\r\n]+$/, ""))
    : undefined;
}

/** Whether `core.worktree` names the folder that holds `.git`, as in submodules. Git gives up where another is gone. */
export function isOwnWorkTree(host: Host, { root, gitDir }: Repository, workTree: string): boolean {
  return resolvePath(host, gitDir, workTree) === root;
}

/** Reads a file of at most 1 MiB as a binary string: git knows no encoding. Throws `FileFault`. */
export function readBinary(host: Host, path: string): string {
  const bytes = host.files.read(path, MAX_GIT_FILE_BYTES, true);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return binary;
}

/** What is at the path, or where a link there leads. Throws `FileFault` where that can't be told. */
function kindOf(host: Host, path: string, follow = true): FileKind | "missing" {
  return orIfMissing(() => host.files.stat(path, follow).kind, "missing");
}

function isForeign(host: Host, path: string, follow = false): boolean {
  const user = host.system.uid();
  // Windows has no such numbers, so nothing is checked there. Elsewhere an unknown user owns nothing.
  return user === undefined ? !host.system.isWindows : host.files.stat(path, follow).uid !== user;
}

function under(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** The folder above; `/` and `C:/` have none but themselves. */
function above(folder: string): string {
  return folder.slice(0, Math.max(folder.lastIndexOf("/"), folder.indexOf("/") + 1));
}

/**
 * The absolute path, without `.` and `..`, of a path as seen from a folder. Undefined where that can't be told, and
 * where the path is empty or isn't UTF-8, as this program's paths are.
 */
function resolvePath(host: Host, folder: string, binary: string): string | undefined {
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  const path = withSlashes(host, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  if (path === "" || /[\0\uFFFD]/.test(path)) return undefined;
  const absolute = isAbsolute(host, path);
  // Windows has paths that depend on the current drive, and shares.
  if (host.system.isWindows && !absolute && /^\/|:/.test(path)) return undefined;
  let resolved = absolute ? path.slice(0, path.indexOf("/") + 1) : folder;
  for (const part of path.slice(absolute ? resolved.length : 0).split("/")) {
    if (part === "" || part === ".") continue;
    // What is above a symbolic link depends on where it leads.
    if (part === ".." && kindOf(host, resolved, false) !== "directory") return undefined;
    resolved = part === ".." ? above(resolved) : under(resolved, part);
  }
  return resolved;
}

function withSlashes(host: Host, path: string): string {
  return host.system.isWindows ? path.replaceAll("\\", "/") : path;
}

/** Whether a path starts at the root of the filesystem or, on Windows, of a drive. */
export function isAbsolute(host: Host, path: string): boolean {
  return (host.system.isWindows ? /^[A-Za-z]:[\\/]/ : /^\//).test(path);
}
