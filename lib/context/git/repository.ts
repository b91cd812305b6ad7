import { type GitConfigEntry, lastValue } from "./config.ts";
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

type GitFolder = Pick<Repository, "gitDir" | "commonDir">;

/** Largest file of git's that is read, in bytes. Git takes no larger `.git` file either. */
const MAX_GIT_FILE_BYTES = 1024 * 1024;

/**
 * Finds the repository that git would use in a folder, there or above. Undefined where there is none, where git would
 * refuse it, where it is bare or partly owned by another user, and where any of that can't be told. Throws `FileFault`
 * where the filesystem gives no answer. Source of the rules: git's `setup.c`.
 */
export function findRepository(host: Host, start: string): Repository | undefined {
  const path = isAbsolute(host, start) ? resolvePath(host, "/", start) : undefined;
  if (path === undefined) return undefined;
  const { device } = host.files.stat(path, true);
  for (const folder of upwards(path)) {
    // Git doesn't go on into another filesystem.
    if (host.files.stat(folder, true).device !== device) return undefined;
    const found = repositoryAt(host, folder);
    if (found !== "none") return found;
  }
  return undefined;
}

/** The folder and all those above it, up to `/` or `C:/`. */
function upwards(folder: string): string[] {
  const parts = folder.split("/").filter((part) => part !== "");
  const root = folder.startsWith("/") ? "/" : `${parts.shift()}/`;
  return [...parts.keys()].map((index) => root + parts.slice(0, parts.length - index).join("/")).concat(root);
}

function repositoryAt(host: Host, folder: string): Repository | "none" | undefined {
  const dotGit = under(folder, ".git");
  const kind = kindOf(host, dotGit);
  if (kind === "file") return repositoryOfFile(host, folder, dotGit);
  if (kind !== "directory" && kind !== "missing") return undefined;
  const found = kind === "directory" ? gitFolder(host, dotGit) : "none";
  // Without a `.git` of git's own, a folder that is a repository itself is a bare one.
  if (found === "none") return gitFolder(host, folder) === "none" ? "none" : undefined;
  return found === undefined || isForeign(host, folder) || isForeign(host, dotGit)
    ? undefined
    : { root: folder, ...found };
}

/** The repository that a `.git` file leads to, as in worktrees and submodules. Git gives up where it leads nowhere. */
function repositoryOfFile(host: Host, folder: string, file: string): Repository | undefined {
  const text = withoutLineEnds(readBinary(host, file));
  if (!text.startsWith("gitdir: ")) return undefined;
  const path = resolveBinary(host, folder, text.slice("gitdir: ".length));
  const found = path === undefined ? undefined : gitFolder(host, path);
  if (found === undefined || found === "none") return undefined;
  const foreign = isForeign(host, folder) || isForeign(host, file) || isForeign(host, found.gitDir, true);
  return foreign ? undefined : { root: folder, ...found };
}

/** The folder as one of git's own, `"none"` where it isn't. Undefined where that can't be told or git would give up. */
function gitFolder(host: Host, gitDir: string): GitFolder | "none" | undefined {
  const head = kindOf(host, under(gitDir, "HEAD"), false);
  if (head === "missing" || head === "directory") return "none";
  // Git takes a link that leads to `refs/...`, existing or not. This program can't read where a link leads.
  if (head !== "file") return undefined;
  const start = readBinary(host, under(gitDir, "HEAD")).slice(0, 255);
  if (!/^(?:ref:[ \t\r\n]*refs\/|[0-9A-Fa-f]{40})/.test(start)) return "none";
  const commonDir = commonFolder(host, gitDir);
  if (commonDir === undefined) return undefined;
  for (const part of ["objects", "refs"]) {
    const folder = under(commonDir, part);
    const kind = kindOf(host, folder);
    if (kind === "missing") return "none";
    // Git would take a file that is executable.
    if (kind !== "directory") return undefined;
    // To git a folder that may not be entered is none: asking for something in it throws EACCES then.
    kindOf(host, under(folder, "heads"));
  }
  return { gitDir, commonDir };
}

function commonFolder(host: Host, gitDir: string): string | undefined {
  const file = under(gitDir, "commondir");
  if (kindOf(host, file, false) === "missing") return gitDir;
  return resolveBinary(host, gitDir, withoutLineEnds(readBinary(host, file)));
}

/**
 * Whether the configuration that a repository shares with its worktrees says that `config.worktree` is read too.
 * Undefined where its format is unusual: the extensions known here are those that `git clone --filter` and `git
 * sparse-checkout` set.
 */
export function readsWorktreeConfig(shared: readonly GitConfigEntry[]): boolean | undefined {
  const format = lastValue(shared, "core", "repositoryformatversion");
  if (format !== undefined && format !== "0" && format !== "1") return undefined;
  const extensions = shared.filter(({ section }) => section === "extensions");
  if (extensions.length === 0) return false;
  // Versions of git disagree on extensions without a format.
  if (format === undefined) return undefined;
  const isKnown = ({ subsection, name, value }: GitConfigEntry): boolean =>
    subsection === undefined && (name === "partialclone" || (name === "worktreeconfig" && value === "true"));
  return extensions.every(isKnown) ? extensions.some(({ name }) => name === "worktreeconfig") : undefined;
}

/**
 * Whether `core.worktree` names the folder that holds `.git`, as it does in every submodule. Any other work tree is
 * unusual, and git gives up where it is gone.
 */
export function isOwnWorkTree(host: Host, { root, gitDir }: Repository, workTree: string): boolean {
  return resolveBinary(host, gitDir, workTree) === root;
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

function withoutLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && "\r\n".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Resolves a path that a file holds. Undefined also where it is empty or isn't UTF-8, as this program's paths are. */
function resolveBinary(host: Host, folder: string, binary: string): string | undefined {
  if (binary === "" || binary.includes("\0")) return undefined;
  try {
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return resolvePath(host, folder, new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    // It isn't UTF-8.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/**
 * The absolute path, without `.` and `..`, of a path as seen from a folder. Undefined where that can't be told: what is
 * above a symbolic link depends on where it leads.
 */
function resolvePath(host: Host, folder: string, path: string): string | undefined {
  const { isWindows } = host.system;
  const target = isWindows ? path.replaceAll("\\", "/") : path;
  const whole = isAbsolute(host, path) ? target : under(folder, target);
  // Neither a share nor a path that depends on the current drive has a root here.
  const root = (isWindows ? /^[A-Za-z]:\/(?!\/)/ : /^\/(?!\/)/).exec(whole)?.[0];
  if (root === undefined || (isWindows && /^(?:\/|[A-Za-z]:(?!\/))/.test(target))) return undefined;
  let resolved = root;
  for (const part of whole.slice(root.length).split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") {
      resolved = under(resolved, part);
    } else if (resolved !== root) {
      if (kindOf(host, resolved, false) !== "directory") return undefined;
      const above = resolved.slice(0, resolved.lastIndexOf("/"));
      resolved = above.length < root.length ? root : above;
    }
  }
  return resolved;
}

/** Whether a path starts at the root of the filesystem or, on Windows, of a drive. */
export function isAbsolute(host: Host, path: string): boolean {
  return (host.system.isWindows ? /^[A-Za-z]:[\\/]/ : /^\//).test(path);
}
