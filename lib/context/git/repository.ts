import { type GitConfigEntry, lastValue } from "./config.ts";
import { type FileKind, type Host, isMissing } from "../../host/host.ts";

/** A repository as git would find it from some folder. Paths are absolute, with `/` on every system. */
export interface Repository {
  /** Holds HEAD, and `config.worktree` where there is one. */
  readonly gitDir: string;
  /** Holds `config`; another folder than `gitDir` in a worktree that was added to a repository. */
  readonly commonDir: string;
  /** What `safe.directory` would call it: the folder that holds `.git`, or the bare repository itself. */
  readonly root: string;
  /** Whether it was found by standing in it, which `safe.bareRepository` can forbid. */
  readonly bare: boolean;
  /** Whether a part of it is somebody else's, so that `safe.directory` has to allow it. */
  readonly foreign: boolean;
}

type GitFolder = Pick<Repository, "gitDir" | "commonDir">;

/** Largest file of git's that is read, in bytes. Git takes no larger `.git` file either. */
const MAX_GIT_FILE_BYTES = 1024 * 1024;

/**
 * The repository that git finds from a folder upwards; undefined where it finds none or ends, and where that can't be told.
 * Throws `FileFault` where the filesystem gives no answer. Source of the rules: git's `setup.c`.
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
  if (kind === "directory") {
    const found = gitFolder(host, dotGit);
    if (found === undefined) return undefined;
    if (found !== "none") {
      return { ...found, root: folder, bare: false, foreign: isForeign(host, folder) || isForeign(host, dotGit) };
    }
  } else if (kind !== "missing") {
    return undefined;
  }
  const found = gitFolder(host, folder);
  if (found === undefined || found === "none") return found;
  return { ...found, root: folder, bare: true, foreign: isForeign(host, folder) };
}

/** The repository that a `.git` file leads to, as in worktrees and submodules. One that leads nowhere ends git. */
function repositoryOfFile(host: Host, folder: string, file: string): Repository | undefined {
  const text = withoutLineEnds(readBinary(host, file));
  if (!text.startsWith("gitdir: ")) return undefined;
  const path = resolvePath(host, folder, decodePath(text.slice("gitdir: ".length)));
  const found = path === undefined ? undefined : gitFolder(host, path);
  if (found === undefined || found === "none") return undefined;
  const foreign = isForeign(host, folder) || isForeign(host, file) || isForeign(host, found.gitDir, true);
  return { ...found, root: folder, bare: false, foreign };
}

/** The folder as one of git's own; undefined where that can't be told or git would end. */
function gitFolder(host: Host, gitDir: string): GitFolder | "none" | undefined {
  const head = kindOf(host, under(gitDir, "HEAD"), false);
  if (head === "missing" || head === "directory") return "none";
  // A link is right if it leads to `refs/...`, existing or not. This program can't read where a link leads.
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
    // A folder that may not be entered is none to git: asking for something in it throws EACCES then.
    kindOf(host, under(folder, "heads"));
  }
  return { gitDir, commonDir };
}

function commonFolder(host: Host, gitDir: string): string | undefined {
  const file = under(gitDir, "commondir");
  if (kindOf(host, file, false) === "missing") return gitDir;
  return resolvePath(host, gitDir, decodePath(withoutLineEnds(readBinary(host, file))));
}

/** The extensions that a repository may have, and those that need format 1. Every git since 2.30 knows these. */
const EXTENSIONS = ["noop", "partialclone", "preciousobjects", "worktreeconfig"];
const EXTENSIONS_OF_FORMAT_1 = [...EXTENSIONS, "noop-v1", "objectformat"];

/**
 * Whether a repository with this configuration reads `config.worktree` too; undefined where not every git since 2.30 takes a
 * repository of this format.
 */
export function readsWorktreeConfig(config: readonly GitConfigEntry[]): boolean | undefined {
  const format = lastValue(config, "core", "repositoryformatversion");
  const extensions = config.filter(({ section }) => section === "extensions");
  const known = format === "1" ? EXTENSIONS_OF_FORMAT_1 : format === "0" ? EXTENSIONS : [];
  if (extensions.some(({ subsection, name }) => subsection !== undefined || !known.includes(name))) return undefined;
  return ["true", "yes", "on", "1"].includes(
    (lastValue(extensions, "extensions", "worktreeconfig") ?? "").toLowerCase(),
  );
}

/** Whether git works in this repository, given the user's own configuration. Source: git's documentation of `safe.*`. */
export function isTrusted({ root, bare, foreign }: Repository, config: readonly GitConfigEntry[]): boolean {
  const safe = config.filter(({ section, subsection }) => section === "safe" && subsection === undefined);
  // Which bare repositories `explicit` forbids differs between versions.
  if (bare && safe.some(({ name, value }) => name === "barerepository" && value !== "all")) return false;
  if (!foreign) return true;
  const directories = safe.flatMap(({ name, value }) => name === "directory" ? [value ?? ""] : []);
  return directories.slice(directories.lastIndexOf("") + 1)
    .some((directory) => directory === "*" || decodePath(directory) === root);
}

/** Whether git can enter the folder that `core.worktree` names: it ends where it can't. */
export function canEnterWorkTree(host: Host, { gitDir }: Repository, workTree: string): boolean {
  const path = resolvePath(host, gitDir, decodePath(workTree));
  if (path === undefined || kindOf(host, path) !== "directory") return false;
  kindOf(host, under(path, ".git"));
  return true;
}

/**
 * The content of a file as a binary string (one character a byte), for git knows no encoding.
 * Throws `FileFault`, also for a file over 1 MiB.
 */
export function readBinary(host: Host, path: string): string {
  const bytes = host.files.read(path, MAX_GIT_FILE_BYTES, true);
  let binary = "";
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return binary;
}

/** What is at the path, or where it leads. Throws `FileFault` where that can't be told. */
export function kindOf(host: Host, path: string, follow = true): FileKind | "missing" {
  try {
    return host.files.stat(path, follow).kind;
  } catch (error) {
    if (isMissing(error)) return "missing";
    throw error;
  }
}

function isForeign(host: Host, path: string, follow = false): boolean {
  const user = host.system.uid();
  // Windows has no such numbers. Elsewhere not to know one's own is not to know whether git works here.
  return user === undefined ? !isWindows(host) : host.files.stat(path, follow).uid !== user;
}

function under(folder: string, name: string): string {
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** A path that a file holds, or undefined where it is none in this program's encoding. */
function decodePath(binary: string): string | undefined {
  if (binary === "" || binary.includes("\0")) return undefined;
  try {
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withoutLineEnds(text: string): string {
  let end = text.length;
  while (end > 0 && "\r\n".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * The absolute path that a path seen from a folder means, without `.` and `..`; undefined where that can't be told: what is above a
 * symbolic link depends on where it leads.
 */
function resolvePath(host: Host, folder: string, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const windows = isWindows(host);
  const target = windows ? path.replaceAll("\\", "/") : path;
  const whole = isAbsolute(host, path) ? target : under(folder, target);
  // None for a share, and for a path that depends on the current drive.
  const root = (windows ? /^[A-Za-z]:\/(?!\/)/ : /^\/(?!\/)/).exec(whole)?.[0];
  if (root === undefined || (windows && /^(?:\/|[A-Za-z]:(?!\/))/.test(target))) return undefined;
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
  return (isWindows(host) ? /^[A-Za-z]:[\\/]/ : /^\//).test(path);
}

function isWindows(host: Host): boolean {
  return host.system.name === "Windows";
}
