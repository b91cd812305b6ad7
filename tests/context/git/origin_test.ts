import { assertEquals } from "@std/assert";
import { parseGitConfig } from "../../../lib/context/git/config.ts";
import { readProject } from "../../../lib/context/git/origin.ts";
import { FileFault, type Host } from "../../../lib/host/host.ts";
import { VARIABLES } from "../../../lib/host/variables.ts";
import {
  askGit,
  type Case,
  encode,
  FETCH,
  FORMAT_0,
  ORIGIN,
  repository,
  sha256,
  SYSTEM_PATHS,
  testAgainstGit,
  withMore,
  withScene,
  withUrl,
} from "./git_scene.ts";

const ANSWERED: readonly Case[] = [
  { what: "an ordinary repository", files: withMore("") },
  { what: "a subfolder", files: { ...withMore(""), "project/a/b/": "" }, cwd: "project/a/b" },
  { what: "several remotes", files: withMore('[remote "other"]\n\turl = x\n[remote "Origin"]\n\turl = y\n') },
  { what: "a URL for pushing", files: repository(`${FORMAT_0}[remote "origin"]\n\tpushurl = x\n\turl = y\n`) },
  {
    what: "the settings that tools add to a remote",
    files: withMore(
      '[remote "origin"]\n\ttagOpt = --no-tags\n\tprune = true\n\tpromisor = true\n' +
        "\tpartialclonefilter = blob:none\n\tgh-resolved = base\n",
    ),
  },
  {
    what: "more to fetch for each of the user's repositories",
    files: { ...withMore(""), "home/.gitconfig": '[remote "origin"]\nfetch = +refs/pull/*:refs/remotes/origin/pr/*\n' },
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
  { what: "an empty prefix", files: withMore('[url "1"]\n\tinsteadOf =\n') },
  { what: "an empty and a longer prefix", files: withMore('[url "1"]\n\tinsteadOf =\n[url "2"]\n\tinsteadOf = h\n') },
  { what: "a prefix for pushing", files: withMore('[url "1"]\n\tpushInsteadOf = https\n') },
  { what: "a rewritten URL that isn't rewritten again", files: withMore('[url "httpsx"]\n\tinsteadOf = https\n') },
  { what: "quotes", files: withUrl('"https://x.example/a b#c;d"  # e') },
  { what: "a comment right after the value", files: withUrl("https://x.example/a#b") },
  { what: "a comment with a semicolon", files: withUrl("https://x.example/a ;b") },
  { what: "space within and around", files: withUrl("  a  b   c \t ") },
  { what: "a tab in quotes", files: withUrl('"a\tb"') },
  { what: "ends of line as Windows has them", files: repository(`${FORMAT_0}${ORIGIN}`.replaceAll("\n", "\r\n")) },
  { what: "a byte order mark", files: repository(`\xef\xbb\xbf${FORMAT_0}${ORIGIN}`) },
  { what: "no end of line at the end", files: repository('[remote "origin"]\nurl = a') },
  { what: "the name on the header's line", files: repository('[remote "origin"] url = a') },
  { what: "upper case", files: repository('[REMOTE "origin"]\n\tUrl = a\n') },
  { what: "an escaped subsection", files: repository('[remote "or\\igin"]\n\turl = a\n') },
  { what: "bytes that are no text", files: withUrl("https://x.example/\xe9\x80\xff\xc3\xa4") },
  { what: "an empty configuration of the user's", files: { ...withMore(""), "home/.gitconfig": "" } },
  {
    what: "odd values elsewhere",
    files: withMore('[user]\n\tname = "a" b\n[color]\n\tui = a\tb\n[core]\n\teditor = x\\ty\n'),
  },
  { what: "older files beside a URL", files: { ...withMore(""), "project/.git/remotes/origin": "URL: x\n" } },
];

/** Set-ups in which git answers, but which aren't plain. */
const UNUSUAL: readonly Case[] = [
  {
    what: "equal prefixes",
    files: withMore(
      '[url "1"]\n\tinsteadOf = x\n[url "2"]\n\tinsteadOf = https:\n[url "1"]\n\tinsteadOf = https:\n',
    ),
  },
  { what: "quotes within the value", files: withUrl('https://x" . "example/"a"') },
  { what: "escapes", files: withUrl('\\"a\\\\b\\tc\\nd\\be') },
  { what: "a continued line", files: withUrl("https://x\\\n.example/a") },
  { what: "a continued line in quotes", files: withUrl('"https://x \\\n .example" ; c') },
  { what: "a continued line at the end of the file", files: repository('[remote "origin"]\nurl = a\\') },
  { what: "the older form of a header", files: repository("[Remote.Origin]\n\tURL = a\n") },
  { what: "names without a value", files: withMore("[user]\n\tname\n") },
  { what: "a rare setting of the remote", files: withMore('[remote "origin"]\n\tproxy = x\n') },
  { what: "a name without a value in [core]", files: withMore("[core]\n\tsymlinks\n") },
  { what: "two URLs", files: withMore('[remote "origin"]\n\turl = x\n') },
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
];

const NOTHING: readonly Case[] = [
  { what: "no remote", files: repository(FORMAT_0) },
  { what: "a remote of another name", files: repository('[remote "Origin"]\nurl = a\n') },
  { what: "a remote that only the user has", files: { ...repository(FORMAT_0), "home/.gitconfig": ORIGIN } },
  { what: "a URL without a value", files: repository('[remote "origin"]\n\turl\n') },
  { what: "another remote's URL without a value", files: withMore('[remote "other"]\n\turl\n') },
  { what: "a prefix without a value", files: withMore('[url "x"]\n\tinsteadOf\n') },
  { what: "a branch's remote without a value", files: withMore('[branch "x"]\n\tremote\n') },
  { what: "an open quote", files: withUrl('"a') },
  { what: "an unknown escape", files: withUrl("a\\z") },
  { what: "a mistake at the end", files: withMore("[core\n") },
  { what: "a mistake in the user's configuration", files: { ...withMore(""), "home/.gitconfig": "[core\n" } },
  { what: "a mistake in the user's file in .config", files: { ...withMore(""), "home/.config/git/config": "[x\n" } },
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
  { what: "a configuration over 1 MiB", files: withMore(`#${"x".repeat(1024 * 1024)}\n`) },
  { what: "a folder as the configuration", files: { ...withMore(""), "home/.gitconfig/": "" } },
  { what: "a relative home", files: withMore(""), env: { HOME: "../home" } },
];

testAgainstGit({ answered: ANSWERED, unusual: UNUSUAL, nothing: NOTHING, limits: LIMITS });

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

/** System-wide configuration, and whether there is an answer under it. */
const SYSTEM_WIDE: readonly (readonly [config: string, answers: boolean])[] = [
  ["", true],
  ["[core]\nautocrlf = input\n[remote]\npushDefault = x\n", true],
  ["[safe]\ndirectory = *\n", true],
  ["[safe]\nbareRepository = explicit\n", true],
  ['[url "x"]\ninsteadOf = y\n', false],
  ['[remote "origin"]\nprune = true\n', false],
  ["[include]\npath = x\n", false],
  ["[core\n", false],
];

for (const [config, answers] of SYSTEM_WIDE) {
  Deno.test(`readProject heeds the system-wide configuration ${JSON.stringify(config)}`, () =>
    withScene({ what: "", files: withMore("") }, async ({ host }) => {
      const read: Host["files"]["read"] = (path, limit, follow) =>
        SYSTEM_PATHS.includes(path) ? encode(config) : host.files.read(path, limit, follow);
      assertEquals(await readProject({ ...host, files: { ...host.files, read } }) !== null, answers);
    }));
}

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

const ODD_FILES = 300;
/** What git reads and this program refuses: a dot in a section's name, a name without a value. */
const RARE = /\[\w+\.\w+\]|[\]\n][ \t\r\n]*[A-Za-z][A-Za-z0-9-]*[ \t]*(?:\r?\n|$)/;

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
    // What is unsure isn't plain: a rare way of writing, another name, no URL or several.
    const unexplained = unsure.filter((config) => {
      const entries = parseGitConfig(config);
      if (entries === undefined) return !RARE.test(config);
      const origin = entries.filter(({ section, subsection }) => section === "remote" && subsection === "origin");
      const urls = origin.flatMap(({ name, value }) => name === "url" ? [value] : []);
      return urls.length === 1 && urls[0] !== "" &&
        origin.every(({ name }) => ["url", "pushurl", "tagopt"].includes(name)) &&
        entries.every(({ value }) => value !== undefined);
    });
    const enough = { answered: answered > ODD_FILES / 3, sure: unsure.length < answered / 2 };
    assertEquals({ unexplained, ...enough }, { unexplained: [], answered: true, sure: true });
  }));

// The pieces of odd configurations, the likeliest first, mistakes last.
const ORIGINS = ['[remote "origin"]', '[Remote \t"or\\igin"]', '[core][remote "origin"]', "[remote.Origin]"];
const HEADERS = [
  ...['[url "git@x:"]', '[url "x\\"y.\\\\"]', '[remote "Origin"] # x\n', '[branch "main"]', '[remote "origin"]', ""],
  ...["[branch.main]", '[remote "origin" ]'],
];
const NAMES = ["insteadOf", "pushurl", "insteadof", "tagOpt", "# url", "x-1", "URL", "u_rl"];
const EQUALS = ["=", " = ", "\t=\t", " =", "=  ", ""];
const VALUES = [
  ...["https://x", "https:", "/a b", "ht", "  ", ".git", "\xe9", "a=b", "[x]", "x-1", "~", " x y ", "%20", "."],
  ...['"#"', '" ; "', "\\\\", '\\"', "\\t", "\\\n\t", "\\\r\n", '""', '" "', '"', "\t", "\r", "\\x"],
];
const ENDS = ["\n", "\r\n", " \t\n", " # x\n", "\n\n", ";x\\\n", "\n\t", "", "\n[core\n"];

/** A configuration put together from pieces: a remote with a URL, and what comes after it. */
function oddConfig(random: () => number): string {
  const pick = (pieces: readonly string[]): string => pieces[Math.floor(random() ** 4 * pieces.length)] ?? "";
  const line = (header: string, name: string): string => {
    let text = `${header}${random() < 0.5 ? "\n" : " "}${name}${pick(EQUALS)}`;
    for (let pieces = random() * 4; pieces > 0; pieces--) text += pick(VALUES);
    return text + pick(ENDS);
  };
  let config = `${random() < 0.1 ? "\xef\xbb\xbf" : ""}${line(pick(ORIGINS), "url")}`;
  for (let lines = random() * 3; lines > 1; lines--) config += line(pick(HEADERS), pick(NAMES));
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

for (
  const [given, counted] of [
    ["https://user:password@x.example/a", "https://x.example/a"],
    ["https://another:token@x.example/a", "https://x.example/a"],
    ["https://x.example/a", "https://x.example/a"],
  ]
) {
  Deno.test(`readProject counts ${given} as the project ${counted}`, () =>
    withScene({ what: "credentials in the URL", files: withUrl(given ?? "") }, async (scene) => {
      assertEquals(await readProject(scene.host), await sha256(encode(`${counted}\n`)));
    }));
}
