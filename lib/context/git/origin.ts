import { sha256 } from "../../sha256.ts";
import { type GitConfigEntry, isSound, lastValue, parseGitConfig, resolveOriginUrl } from "./config.ts";
import {
  canEnterWorkTree,
  findRepository,
  isAbsolute,
  isTrusted,
  kindOf,
  readBinary,
  readsWorktreeConfig,
  type Repository,
} from "./repository.ts";
import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { type Variable, VARIABLES } from "../../host/variables.ts";

/**
 * Which project this is: the SHA-256, in lower-case hex, of what `git remote get-url origin` prints in the working directory, the
 * end of the line included. Null where git (2.30 to 2.55) prints nothing. Never throws.
 *
 * Git isn't run, its files are read, and wherever that could give another answer than git's this one is null too:
 * - a variable named `GIT_...` that this program knows is set;
 * - configuration that includes other files, or system-wide configuration that bears on remotes or, where it would be asked, on
 *   `safe.*` (it is looked for in the usual places only, a git built with another place for it isn't noticed);
 * - a repository of somebody else's, unless the user's `safe.directory` holds `*` or just this folder, and a bare one where
 *   `safe.bareRepository` isn't `all` (on Windows ownership isn't checked);
 * - formats, extensions, links, paths and values (a name without one too) that some of git's versions don't take, or not alike.
 *
 * Not noticed: damaged references, of which git may die, and variables that this program may not read.
 */
export function readProject(host: Host): Promise<string | null> {
  const url = readOriginUrl(host);
  // Everything is read at once; only the hash is waited for.
  if (url === undefined) return Promise.resolve(null);
  return sha256(Uint8Array.from(`${url}\n`, (character) => character.charCodeAt(0)));
}

/** Where git's system-wide configuration is. Its path is fixed when git is built: by distributions, Homebrew, Apple, Git for Windows. */
const SYSTEM_CONFIG = [
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
  try {
    const repository = findRepository(host, cwd);
    return repository && readOriginUrlOf(host, repository);
  } catch (error) {
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}

function readOriginUrlOf(host: Host, repository: Repository): string | undefined {
  const { gitDir, commonDir } = repository;
  const system = readSystemConfig(host);
  const user = readUserConfig(host);
  const shared = readConfig(host, `${commonDir}/config`);
  if (system === undefined || user === undefined || shared === undefined) return undefined;
  const perWorktree = readsWorktreeConfig(shared);
  const own = perWorktree ? readConfig(host, `${gitDir}/config.worktree`) : [];
  if (perWorktree === undefined || own === undefined) return undefined;

  if (system.some(bearsOnRemotes)) return undefined;
  const isAsked = repository.bare || repository.foreign;
  if (!isTrusted(repository, user) || (isAsked && system.some(({ section }) => section === "safe"))) return undefined;

  // A worktree that was added doesn't take this from the configuration it shares with others.
  const inherited = perWorktree || commonDir === gitDir ? shared : [];
  const workTree = lastValue([...inherited, ...own], "core", "worktree");
  if (workTree !== undefined && !canEnterWorkTree(host, repository, workTree)) return undefined;

  const legacy = ["remotes", "branches"].some((folder) =>
    kindOf(host, `${commonDir}/${folder}/origin`, false) !== "missing"
  );
  return resolveOriginUrl(user, [...shared, ...own], legacy);
}

/** Whether a variable tells git where to look or what to read. Any value does, the empty one too. */
function isSteered(host: Host): boolean {
  // `Object.keys` forgets that these are the names.
  const names = Object.keys(VARIABLES) as Variable[];
  return names.some((name) => name.startsWith("GIT_") && host.env(name) !== undefined);
}

function readSystemConfig(host: Host): GitConfigEntry[] | undefined {
  return join(
    (host.system.name === "Windows" ? SYSTEM_CONFIG_ON_WINDOWS : SYSTEM_CONFIG).map((path) => readConfig(host, path)),
  );
}

/** Without a home git reads no configuration of the user's. */
function readUserConfig(host: Host): GitConfigEntry[] | undefined {
  const home = host.env("HOME") ?? (host.system.name === "Windows" ? host.env("USERPROFILE") : undefined);
  const folder = host.env("XDG_CONFIG_HOME") || (home === undefined ? undefined : `${home}/.config`);
  const paths = [
    ...(folder === undefined ? [] : [`${folder}/git/config`]),
    ...(home === undefined ? [] : [`${home}/.gitconfig`]),
  ];
  if (!paths.every((path) => isAbsolute(host, path))) return undefined;
  return join(paths.map((path) => readConfig(host, path, "EACCES")));
}

/** The entries of a file, of which there are none where it is missing; undefined where git ends over them or may. */
function readConfig(host: Host, path: string, tolerated?: string): GitConfigEntry[] | undefined {
  try {
    const entries = parseGitConfig(readBinary(host, path));
    return entries?.every(isSound) ? entries : undefined;
  } catch (error) {
    if (isMissing(error) || (error instanceof FileFault && error.code === tolerated)) return [];
    throw error;
  }
}

function bearsOnRemotes({ section, subsection }: GitConfigEntry): boolean {
  return section === "url" || (section === "remote" && subsection === "origin");
}

function join(files: (GitConfigEntry[] | undefined)[]): GitConfigEntry[] | undefined {
  return files.includes(undefined) ? undefined : files.flatMap((entries) => entries ?? []);
}
