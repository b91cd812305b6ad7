import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { orElse } from "../../host/or_else.ts";
import { GIT_VARIABLES } from "../../host/variables/git.ts";
import { namesOf } from "../../host/variables/rule.ts";
import { sha256 } from "../../sha256.ts";
import {
  coreValues,
  type GitConfigEntry,
  isOrigin,
  isPlain,
  isUsualFormat,
  parseGitConfig,
  resolveOriginUrl,
} from "./config.ts";
import { withoutCredentials } from "./credentials.ts";
import { findRepository, isAbsolute, isOwnWorkTree, readBinary, type Repository } from "./repository.ts";

/**
 * Which project this is: the SHA-256, in lower-case hex, of what `git remote get-url origin` prints in the working
 * directory, without a user and password in it, the end of the line included. Null where git (2.30 to 2.55) prints
 * nothing. Never throws.
 *
 * Git isn't run: its files are read. The answer is null, and never another than git's, wherever a set-up isn't plain:
 * - a variable named `GIT_...` that this program knows is set;
 * - the repository is bare, or another user owns a part of it (Windows has no owners to compare);
 * - its format or an extension is unusual, its work tree is elsewhere, or a folder on the way up holds a HEAD;
 * - configuration includes other files, or is written in a way that `parseGitConfig` refuses;
 * - the system-wide configuration or a worktree's own is about `origin` or rewrites URLs (the former is looked for in
 *   the usual places only: a git that was built with another place isn't noticed);
 * - `origin` has no URL, several URLs, or a setting that `isPlain` doesn't know;
 * - a value that decides the answer has escapes, or is read differently by different versions of git.
 *
 * Not noticed: what only makes git refuse to work (a wrong value elsewhere, damaged references), and variables that
 * this program may not read.
 */
export function readProject(host: Host): Promise<string | null> {
  const printed = readOriginUrl(host);
  const url = printed === undefined ? undefined : withoutCredentials(printed);
  // Everything is read at once; only the hash is waited for.
  if (url === undefined) return Promise.resolve(null);
  return sha256(Uint8Array.from(`${url}\n`, (character) => character.charCodeAt(0)));
}

/** Where git's system-wide configuration is: a path that is fixed when git is built, by distributions and others. */
export const SYSTEM_CONFIG: readonly string[] = [
  "/etc/gitconfig",
  "/usr/local/etc/gitconfig",
  "/opt/homebrew/etc/gitconfig",
  "/opt/local/etc/gitconfig",
  "/home/linuxbrew/.linuxbrew/etc/gitconfig",
  "/Library/Developer/CommandLineTools/usr/share/git-core/gitconfig",
  "/Applications/Xcode.app/Contents/Developer/usr/share/git-core/gitconfig",
];
const SYSTEM_CONFIG_ON_WINDOWS = ["C:/Program Files/Git/etc/gitconfig", "C:/ProgramData/Git/config"];

/** The URL as a binary string. */
function readOriginUrl(host: Host): string | undefined {
  const cwd = host.cwd();
  if (cwd === undefined || isSteered(host)) return undefined;
  return orElse(() => {
    const repository = findRepository(host, cwd);
    return repository && readOriginUrlOf(host, repository);
  }, undefined);
}

function readOriginUrlOf(host: Host, repository: Repository): string | undefined {
  const { gitDir, commonDir } = repository;
  const system = readConfigs(host, host.system.isWindows ? SYSTEM_CONFIG_ON_WINDOWS : SYSTEM_CONFIG);
  const user = readUserConfig(host);
  const shared = readConfig(host, `${commonDir}/config`);
  // Git reads it where an extension says so. Reading it always is simpler, and it rarely exists otherwise.
  const own = readConfig(host, `${gitDir}/config.worktree`);
  if (system === undefined || user === undefined || shared === undefined || own === undefined) return undefined;
  if ([...system, ...own].some((entry) => entry.section === "url" || isOrigin(entry))) return undefined;
  if (!isUsualFormat(shared)) return undefined;
  const workTrees = coreValues([...shared, ...own], "worktree");
  if (!workTrees.every((workTree) => isOwnWorkTree(host, repository, workTree))) return undefined;
  return resolveOriginUrl(user, shared);
}

/** Whether a variable tells git where to look or what to read. Any value does, the empty one too. */
function isSteered(host: Host): boolean {
  return namesOf(GIT_VARIABLES).some((name) => name.startsWith("GIT_") && host.env(name) !== undefined);
}

/** Without a home git reads no configuration of the user's. */
function readUserConfig(host: Host): GitConfigEntry[] | undefined {
  const home = host.env("HOME") ?? (host.system.isWindows ? host.env("USERPROFILE") : undefined);
  const folder = host.env("XDG_CONFIG_HOME") || (home === undefined ? undefined : `${home}/.config`);
  const paths = [
    ...(folder === undefined ? [] : [`${folder}/git/config`]),
    ...(home === undefined ? [] : [`${home}/.gitconfig`]),
  ];
  if (!paths.every((path) => isAbsolute(host, path))) return undefined;
  return readConfigs(host, paths, "EACCES");
}

/** The entries of several files in reading order; undefined where that is the answer for one of them. */
function readConfigs(host: Host, paths: readonly string[], tolerated?: string): GitConfigEntry[] | undefined {
  const files = paths.map((path) => readConfig(host, path, tolerated));
  return files.includes(undefined) ? undefined : files.flatMap((entries) => entries ?? []);
}

/** The entries of a file, none where it is missing. Undefined where git would refuse it, or one of them isn't plain. */
function readConfig(host: Host, path: string, tolerated?: string): GitConfigEntry[] | undefined {
  try {
    const entries = parseGitConfig(readBinary(host, path));
    return entries?.every(isPlain) ? entries : undefined;
  } catch (error) {
    if (isMissing(error) || (error instanceof FileFault && error.code === tolerated)) return [];
    throw error;
  }
}
