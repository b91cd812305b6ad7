import { assertEquals } from "@std/assert";
import { type GitConfigEntry, isPlain, parseGitConfig, resolveOriginUrl } from "../../../lib/context/git/config.ts";

/** The entries as `git config --list` shows them: `key=value`, or the key alone where it has no value. */
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
  ["an older header in lower case", "[A.B]\nC = D\n", ["a.b.c=D"]],
  ["an older header with a subsection", '[a.B "C"]\nd=e\n', ["a.b.C.d=e"]],
  ["a name on the header's line", "[a] b = c\n", ["a.b=c"]],
  ["headers that follow each other on one line", '[a][b "c"] d = e', ["b.c.d=e"]],
  ["names without a value", "[a]\nb\nc \t\nd", ["a.b", "a.c", "a.d"]],
  ["several values of one name in their order", "[a]\nb=1\nb=2\n", ["a.b=1", "a.b=2"]],
  ["escapes in a subsection", '[a "\\b\\"\\\\"]\nc=d\n', ['a.b"\\.c=d']],
  ["comments of both kinds", "# x\n; y\n[a] # z\nb = c # d\ne = f;g\n", ["a.b=c", "a.e=f"]],
  ["comment characters in quotes", '[a]\nb = "c # d; e"\n', ["a.b=c # d; e"]],
  ["quotes within a value", '[a]\nb = c" d "e\n', ["a.b=c d e"]],
  ["space within, not around", "[a]\nb =   c   d   \n", ["a.b=c   d"]],
  ["space in front of quotes that hold nothing", '[a]\nb = c ""\n', ["a.b=c "]],
  ["no space after quotes that hold nothing", '[a]\nb = "" c\n', ["a.b=c"]],
  ["escapes in a value", '[a]\nb = \\"c\\\\d\\te\\nf\\bg\n', ['a.b="c\\d\te\nf\bg']],
  ["a continued line", "[a]\nb = c \\\n  d\n", ["a.b=c   d"]],
  ["a continued line in quotes", '[a]\nb = "c \\\nd"\n', ["a.b=c d"]],
  ["a comment that ends with a backslash", "[a]\nb = c # d \\\ne = f\n", ["a.b=c", "a.e=f"]],
  ["a backslash at the end of the file", "[a]\nb = c\\", ["a.b=c"]],
  ["ends of line as Windows has them", "[a]\r\nb = c\r\nd\r\ne = f\\\r\ng\r\n", ["a.b=c", "a.d", "a.e=fg"]],
  ["a carriage return at the end of the file", "[a]\nb = c\r", ["a.b=c"]],
  ["a byte order mark", "\xef\xbb\xbf[a]\nb = c\n", ["a.b=c"]],
  ["bytes that are no text", '[a "\xff"]\nb = \xe9\x80\n', ["a.\xff.b=\xe9\x80"]],
  ["an empty value", '[a]\nb =\nc = ""\nd = # e\n', ["a.b=", "a.c=", "a.d="]],
  ["digits and dashes in names", "[a-1]\nb-2 = c\n", ["a-1.b-2=c"]],
  ["tabs around and in front of the equals sign", "[a]\n\tb\t=\tc\t\n", ["a.b=c"]],
];

const REFUSED: readonly (readonly [what: string, text: string])[] = [
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

Deno.test("parseGitConfig splits a key at its first and last dot and keeps the rest as it stands", () => {
  const rest = { value: "1", ambiguous: false };
  assertEquals(parseGitConfig('[A]\nB=1\n[A "B.C"]\nD=1\n[A.B "C"]\nD=1\n[A ""]\nB=1\n[ "A"]\nB=1\n'), [
    { section: "a", subsection: undefined, name: "b", ...rest },
    { section: "a", subsection: "B.C", name: "d", ...rest },
    { section: "a", subsection: "b.C", name: "d", ...rest },
    { section: "a", subsection: "", name: "b", ...rest },
    { section: "", subsection: "A", name: "b", ...rest },
  ]);
});

for (
  const [value, ambiguous] of [
    ["b c", false],
    ["b\tc", true],
    ["b \r c", true],
    ['"b\tc"', false],
    ["b\\tc", false],
    ["\tb\t", false],
    ["b\t# c", false],
    ["b\\\n\tc", true],
    ['"b"\t""', true],
    ['""\tb', false],
  ] as const
) {
  Deno.test(`parseGitConfig ${ambiguous ? "marks" : "does not mark"} the value ${JSON.stringify(value)}`, () => {
    assertEquals(parsed(`[a]\nb = ${value}\n`).map((entry) => entry.ambiguous), [ambiguous]);
  });
}

const PLAIN = [
  "[core]\nbare = maybe\nrepositoryFormatVersion = 2\nworktree = ../x\neditor = vi\tx\n",
  '[remote "origin"]\nurl = x\nfetch = +refs/heads/*:refs/remotes/origin/*\nfetch = a b\npushUrl = y\nprune = yes\n',
  '[remote "origin"]\ntagOpt = --no-tags\npromisor = true\npartialCloneFilter = blob:none\ngh-resolved = base\n',
  '[remote "other"]\nvcs = x\nproxy = y\nurl = a\tb\n[remote]\npushDefault = origin\n',
  "[user]\nname\n[safe]\ndirectory\n[color]\nui = rubbish\n",
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
  "[core]\nbare",
  "[remote]\npushDefault",
  '[remote ""]\nurl = x',
  '[remote "origin"]\nurl = a\tb',
  '[remote "origin"]\nvcs = x',
  '[remote "origin"]\nproxy = x',
  '[remote "origin"]\nmirror = true',
  '[remote "a"]\nurl',
  '[remote "a"]\ntagOpt',
  '[branch ""]\nremote = a',
  '[branch "a"]\nmerge',
  '[url ""]\ninsteadOf = a',
  '[url "a"]\ninsteadOf',
  '[url "a"]\ninsteadOf = b\tc',
  '[url "a"]\npushInsteadOf',
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
    "[remote.origin]\nprune = 1",
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
    "of equal prefixes that of the base named first",
    '[url "1"]\ninsteadOf = x\n[url "2"]\ninsteadOf = a\n[url "1"]\ninsteadOf = a',
    '[remote "origin"]\nurl = a:b',
    "1:b",
  ],
  ["an empty prefix", '[url "1"]\ninsteadOf =', '[remote "origin"]\nurl = a', "1a"],
  ["no prefix for pushing", '[url "1"]\npushInsteadOf = a', '[remote "origin"]\nurl = a', "a"],
];

for (const [what, user, repository, url] of RESOLVED) {
  Deno.test(`resolveOriginUrl gives ${what}`, () => {
    assertEquals(resolveOriginUrl(parsed(user), parsed(repository)), url);
  });
}
