import { assertEquals } from "@std/assert";
import { type GitConfigEntry, isPlain, parseGitConfig, resolveOriginUrl } from "../../../lib/context/git/config.ts";

/** The entries as `git config --list` shows them: `key=value`, or the key alone where the value isn't plain. */
function listed(text: string): string[] | undefined {
  return parseGitConfig(text)?.map(({ section, subsection, name, value }) => {
    const key = [section, ...(subsection === undefined ? [] : [subsection]), name].join(".");
    return value === undefined ? key : `${key}=${value}`;
  });
}

function parsed(text: string): GitConfigEntry[] {
  const entries = parseGitConfig(text);
  if (entries === undefined) throw new Error("the test's own configuration has a mistake");
  return entries;
}

const READ: readonly (readonly [what: string, text: string, entries: string[]])[] = [
  ["an empty file", "", []],
  ["a header alone", "[a]", []],
  ["lower case for sections and names, subsections as written", '[A "B"]\nC = D\n', ["a.B.c=D"]],
  ["a name on the header's line", "[a] b = c\n", ["a.b=c"]],
  ["headers that follow each other on one line", '[a][b "c"] d = e', ["b.c.d=e"]],
  ["several values of one name in their order", "[a]\nb=1\nb=2\n", ["a.b=1", "a.b=2"]],
  ["escapes in a subsection", '[a "\\b\\"\\\\"]\nc=d\n', ['a.b"\\.c=d']],
  ["comments of both kinds", "# x\n; y\n[a] # z\nb = c # d\ne = f;g\n", ["a.b=c", "a.e=f"]],
  ["comment characters in quotes", '[a]\nb = "c # d; e"\n', ["a.b=c # d; e"]],
  ["no value with quotes within it", '[a]\nb = c" d "e\n', ["a.b"]],
  ["space within, not around", "[a]\nb =   c   d   \n", ["a.b=c   d"]],
  ["no value with quotes at its end", '[a]\nb = c ""\n', ["a.b"]],
  ["no value with quotes at its beginning", '[a]\nb = "" c\n', ["a.b"]],
  ["no value with escapes", '[a]\nb = \\"c\\\\d\\te\\nf\\bg\nh = i\n', ["a.b", "a.h=i"]],
  ["no value with escapes in quotes", '[a]\nb = "c\\"#\\n"\nd = e\n', ["a.b", "a.d=e"]],
  ["no value over several lines", "[a]\nb = c \\\n  d = e\nf = g\n", ["a.b", "a.f=g"]],
  ["no value over several lines in quotes", '[a]\nb = "c \\\n[d]"\ne = f\n', ["a.b", "a.e=f"]],
  ["a comment that ends with a backslash", "[a]\nb = c # d \\\ne = f\n", ["a.b=c", "a.e=f"]],
  ["a backslash at the end of the file", "[a]\nb = c\\", ["a.b"]],
  ["ends of line as Windows has them", "[a]\r\nb = c\r\ne = f\\\r\ng\r\n", ["a.b=c", "a.e"]],
  ["a carriage return at the end of the file", "[a]\nb = c\r", ["a.b=c"]],
  ["a byte order mark", "\xef\xbb\xbf[a]\nb = c\n", ["a.b=c"]],
  ["bytes that are no text", '[a "\xff"]\nb = \xe9\x80\n', ["a.\xff.b=\xe9\x80"]],
  ["an empty value", '[a]\nb =\nc = ""\nd = # e\n', ["a.b=", "a.c=", "a.d="]],
  ["digits and dashes in names", "[a-1]\nb-2 = c\n", ["a-1.b-2=c"]],
  ["tabs around and in front of the equals sign", "[a]\n\tb\t=\tc\t\n", ["a.b=c"]],
];

const REFUSED: readonly (readonly [what: string, text: string])[] = [
  ["an older header", "[A.B]\nC = D\n"],
  ["an older header with a subsection", '[a.B "C"]\nd=e\n'],
  ["a header without a section", '[ "A"]\nB=1\n'],
  ["an empty subsection", '[a ""]\nb = c\n'],
  ["a name without a value", "[a]\nb\n"],
  ["a name without a value at the end of the file", "[a]\nb = c\nd"],
  ["a name without a value and space after it", "[a]\nb \t\nc = d\n"],
  ["a name before the first header", "b = c\n[a]\n"],
  ["an empty header", "[]\nb = c\n"],
  ["a header that doesn't end", "[a\nb = c\n"],
  ["a header with a space and no subsection", "[a ]\nb = c\n"],
  ["a header with something after the subsection", '[a "b" ]\nc = d\n'],
  ["a header with an underscore", "[a_b]\nc = d\n"],
  ["a subsection over two lines", '[a "b\nc"]\nd = e\n'],
  ["a subsection that continues on the next line", '[a "b\\\nc"]\nd = e\n'],
  ["a subsection without quotes", "[a b]\nc = d\n"],
  ["a name with an underscore", "[a]\nb_c = d\n"],
  ["a name that begins with a digit", "[a]\n1b = c\n"],
  ["a name followed by something else", "[a]\nb c = d\n"],
  ["a name followed by a comment", "[a]\nb # c\n"],
  ["a carriage return after a name", "[a]\nb\r= c\n"],
  ["an open quote", '[a]\nb = "c\n'],
  ["an unknown escape", "[a]\nb = c\\d\n"],
  ["a form feed", "[a]\n\fb = c\n"],
  ["a part of a byte order mark", "\xef\xbb[a]\nb = c\n"],
  ["a second byte order mark", "\xef\xbb\xbf\xef\xbb\xbf[a]\nb = c\n"],
  ["a zero byte", "[a]\nb = c\0d\n"],
  ["UTF-16", "\xff\xfe[\0a\0]\0"],
];

for (const [what, text, entries] of READ) {
  Deno.test(`parseGitConfig reads ${what}`, () => assertEquals(listed(text), entries));
}

for (const [what, text] of REFUSED) {
  Deno.test(`parseGitConfig refuses ${what}`, () => assertEquals(parseGitConfig(text), undefined));
}

Deno.test("parseGitConfig keeps a dot in a subsection and the value as it stands", () => {
  assertEquals(parseGitConfig('[A]\nB=1\n[A "B.C"]\nD=1\n'), [
    { section: "a", subsection: undefined, name: "b", value: "1" },
    { section: "a", subsection: "B.C", name: "d", value: "1" },
  ]);
});

for (
  const [value, plain] of [
    ["b c", "b c"],
    ["b\tc", undefined],
    ["b \r c", undefined],
    ['"b\tc"', "b\tc"],
    ["b\\tc", undefined],
    ["\tb\t", "b"],
    ["b\t# c", "b"],
    ["b\\\n\tc", undefined],
    ['"b"\t""', undefined],
    ['""\tb', undefined],
  ] as const
) {
  Deno.test(`parseGitConfig takes ${JSON.stringify(value)} ${plain === undefined ? "not " : ""}for plain`, () => {
    assertEquals(parsed(`[a]\nb = ${value}\n`).map((entry) => entry.value), [plain]);
  });
}

const PLAIN = [
  '[core]\nbare = maybe\nrepositoryFormatVersion = 2\nworktree = ../x\neditor = \\"vi\\"\tx\n',
  '[remote "origin"]\nurl = x\nfetch = +refs/heads/*:refs/remotes/origin/*\nfetch = a b\npushUrl = y\nprune = yes\n',
  '[remote "origin"]\ntagOpt = --no-tags\npromisor = true\npartialCloneFilter = blob:none\ngh-resolved = base\n',
  '[remote "other"]\nvcs = x\nproxy = y\nurl = a\tb\n[remote]\npushDefault = origin\n',
  "[user]\nname = a\tb\n[safe]\ndirectory = *\n[color]\nui = rubbish\n",
  '[alias]\na = "!f() { \\\n echo \\"x\\"; \\\n }; f"\n',
  '[branch "a b"]\nremote = .\nmerge = refs/heads/main\n',
  '[url "a"]\ninsteadOf = b\npushInsteadOf = c\n[transfer]\ncredentialsInUrl = warn\n',
];

for (const text of PLAIN) {
  Deno.test(`isPlain passes ${JSON.stringify(text)}`, () => {
    assertEquals(parsed(text).filter((entry) => !isPlain(entry)), []);
  });
}

const UNUSUAL = [
  "[include]\npath = x",
  '[includeIf "gitdir:~/work/"]\npath = x',
  '[remote "origin"]\nurl = a\tb',
  '[remote "origin"]\nvcs = x',
  '[remote "origin"]\nproxy = x',
  '[remote "origin"]\nmirror = true',
  '[url "a"]\ninsteadOf = b\tc',
  '[remote "origin"]\nurl = a\\\\b',
  '[remote "origin"]\nurl = "a" b',
  '[core]\nworktree = "a" b',
  '[core]\nrepositoryFormatVersion = "1"0',
  '[extensions]\nworktreeConfig = "t"rue',
];

for (const text of UNUSUAL) {
  Deno.test(`isPlain does not pass ${JSON.stringify(text)}`, () => {
    assertEquals(parsed(text).map(isPlain), [false]);
  });
}

/** What the user's and the repository's configuration hold, and what comes out. */
const RESOLVED: readonly (readonly [what: string, user: string, repository: string, url: string | undefined])[] = [
  ["nothing without a remote", "", "[core]\nbare = false", undefined],
  ["nothing for a remote of another name", "", '[remote "Origin"]\nurl = a', undefined],
  ["nothing for a remote of the user's alone", '[remote "origin"]\nurl = a', "", undefined],
  [
    "nothing for the user's URL of a remote that the repository names",
    '[remote "origin"]\nurl = a',
    '[remote "origin"]\nprune = 1',
    undefined,
  ],
  [
    "nothing where the user's files hold a URL too",
    '[remote "origin"]\nurl = a',
    '[remote "origin"]\nurl = b',
    undefined,
  ],
  ["nothing for two URLs", "", '[remote "origin"]\nurl = a\nurl = b', undefined],
  ["nothing for a remote without a URL", '[url "a"]\ninsteadOf = o', '[remote "origin"]\npushurl = a', undefined],
  ["nothing for an empty URL", "", '[remote "origin"]\nurl =', undefined],
  ["the longest prefix", '[url "1"]\ninsteadOf = a\n[url "2"]\ninsteadOf = ab', '[remote "origin"]\nurl = abc', "2c"],
  [
    "nothing for equal prefixes of two bases",
    '[url "1"]\ninsteadOf = x\n[url "2"]\ninsteadOf = a\n[url "1"]\ninsteadOf = a',
    '[remote "origin"]\nurl = a:b',
    undefined,
  ],
  ["a prefix that one base has twice", '[url "1"]\ninsteadOf = a\ninsteadOf = a', '[remote "origin"]\nurl = ab', "1b"],
  ["an empty prefix", '[url "1"]\ninsteadOf =', '[remote "origin"]\nurl = a', "1a"],
  ["no prefix for pushing", '[url "1"]\npushInsteadOf = a', '[remote "origin"]\nurl = a', "a"],
];

for (const [what, user, repository, url] of RESOLVED) {
  Deno.test(`resolveOriginUrl gives ${what}`, () => {
    assertEquals(resolveOriginUrl(parsed(user), parsed(repository)), url);
  });
}
