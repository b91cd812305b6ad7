import { assertEquals } from "@std/assert";
import { readProject } from "../../../lib/context/git/origin.ts";
import { denoHost } from "../../../lib/host/deno_host.ts";
import { FileFault, type FileStat, type Host } from "../../../lib/host/host.ts";
import type { Variable } from "../../../lib/host/variables.ts";

// What is asked of git is asked of the git that is installed: these tests need one, of any version since 2.30.

/** A scene's files by their path in it, as binary strings; a path with `/` at its end is a folder, `-> x` is a link to x. */
export type Files = Readonly<Record<string, string>>;

export interface Case {
  readonly what: string;
  readonly files: Files;
  /** The working directory in the scene: `project` where it isn't given. */
  readonly cwd?: string;
  /** The variables of both programs: HOME is the scene's `home` where they aren't given. */
  readonly env?: Readonly<Record<string, string>>;
}

export const FORMAT_0 = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";
export const FORMAT_1 = FORMAT_0.replace("= 0", "= 1");
export const FETCH = "\tfetch = +refs/heads/*:refs/remotes/origin/*\n";
export const ORIGIN = `[remote "origin"]\n\turl = https://git.example/a/b.git\n${FETCH}`;
export const HEAD = "ref: refs/heads/main\n";

/** A folder of git's own with this configuration. */
export function gitFolder(path: string, config: string, head = HEAD): Files {
  return { [`${path}/HEAD`]: head, [`${path}/config`]: config, [`${path}/objects/`]: "", [`${path}/refs/`]: "" };
}

export function repository(config: string, head?: string): Files {
  return gitFolder("project/.git", config, head);
}

/** A repository whose remote has this value as its URL, written as in the file. */
export function withUrl(value: string): Files {
  return repository(`${FORMAT_0}[remote "origin"]\n\turl = ${value}\n`);
}

/** A repository with the usual remote, and more configuration. */
export function withMore(config: string): Files {
  return repository(`${FORMAT_0}${ORIGIN}${config}`);
}

/** A worktree `added` of the repository `project`, as `git worktree add` lays it out. */
export function addedWorktree(config: string, own?: string): Files {
  const folder = "project/.git/worktrees/added";
  return {
    ...repository(config),
    "added/.git": "gitdir: {root}/project/.git/worktrees/added\n",
    [`${folder}/HEAD`]: "ref: refs/heads/added\n",
    [`${folder}/commondir`]: "../..\n",
    [`${folder}/gitdir`]: "{root}/added/.git\n",
    ...(own === undefined ? {} : { [`${folder}/config.worktree`]: own }),
  };
}

/** A repository with the submodule `sub`, as `git submodule add` lays it out. */
export function withSubmodule(workTree = "../../../sub"): Files {
  return {
    ...withMore(""),
    ...gitFolder(
      "project/.git/modules/sub",
      `${FORMAT_0}\tworktree = ${workTree}\n[remote "origin"]\n\turl = ../sub\n`,
    ),
    "project/sub/.git": "gitdir: ../.git/modules/sub\n",
    "project/sub/deep/": "",
  };
}

export const WORKTREE_CONFIG = "[extensions]\n\tworktreeConfig = true\n";

/** A user who owns nothing here. */
export const STRANGER = 54_321;
export const SYSTEM_PATHS = ["/etc/gitconfig", "C:/ProgramData/Git/config"];

export interface Scene {
  /** The temporary folder, with `/` on every system. */
  readonly root: string;
  readonly cwd: string;
  /** What git gets beside what keeps it from the machine's own configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** The real machine but for its variables, working directory and system-wide configuration. */
  readonly host: Host;
}

export async function withScene(test: Case, work: (scene: Scene) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
  const root = folder.replaceAll("\\", "/");
  const filled = (text: string): string => text.replaceAll("{root}", root);
  try {
    await Deno.mkdir(`${root}/home`);
    await Deno.mkdir(`${root}/project`);
    for (const [path, content] of Object.entries(test.files)) await put(`${root}/${path}`, filled(content));
    const entries = Object.entries(test.env ?? { HOME: "{root}/home" }).map(([name, value]) => [name, filled(value)]);
    const env: Readonly<Record<string, string>> = Object.fromEntries(entries);
    const cwd = `${root}/${test.cwd ?? "project"}`;
    const real = denoHost();
    const read: Host["files"]["read"] = (path, limit, follow) => {
      if (!path.startsWith(root)) throw new FileFault("read a file", "ENOENT");
      return real.files.read(path, limit, follow);
    };
    const host: Host = { ...real, cwd: () => cwd, env: (name: Variable) => env[name], files: { ...real.files, read } };
    await work({ root, cwd, env, host });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function put(path: string, content: string): Promise<void> {
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  if (path.endsWith("/")) return;
  if (content.startsWith("-> ")) await Deno.symlink(content.slice(3), path);
  else await Deno.writeFile(path, encode(content));
}

/** The scene's host to which one path's owner or filesystem looks different. */
export function withStat({ root, host }: Scene, path: string, change: Partial<FileStat>): Host {
  const changed = path === "." ? root : `${root}/${path}`;
  const stat: Host["files"]["stat"] = (asked, follow) => {
    const found = host.files.stat(asked, follow);
    return asked === changed ? { ...found, ...change } : found;
  };
  return { ...host, files: { ...host.files, stat } };
}

/** The hash of what git prints for the remote's URL, or null where it prints nothing. */
export async function askGit(scene: Scene): Promise<string | null> {
  const printed = await runGit(scene, ["remote", "get-url", "origin"]);
  return printed.length === 0 ? null : await sha256(printed);
}

/** Set-ups by what becomes of them. */
export interface Expected {
  /** Both git and this program give the URL. */
  readonly answered: readonly Case[];
  /** Git gives a URL, this program gives null. */
  readonly unusual: readonly Case[];
  /** Git gives none, and this program gives null. */
  readonly nothing: readonly Case[];
  /** This program gives null, whatever git does. */
  readonly limits: readonly Case[];
}

/** Compares this program with git in each set-up: a test each. */
export function testAgainstGit({ answered, unusual, nothing, limits }: Expected): void {
  for (const test of answered) {
    Deno.test(`readProject gives git's answer for ${test.what}`, () =>
      withScene(test, async (scene) => {
        const answer = await askGit(scene);
        assertEquals({ git: answer !== null, project: await readProject(scene.host) }, { git: true, project: answer });
      }));
  }
  for (const test of unusual) {
    Deno.test(`readProject gives null, though git answers, for ${test.what}`, () =>
      withScene(test, async (scene) => {
        const git = await askGit(scene);
        assertEquals({ git: git !== null, project: await readProject(scene.host) }, { git: true, project: null });
      }));
  }
  for (const test of nothing) {
    Deno.test(`readProject gives null, as git nothing, for ${test.what}`, () =>
      withScene(test, async (scene) => {
        assertEquals([await askGit(scene), await readProject(scene.host)], [null, null]);
      }));
  }
  for (const test of limits) {
    Deno.test(`readProject gives null for ${test.what}`, () =>
      withScene(test, async ({ host }) => assertEquals(await readProject(host), null)));
  }
}

export async function runGit({ cwd, env }: Scene, args: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const who = { NAME: "x", EMAIL: "x@example.com" };
  const { stdout } = await new Deno.Command("git", {
    args,
    cwd,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      LC_ALL: "C",
      GIT_CONFIG_NOSYSTEM: "1",
      ...Object.fromEntries(
        Object.entries(who).flatMap((
          [name, value],
        ) => [[`GIT_AUTHOR_${name}`, value], [`GIT_COMMITTER_${name}`, value]]),
      ),
      ...env,
    },
    stdin: "null",
  }).output();
  return stdout;
}

export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

export function encode(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
