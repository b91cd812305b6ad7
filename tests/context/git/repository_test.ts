import { assertEquals } from "@std/assert";
import { readProject } from "../../../lib/context/git/origin.ts";
import {
  addedWorktree,
  askGit,
  type Case,
  FORMAT_0,
  FORMAT_1,
  gitFolder,
  HEAD,
  ORIGIN,
  repository,
  runGit,
  STRANGER,
  testAgainstGit,
  withMore,
  withScene,
  withStat,
  withSubmodule,
  WORKTREE_CONFIG,
} from "./git_scene.ts";

const ANSWERED: readonly Case[] = [
  { what: "no format", files: repository(ORIGIN) },
  { what: "format 1", files: repository(FORMAT_1 + ORIGIN) },
  { what: "a partial clone", files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tpartialClone = origin\n`) },
  { what: "a detached HEAD", files: repository(ORIGIN, `${"0123456789abcdef".repeat(3).slice(0, 40)}\n`) },
  { what: "a HEAD with more space", files: repository(ORIGIN, "ref: \t\n refs/heads/main") },
  {
    what: "a link to nowhere as .git",
    files: { ...withMore(""), "project/sub/.git": "-> nowhere" },
    cwd: "project/sub",
  },
  { what: "a link as .git", files: { ...gitFolder("store", ORIGIN), "project/.git": "-> ../store" } },
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
  { what: "an added worktree", files: addedWorktree(FORMAT_0 + ORIGIN), cwd: "added" },
  {
    what: "a worktree with a sparse checkout",
    files: addedWorktree(FORMAT_1 + ORIGIN + WORKTREE_CONFIG, "[core]\n\tsparseCheckout = true\n"),
    cwd: "added",
  },
  { what: "bare and with a work tree", files: withMore("[core]\n\tbare = true\n\tworktree = ..\n") },
];

/** Set-ups in which git answers, but which aren't plain. */
const UNUSUAL: readonly Case[] = [
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
    what: "rare extensions",
    files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tnoop = 1\n\tnoop-v1 = 1\n`),
  },
  {
    what: "the object format SHA-256",
    files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\tobjectFormat = sha256\n`),
  },
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
    what: "a link to a file as .git",
    files: { ...withSubmodule(), "project/copy/.git": "-> ../sub/.git", "project/copy/deep/": "" },
    cwd: "project/copy/deep",
  },
  { what: "the inside of a submodule's folder in .git", files: withSubmodule(), cwd: "project/.git/modules/sub" },
  { what: "a work tree elsewhere", files: { ...withMore("[core]\n\tworktree = {root}/home\n") } },
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
];

const NOTHING: readonly Case[] = [
  { what: "no repository", files: { "project/": "" } },
  {
    what: "no configuration",
    files: { "project/.git/HEAD": HEAD, "project/.git/objects/": "", "project/.git/refs/": "" },
  },
  {
    what: "a mistake in a worktree's configuration",
    files: addedWorktree(FORMAT_1 + ORIGIN + WORKTREE_CONFIG, "[core\n"),
    cwd: "added",
  },
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
  { what: "a format written in another way", files: repository(FORMAT_0.replace("= 0", "= 0x1") + ORIGIN) },
  { what: "extensions without a format", files: repository(ORIGIN + WORKTREE_CONFIG) },
  { what: "references in tables", files: repository(`${FORMAT_1}${ORIGIN}[extensions]\n\trefStorage = reftable\n`) },
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
];

testAgainstGit({ answered: ANSWERED, unusual: UNUSUAL, nothing: NOTHING, limits: LIMITS });

/** The user's `safe.directory` lines for a repository that another user owns, and whether git works there. */
const OWNERSHIP: readonly (readonly [config: string, works: boolean])[] = [
  ["", false],
  ["[safe]\ndirectory = *\n", true],
  ["[safe]\ndirectory = {root}/project\n", true],
];

for (const [config, works] of OWNERSHIP) {
  Deno.test(`readProject gives null in another user's repository, though git has ${JSON.stringify(config)}`, () => {
    const env = { HOME: "{root}/home", GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
    return withScene({ what: "", files: { ...withMore(""), "home/.gitconfig": config }, env }, async (scene) => {
      const host = { ...scene.host, system: { ...scene.host.system, uid: () => STRANGER } };
      const git = await askGit(scene);
      assertEquals({ works: git !== null, project: await readProject(host) }, { works, project: null });
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

Deno.test("readProject gives git's answer where git itself made the worktree and the submodule", () =>
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
    const answers: (string | null)[] = [];
    const expected: (string | null)[] = [];
    for (const folder of ["project", "project/sub", "added", "library"]) {
      const there = { ...scene, cwd: `${scene.root}/${folder}` };
      answers.push(await readProject({ ...scene.host, cwd: () => there.cwd }));
      expected.push(await askGit(there));
    }
    assertEquals(answers, expected);
    assertEquals(expected.map((answer) => answer !== null), [true, true, true, false]);
  }));
