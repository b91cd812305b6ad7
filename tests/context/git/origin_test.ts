import { assertEquals } from "@std/assert";
import { parseGitConfig } from "../../../lib/context/git/config.ts";
import { readProject } from "../../../lib/context/git/origin.ts";
import { denoHost } from "../../../lib/host/deno_host.ts";
import { FileFault, type FileStat, type Host } from "../../../lib/host/host.ts";
import { type Variable, VARIABLES } from "../../../lib/host/variables.ts";

// What is asked of git is asked of the git that is installed: these tests need one, of any version since 2.30.

/** A scene's files by their path in it, as binary strings; a path with `/` at its end is a folder, `-> x` is a link to x. */
type Files = Readonly<Record<string, string>>;

interface Case {
  readonly what: string;
  readonly files: Files;
  /** The working directory in the scene: `project` where it isn't given. */
  readonly cwd?: string;
  /** The variables of both programs: HOME is the scene's `home` where they aren't given. */
  readonly env?: Readonly<Record<string, string>>;
}

const FORMAT_0 = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n";
const FORMAT_1 = FORMAT_0.replace("= 0", "= 1");
const FETCH = "\tfetch = +refs/heads/*:refs/remotes/origin/*\n";
const ORIGIN = `[remote "origin"]\n\turl = https://git.example/a/b.git\n${FETCH}`;
const HEAD = "ref: refs/heads/main\n";

/** A folder of git's own with this configuration. */
function gitFolder(path: string, config: string, head = HEAD): Files {
  return { [`${path}/HEAD`]: head, [`${path}/config`]: config, [`${path}/objects/`]: "", [`${path}/refs/`]: "" };
}

function repository(config: string, head?: string): Files {
  return gitFolder("project/.git", config, head);
}

/** A repository whose remote has this value as its URL, written as in the file. */
function withUrl(value: string): Files {
  return repository(`${FORMAT_0}[remote "origin"]\n\turl = ${value}\n`);
}

/** A repository with the usual remote, and more configuration. */
function withMore(config: string): Files {
  return repository(`${FORMAT_0}${ORIGIN}${config}`);
}

/** A worktree `added` of the repository `project`, as `git worktree add` lays it out. */
function addedWorktree(config: string, own?: string): Files {
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
function withSubmodule(workTree = "../../../sub"): Files {
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

const WORKTREE_CONFIG = "[extensions]\n\tworktreeConfig = true\n";

const ANSWERED: readonly Case[] = [
  { what: "an ordinary repository", files: withMore("") },
  { what: "a subfolder", files: { ...withMore(""), "project/a/b/": "" }, cwd: "project/a/b" },
  { what: "several remotes", files: withMore('[remote "other"]\n\turl = x\n[remote "Origin"]\n\turl = y\n') },
  { what: "two URLs", files: withMore('[remote "origin"]\n\turl = x\n') },
  { what: "a URL for pushing", files: repository(`${FORMAT_0}[remote "origin"]\n\tpushurl = x\n\turl = y\n`) },
  { what: "a URL for pushing alone", files: repository(`${FORMAT_0}[remote "origin"]\n\tpushurl = x\n`) },
  { what: "a remote without a URL", files: repository(`${FORMAT_0}[remote "origin"]\n${FETCH}`) },
  {
    what: "a rewritten remote without a URL",
    files: repository(`${FORMAT_0}[remote "origin"]\n${FETCH}[url "x:"]\n\tinsteadOf = ori\n`),
  },
  {
    what: "a URL of the user's for a remote of the repository's",
    files: {
      ...repository(`${FORMAT_0}[remote "origin"]\n${FETCH}`),
      "home/.gitconfig": '[remote "origin"]\nurl = x\n',
    },
  },
  {
    what: "URLs in both of the user's files and the repository's",
    files: {
      ...withMore(""),
      "home/.gitconfig": '[remote "origin"]\nurl = x\n',
      "home/.config/git/config": '[remote "origin"]\nurl = y\n',
    },
  },
  { what: "a rewritten URL", files: withMore('[url "git@x.example:"]\n\tinsteadOf = https://git.example/\n') },
  {
    what: "a URL that the user rewrites",
    files: { ...withMore(""), "home/.gitconfig": '[url "ssh://x/"]\n\tinsteadOf = https://git.example/\n' },
  },
  {
    what: "a URL rewritten in XDG_CONFIG_HOME",
    files: { ...withMore(""), "xdg/git/config": '[url "ssh://x/"]\n\tinsteadOf = https://git.example/\n' },
    env: { HOME: "{root}/home", XDG_CONFIG_HOME: "{root}/xdg" },
  },
  {
    what: "an empty XDG_CONFIG_HOME",
    files: { ...withMore(""), "home/.config/git/config": '[url "ssh://x/"]\n\tinsteadOf = https://git.example/\n' },
    env: { HOME: "{root}/home", XDG_CONFIG_HOME: "" },
  },
  {
    what: "no home",
    files: { ...withMore(""), "home/.gitconfig": '[url "ssh://x/"]\n\tinsteadOf = https\n' },
    env: {},
  },
  {
    what: "no home but XDG_CONFIG_HOME",
    files: { ...withMore(""), "xdg/git/config": '[url "ssh://x/"]\n\tinsteadOf = https://git.example/\n' },
    env: { XDG_CONFIG_HOME: "{root}/xdg" },
  },
  {
    what: "the longest of several prefixes",
    files: withMore('[url "1"]\n\tinsteadOf = https\n[url "2"]\n\tinsteadOf = https:\n\tinsteadOf = http\n'),
  },
  {
    what: "equal prefixes",
    files: withMore(
      '[url "1"]\n\tinsteadOf = x\n[url "2"]\n\tinsteadOf = https:\n[url "1"]\n\tinsteadOf = https:\n',
    ),
  },
  { what: "an empty prefix", files: withMore('[url "1"]\n\tinsteadOf =\n') },
  { what: "an empty and a longer prefix", files: withMore('[url "1"]\n\tinsteadOf =\n[url "2"]\n\tinsteadOf = h\n') },
  { what: "a prefix for pushing", files: withMore('[url "1"]\n\tpushInsteadOf = https\n') },
  { what: "a rewritten URL that isn't rewritten again", files: withMore('[url "httpsx"]\n\tinsteadOf = https\n') },
  { what: "quotes", files: withUrl('"https://x.example/a b#c;d"  # e') },
  { what: "quotes within the value", files: withUrl('https://x" . "example/"a"') },
  { what: "escapes", files: withUrl('\\"a\\\\b\\tc\\nd\\be') },
  { what: "a comment right after the value", files: withUrl("https://x.example/a#b") },
  { what: "a comment with a semicolon", files: withUrl("https://x.example/a ;b") },
  { what: "space within and around", files: withUrl("  a  b   c \t ") },
  { what: "a tab in quotes", files: withUrl('"a\tb"') },
  { what: "a continued line", files: withUrl("https://x\\\n.example/a") },
  { what: "a continued line in quotes", files: withUrl('"https://x \\\n .example" ; c') },
  { what: "a continued line at the end of the file", files: repository('[remote "origin"]\nurl = a\\') },
  { what: "ends of line as Windows has them", files: repository(`${FORMAT_0}${ORIGIN}`.replaceAll("\n", "\r\n")) },
  { what: "a byte order mark", files: repository(`\xef\xbb\xbf${FORMAT_0}${ORIGIN}`) },
  { what: "no end of line at the end", files: repository('[remote "origin"]\nurl = a') },
  { what: "the older form of a header", files: repository("[Remote.Origin]\n\tURL = a\n") },
  { what: "the name on the header's line", files: repository('[remote "origin"] url = a') },
  { what: "upper case", files: repository('[REMOTE "origin"]\n\tUrl = a\n') },
  { what: "an escaped subsection", files: repository('[remote "or\\igin"]\n\turl = a\n') },
  { what: "bytes that are no text", files: withUrl("https://x.example/\xe9\x80\xff\xc3\xa4") },
  { what: "credentials in the URL", files: withUrl("https://user:password@x.example/a") },
  { what: "an empty configuration of the user's", files: { ...withMore(""), "home/.gitconfig": "" } },
  { what: "odd values elsewhere", files: withMore("[user]\n\tname\n[color]\n\tui = a\tb\n[core]\n\teditor = x\ty\n") },
  { what: "no format", files: repository(ORIGIN) },
  {
    what: "format 1",
    files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tnoop = 1\n\tnoop-v1 = 1\n`),
  },
  {
    what: "the object format SHA-256",
    files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tobjectFormat = sha256\n`),
  },
  { what: "a partial clone", files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tpartialClone = origin\n`) },
  { what: "a detached HEAD", files: repository(ORIGIN, `${"0123456789abcdef".repeat(3).slice(0, 40)}\n`) },
  { what: "a HEAD with more space", files: repository(ORIGIN, "ref: \t\n refs/heads/main") },
  {
    what: "the working directory in .git",
    files: { ...withMore(""), "project/.git/hooks/": "" },
    cwd: "project/.git/hooks",
  },
  { what: "a bare repository", files: gitFolder("project", FORMAT_0.replace("false", "true") + ORIGIN) },
  {
    what: "a subfolder of a bare repository",
    files: { ...gitFolder("project", ORIGIN), "project/hooks/": "" },
    cwd: "project/hooks",
  },
  {
    what: "a .git folder that is none of git's",
    files: { ...withMore(""), "project/sub/.git/objects/": "" },
    cwd: "project/sub",
  },
  {
    what: "a HEAD that is none of git's",
    files: { ...withMore(""), ...gitFolder("project/sub", ORIGIN, "main\n") },
    cwd: "project/sub",
  },
  {
    what: "a HEAD without references",
    files: { ...withMore(""), "project/sub/HEAD": HEAD, "project/sub/objects/": "" },
    cwd: "project/sub",
  },
  {
    what: "a folder with the name HEAD",
    files: { ...withMore(""), "project/sub/HEAD/": "" },
    cwd: "project/sub",
  },
  {
    what: "a link to nowhere as .git",
    files: { ...withMore(""), "project/sub/.git": "-> nowhere" },
    cwd: "project/sub",
  },
  { what: "a link as .git", files: { ...gitFolder("store", ORIGIN), "project/.git": "-> ../store" } },
  {
    what: "a link to a file as .git",
    files: { ...withSubmodule(), "project/copy/.git": "-> ../sub/.git", "project/copy/deep/": "" },
    cwd: "project/copy/deep",
  },
  {
    what: "a link as the configuration",
    files: { ...withMore(""), "home/.gitconfig": "-> real", "home/real": '[url "x"]\ninsteadOf = h\n' },
  },
  { what: "a .git file", files: { ...gitFolder("store", ORIGIN), "project/.git": "gitdir: {root}/store\r\n\n" } },
  {
    what: "a .git file with a name that is no ASCII",
    files: { ...gitFolder("störe", ORIGIN), "project/.git": "gitdir: ../st\xc3\xb6re" },
  },
  { what: "a submodule", files: withSubmodule(), cwd: "project/sub" },
  { what: "a subfolder of a submodule", files: withSubmodule(), cwd: "project/sub/deep" },
  { what: "the inside of a submodule's folder in .git", files: withSubmodule(), cwd: "project/.git/modules/sub" },
  { what: "a work tree elsewhere", files: { ...withMore("[core]\n\tworktree = {root}/home\n") } },
  { what: "an added worktree", files: addedWorktree(FORMAT_0 + ORIGIN), cwd: "added" },
  {
    what: "an added worktree of a repository with a work tree elsewhere",
    files: addedWorktree(`${FORMAT_0}\tworktree = ../gone\n${ORIGIN}`),
    cwd: "added",
  },
  {
    what: "the inside of an added worktree's folder in .git",
    files: addedWorktree(ORIGIN),
    cwd: "project/.git/worktrees/added",
  },
  {
    what: "a worktree with configuration of its own",
    files: addedWorktree(FORMAT_1 + WORKTREE_CONFIG, '[remote "origin"]\n\turl = a\n'),
    cwd: "added",
  },
  {
    what: "a worktree that rewrites the URL",
    files: addedWorktree(FORMAT_0 + ORIGIN + WORKTREE_CONFIG, '[url "x"]\n\tinsteadOf = https\n'),
    cwd: "added",
  },
  {
    what: "the main worktree's configuration of its own",
    files: {
      ...repository(FORMAT_1 + ORIGIN + WORKTREE_CONFIG),
      "project/.git/config.worktree": '[url "x"]\ninsteadOf = h\n',
    },
  },
  {
    what: "a worktree's configuration that isn't switched on",
    files: addedWorktree(FORMAT_1 + ORIGIN, '[url "x"]\n\tinsteadOf = https\n[broken'),
    cwd: "added",
  },
  {
    what: "an added worktree of a submodule",
    files: {
      ...withSubmodule(),
      "project/.git/modules/sub/worktrees/added/HEAD": HEAD,
      "project/.git/modules/sub/worktrees/added/commondir": "../..\n",
      "added/.git": "gitdir: {root}/project/.git/modules/sub/worktrees/added\n",
    },
    cwd: "added",
  },
  {
    what: "a bare repository within another",
    files: { ...withMore(""), ...gitFolder("project/inner", '[remote "origin"]\nurl = inner\n') },
    cwd: "project/inner/refs",
  },
  { what: "bare and with a work tree", files: withMore("[core]\n\tbare = true\n\tworktree = ..\n") },
  { what: "older files beside a URL", files: { ...withMore(""), "project/.git/remotes/origin": "URL: x\n" } },
];

const NOTHING: readonly Case[] = [
  { what: "no repository", files: { "project/": "" } },
  {
    what: "no configuration",
    files: { "project/.git/HEAD": HEAD, "project/.git/objects/": "", "project/.git/refs/": "" },
  },
  { what: "no remote", files: repository(FORMAT_0) },
  { what: "a remote of another name", files: repository('[remote "Origin"]\nurl = a\n') },
  { what: "a remote that only the user has", files: { ...repository(FORMAT_0), "home/.gitconfig": ORIGIN } },
  { what: "a URL without a value", files: repository('[remote "origin"]\n\turl\n') },
  { what: "another remote's URL without a value", files: withMore('[remote "other"]\n\turl\n') },
  { what: "a prefix without a value", files: withMore('[url "x"]\n\tinsteadOf\n') },
  { what: "a branch's remote without a value", files: withMore('[branch "x"]\n\tremote\n') },
  { what: "a refspec that is none", files: withMore('[remote "other"]\n\tfetch = a b\n') },
  { what: "a truth value that is none", files: withMore('[remote "other"]\n\tprune = maybe\n') },
  { what: "an open quote", files: withUrl('"a') },
  { what: "an unknown escape", files: withUrl("a\\z") },
  { what: "a mistake at the end", files: withMore("[core\n") },
  { what: "a mistake in the user's configuration", files: { ...withMore(""), "home/.gitconfig": "[core\n" } },
  {
    what: "a mistake in a worktree's configuration",
    files: addedWorktree(FORMAT_1 + ORIGIN + WORKTREE_CONFIG, "[core\n"),
    cwd: "added",
  },
  { what: "a mistake in the user's file in .config", files: { ...withMore(""), "home/.config/git/config": "[x\n" } },
  { what: "format 2", files: repository(FORMAT_0.replace("= 0", "= 2") + ORIGIN) },
  { what: "a format that is no number", files: repository(FORMAT_0.replace("= 0", "= zero") + ORIGIN) },
  { what: "an unknown extension", files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tnews = true\n`) },
  {
    what: "an extension that needs format 1",
    files: repository(`${FORMAT_0}${ORIGIN}[extensions]\n\tobjectFormat = sha1\n`),
  },
  { what: "an unknown object format", files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tobjectFormat = md5\n`) },
  { what: "a work tree that is gone", files: withSubmodule("../../../gone"), cwd: "project/sub" },
  { what: "an empty work tree", files: withMore("[core]\n\tworktree =\n") },
  {
    what: "a .git file that leads nowhere",
    files: { ...withMore(""), "project/sub/.git": "gitdir: ../nowhere\n" },
    cwd: "project/sub",
  },
  {
    what: "a .git file without a path",
    files: { ...withMore(""), "project/sub/.git": "gitdir: \n" },
    cwd: "project/sub",
  },
  {
    what: "a .git file of another kind",
    files: { ...withMore(""), "project/sub/.git": "gitdir:../.git" },
    cwd: "project/sub",
  },
  { what: "an empty .git file", files: { ...withMore(""), "project/sub/.git": "" }, cwd: "project/sub" },
  {
    what: "a commondir that leads nowhere",
    files: { ...addedWorktree(ORIGIN), "project/.git/worktrees/added/commondir": "../nowhere" },
    cwd: "added",
  },
  {
    what: "a .git file that leads through something missing and up",
    files: { ...gitFolder("store", ORIGIN), "project/.git": "gitdir: ../missing/../store\n" },
  },
  {
    what: "a .git file that leads to another",
    files: {
      ...gitFolder("store", ORIGIN),
      "home/.git": "gitdir: ../store\n",
      "project/.git": "gitdir: ../home/.git\n",
    },
  },
  { what: "an empty commondir", files: { ...withMore(""), "project/.git/commondir": "" } },
];

const LIMITS: readonly Case[] = [
  { what: "an included file", files: withMore("[include]\n\tpath = other\n") },
  {
    what: "a file included by the user",
    files: { ...withMore(""), "home/.gitconfig": '[includeIf "gitdir:/"]\npath = x\n' },
  },
  { what: "a tab within the URL", files: withUrl("a\tb") },
  { what: "a tab within a prefix", files: withMore('[url "x"]\n\tinsteadOf = a\tb\n') },
  { what: "an empty URL", files: withMore('[remote "origin"]\n\turl =\n') },
  { what: "a name before the first header", files: repository(`x = y\n${ORIGIN}`) },
  { what: "a zero byte", files: withMore("# \0\n") },
  { what: "a format written in another way", files: repository(FORMAT_0.replace("= 0", "= 0x1") + ORIGIN) },
  { what: "extensions without a format", files: repository(ORIGIN + WORKTREE_CONFIG) },
  { what: "references in tables", files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\trefStorage = reftable\n`) },
  { what: "a branch without a name", files: withMore('[branch ""]\n\tx = y\n') },
  { what: "a URL of another kind of remote", files: repository('[remote "origin"]\n\tvcs = x\n') },
  {
    what: "the older file remotes/origin",
    files: { ...repository('[remote "origin"]\nfetch = x\n'), "project/.git/remotes/origin": "URL: a\n" },
  },
  {
    what: "the older file branches/origin",
    files: { ...repository('[remote "origin"]\nfetch = x\n'), "project/.git/branches/origin": "a\n" },
  },
  {
    what: "a link as HEAD",
    files: {
      ...gitFolder("store", ORIGIN),
      "project/.git/HEAD": "-> refs/heads/main",
      "project/.git/config": ORIGIN,
      "project/.git/objects/": "",
      "project/.git/refs/": "",
    },
  },
  {
    what: "a path through a link and up",
    files: {
      ...gitFolder("store", ORIGIN),
      "deep/er/": "",
      "link": "-> deep/er",
      "project/.git": "gitdir: ../link/../../store",
    },
  },
  {
    what: "a path that is no UTF-8",
    files: { ...withMore(""), "project/sub/.git": "gitdir: ../\xff" },
    cwd: "project/sub",
  },
  { what: "a configuration over 1 MiB", files: withMore(`#${"x".repeat(1024 * 1024)}\n`) },
  { what: "a folder as the configuration", files: { ...withMore(""), "home/.gitconfig/": "" } },
  { what: "a relative home", files: withMore(""), env: { HOME: "../home" } },
  {
    what: "a bare repository where only explicit ones are safe",
    files: { ...gitFolder("project", ORIGIN), "home/.gitconfig": "[safe]\nbareRepository = explicit\n" },
  },
];

for (const test of ANSWERED) {
  Deno.test(`readProject gives git's answer for ${test.what}`, () =>
    withScene(test, async (scene) => {
      const answer = await askGit(scene);
      assertEquals({ git: answer !== null, project: await readProject(scene.host) }, { git: true, project: answer });
    }));
}

for (const test of NOTHING) {
  Deno.test(`readProject gives null, as git nothing, for ${test.what}`, () =>
    withScene(test, async (scene) => {
      assertEquals([await askGit(scene), await readProject(scene.host)], [null, null]);
    }));
}

for (const test of LIMITS) {
  Deno.test(`readProject gives null for ${test.what}`, () =>
    withScene(test, async ({ host }) => assertEquals(await readProject(host), null)));
}

Deno.test("readProject gives the hash of the URL and a line's end", () =>
  withScene({ what: "", files: withMore("") }, async ({ host }) => {
    assertEquals(await readProject(host), await sha256(encode("https://git.example/a/b.git\n")));
  }));

Deno.test("readProject gives null where the working directory can't be told", () =>
  withScene({ what: "", files: withMore("") }, async ({ host }) => {
    assertEquals(await readProject({ ...host, cwd: () => undefined }), null);
  }));

for (const name of Object.keys(VARIABLES).filter((name) => name.startsWith("GIT_"))) {
  Deno.test(`readProject gives null where ${name} is set`, () =>
    withScene({ what: "", files: withMore(""), env: { HOME: "{root}/home", [name]: "" } }, async ({ host }) => {
      assertEquals(await readProject(host), null);
    }));
}

/** System-wide configuration, and whether the answer stands in an ordinary repository, a bare one and somebody else's. */
const SYSTEM_WIDE: readonly (readonly [config: string, ordinary: boolean, bare: boolean, foreign: boolean])[] = [
  ["", true, true, false],
  ["[core]\nautocrlf = input\n[remote]\npushDefault = x\n", true, true, false],
  ["[safe]\ndirectory = *\n", true, false, false],
  ["[safe]\nbareRepository = explicit\n", true, false, false],
  ['[url "x"]\ninsteadOf = y\n', false, false, false],
  ['[remote "origin"]\nprune = true\n', false, false, false],
  ["[include]\npath = x\n", false, false, false],
  ["[core\n", false, false, false],
];

for (const [config, ...stands] of SYSTEM_WIDE) {
  Deno.test(`readProject heeds the system-wide configuration ${JSON.stringify(config)}`, async () => {
    const answers: boolean[] = [];
    for (const files of [withMore(""), gitFolder("project", ORIGIN), withMore("")]) {
      const foreign = answers.length === 2;
      await withScene({ what: "", files }, async ({ host }) => {
        const read: Host["files"]["read"] = (path, limit, follow) =>
          SYSTEM_PATHS.includes(path) ? encode(config) : host.files.read(path, limit, follow);
        const system = foreign ? { ...host.system, uid: () => STRANGER } : host.system;
        answers.push(await readProject({ ...host, system, files: { ...host.files, read } }) !== null);
      });
    }
    assertEquals(answers, stands);
  });
}

/** The user's `safe.directory` lines for a repository of somebody else's, and whether git works there. */
const OWNERSHIP: readonly (readonly [config: string, works: boolean])[] = [
  ["", false],
  ["[safe]\ndirectory = *\n", true],
  ["[safe]\ndirectory = {root}/project\n", true],
  ["[safe]\ndirectory = {root}\n", false],
  ["[safe]\ndirectory = {root}/project/.git\n", false],
  ["[safe]\ndirectory = *\ndirectory =\n", false],
  ["[safe]\ndirectory = *\ndirectory\n", false],
  ["[safe]\ndirectory =\ndirectory = {root}/project\n", true],
];

for (const [config, works] of OWNERSHIP) {
  Deno.test(`readProject ${works ? "answers" : "gives null"} in somebody else's repository with ${JSON.stringify(config)}`, () => {
    const env = { HOME: "{root}/home", GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
    return withScene({ what: "", files: { ...withMore(""), "home/.gitconfig": config }, env }, async (scene) => {
      const host = { ...scene.host, system: { ...scene.host.system, uid: () => STRANGER } };
      const answer = await askGit(scene);
      assertEquals({ works: answer !== null, project: await readProject(host) }, { works, project: answer });
    });
  });
}

for (
  const [part, files, cwd] of [
    ["the folder that holds .git", withMore(""), "project"],
    ["the .git folder", withMore(""), "project/.git"],
    ["the folder that holds a .git file", withSubmodule(), "project/sub"],
    ["the .git file", withSubmodule(), "project/sub/.git"],
    ["the folder that a .git file leads to", withSubmodule(), "project/.git/modules/sub"],
    ["a bare repository", gitFolder("project", ORIGIN), "project"],
  ] as const
) {
  Deno.test(`readProject gives null where ${part} is somebody else's`, () => {
    const inSub = part.includes(".git file");
    return withScene({ what: "", files, cwd: inSub ? "project/sub" : "project" }, async (scene) => {
      const answers = [await readProject(scene.host), await readProject(withStat(scene, cwd, { uid: STRANGER }))];
      assertEquals(answers, [await askGit(scene), null]);
    });
  });
}

Deno.test("readProject gives null beyond the border of a filesystem", () =>
  withScene({ what: "", files: { ...withMore(""), "project/a/b/": "" }, cwd: "project/a/b" }, async (scene) => {
    const answers: (string | null)[] = [];
    for (const border of ["project", "project/a", "."]) {
      answers.push(await readProject(withStat(scene, border, { device: -1 })));
    }
    assertEquals(answers, [null, null, await askGit(scene)]);
  }));

/** A file whose reading fails, how, and whether git goes on without it. */
const FAULTS: readonly (readonly [path: string, code: string, goesOn: boolean])[] = [
  ["home/.gitconfig", "ENOENT", true],
  ["home/.gitconfig", "EACCES", true],
  ["home/.gitconfig", "EIO", false],
  ["home/.config/git/config", "ENOTDIR", true],
  ["project/.git/config", "ENOENT", false],
  ["project/.git/config", "EACCES", false],
  ["project/.git/HEAD", "EACCES", false],
];

for (const [path, code, goesOn] of FAULTS) {
  Deno.test(`readProject ${goesOn ? "answers" : "gives null"} where ${path} is ${code}`, () =>
    withScene(
      { what: "", files: { ...withMore(""), "home/.gitconfig": "", "home/.config/git/config": "" } },
      async (scene) => {
        const { root, host } = scene;
        const read: Host["files"]["read"] = (asked, limit, follow) => {
          if (asked === `${root}/${path}`) throw new FileFault("read a file", code);
          return host.files.read(asked, limit, follow);
        };
        const answer = await readProject({ ...host, files: { ...host.files, read } });
        assertEquals(answer, goesOn ? await askGit(scene) : null);
      },
    ));
}

Deno.test("readProject gives git's answer where git itself made worktree and submodule", () =>
  withScene({ what: "", files: {} }, async (scene) => {
    const commit = ["commit", "-q", "--allow-empty", "-m", "x"];
    for (const name of ["library", "project"]) {
      await runGit(scene, ["init", "-q", `${scene.root}/${name}`]);
      await runGit(scene, ["-C", `${scene.root}/${name}`, ...commit]);
    }
    const local = ["-c", "protocol.file.allow=always"];
    await runGit(scene, [...local, "submodule", "--quiet", "add", `${scene.root}/library`, "sub"]);
    await runGit(scene, ["remote", "add", "origin", "https://git.example/a.git"]);
    await runGit(scene, ["worktree", "add", "-q", "../added"]);
    await runGit(scene, ["clone", "-q", "--bare", "../library", "../bare.git"]);
    const answers: (string | null)[] = [];
    const expected: (string | null)[] = [];
    for (const folder of ["project", "project/sub", "added", "bare.git", "library"]) {
      const there = { ...scene, cwd: `${scene.root}/${folder}` };
      answers.push(await readProject({ ...scene.host, cwd: () => there.cwd }));
      expected.push(await askGit(there));
    }
    assertEquals(answers, expected);
    assertEquals(expected.map((answer) => answer !== null), [true, true, true, true, false]);
  }));

const ODD_FILES = 300;

Deno.test(`readProject gives git's answer or null for ${ODD_FILES} odd configurations`, () =>
  withScene({ what: "", files: repository("") }, async (scene) => {
    const random = seeded(20_240_501);
    let answered = 0;
    const unsure: string[] = [];
    for (let count = 0; count < ODD_FILES; count++) {
      const config = oddConfig(random);
      await Deno.writeFile(`${scene.root}/project/.git/config`, encode(config));
      const answer = await askGit(scene);
      const project = await readProject(scene.host);
      if (answer !== null) answered++;
      if (project !== answer && project === null) unsure.push(config);
      else assertEquals({ config, project }, { config, project: answer });
    }
    // Three limits are met on the way, and rarely: a tab or carriage return between words, an empty URL, a name alone.
    const unexplained = unsure.filter((config) =>
      !parseGitConfig(config)?.some(({ name, value, ambiguous }) =>
        ambiguous || value === undefined || (name === "url" && value === "")
      )
    );
    const enough = { answered: answered > ODD_FILES / 3, sure: unsure.length < answered / 5 };
    assertEquals({ unexplained, ...enough }, { unexplained: [], answered: true, sure: true });
  }));

// The pieces of odd configurations, the likeliest first, mistakes last.
const HEADERS = [
  '[remote "origin"]',
  '[Remote \t"or\\igin"]',
  "[remote.Origin]",
  '[core][remote "origin"]',
  '[url "git@x:"]',
  '[url "x\\"y.\\\\"]',
  '[remote "Origin"] # x\n',
  "[branch.main]",
  '[remote "origin" ]',
];
const NAMES = ["url", "URL", "insteadOf", "x-1", "pushurl", "insteadof", "# url", "tagOpt", "u_rl"];
const EQUALS = ["=", " = ", "\t=\t", " =", "=  ", ""];
const VALUES = [
  ...["https://x", "https:", "/a b", "ht", '"#"', "  ", ".git", '" ; "', "\\\\", '\\"', "\\t", "\\\n\t", "\xe9"],
  ...["\\\r\n", '""', '" "', '"', "\t", "\r", "\\x"],
];
const ENDS = ["\n", "\r\n", " \t\n", " # x\n", "\n\n", ";x\\\n", "\n\t", "", "\n[core\n"];

/** A configuration put together from pieces. */
function oddConfig(random: () => number): string {
  const pick = (pieces: readonly string[]): string => pieces[Math.floor(random() ** 2.5 * pieces.length)] ?? "";
  let config = `${random() < 0.1 ? "\xef\xbb\xbf" : ""}${pick(HEADERS)}`;
  for (let lines = 1 + random() * 3; lines > 0; lines--) {
    config += `${random() < 0.5 ? "\n" : " "}${pick(NAMES)}${pick(EQUALS)}`;
    for (let pieces = random() * 4; pieces > 0; pieces--) config += pick(VALUES);
    config += `${pick(ENDS)}${random() < 0.3 ? pick(HEADERS) : ""}`;
  }
  return config;
}

/** Numbers from 0 to 1, the same for the same seed (the generator known as mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A user who owns nothing here. */
const STRANGER = 54_321;
const SYSTEM_PATHS = ["/etc/gitconfig", "C:/ProgramData/Git/config"];

interface Scene {
  /** The temporary folder, with `/` on every system. */
  readonly root: string;
  readonly cwd: string;
  /** What git gets beside what keeps it from the machine's own configuration. */
  readonly env: Readonly<Record<string, string>>;
  /** The real machine but for its variables, working directory and system-wide configuration. */
  readonly host: Host;
}

async function withScene(test: Case, work: (scene: Scene) => Promise<void>): Promise<void> {
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
function withStat({ root, host }: Scene, path: string, change: Partial<FileStat>): Host {
  const changed = path === "." ? root : `${root}/${path}`;
  const stat: Host["files"]["stat"] = (asked, follow) => {
    const found = host.files.stat(asked, follow);
    return asked === changed ? { ...found, ...change } : found;
  };
  return { ...host, files: { ...host.files, stat } };
}

/** The hash of what git prints for the remote's URL, or null where it prints nothing. */
async function askGit(scene: Scene): Promise<string | null> {
  const printed = await runGit(scene, ["remote", "get-url", "origin"]);
  return printed.length === 0 ? null : await sha256(printed);
}

async function runGit({ cwd, env }: Scene, args: string[]): Promise<Uint8Array<ArrayBuffer>> {
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

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function encode(binary: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
