/** One `name = value` of a git configuration file. Texts are binary strings: one character for each byte. */
export interface GitConfigEntry {
  /** In lower case. */
  readonly section: string;
  /** As written, or undefined where the header has none. */
  readonly subsection: string | undefined;
  /** In lower case. */
  readonly name: string;
  /** Undefined where the line holds a name alone. */
  readonly value: string | undefined;
  /**
   * Whether a tab or carriage return separates unquoted words: since 2.45 git keeps it, before that it made it a space.
   */
  readonly ambiguous: boolean;
}

const BYTE_ORDER_MARK = "\xef\xbb\xbf";
const BLANK = /(?:[ \t\r\n]|[#;][^\n]*)*/y;
const HEADER = /\[([A-Za-z0-9.-]*)(?:[ \t\r]+"((?:[^"\\\n]|\\[^\n])*)")?\]/y;
const NAME = /([A-Za-z][A-Za-z0-9-]*)[ \t]*([=\n])/y;
const ESCAPES: Readonly<Record<string, string>> = { "\n": "", n: "\n", t: "\t", b: "\b", "\\": "\\", '"': '"' };

/**
 * Parses a git configuration file into its entries, in their order. Undefined where git would refuse the file.
 * Source of the rules: the parser in git's `config.c`, whose versions differ only in what `ambiguous` marks.
 */
export function parseGitConfig(binary: string): GitConfigEntry[] | undefined {
  // A string in C ends at its first zero byte: what git does with the rest depends on the place.
  if (binary.includes("\0")) return undefined;
  const start = binary.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  // Git reads the end of the file as one more end of line, and as two after a backslash.
  const text = binary.slice(start).replaceAll("\r\n", "\n") + "\n\n";
  const entries: GitConfigEntry[] = [];
  let stem: string | undefined;
  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, at)) {
    const header = matchAt(HEADER, text, at);
    if (header !== undefined) {
      stem = stemOf(header);
      if (stem === "") return undefined;
      at += header[0].length;
      continue;
    }
    const name = matchAt(NAME, text, at);
    // Some versions of git refuse a name before the first header, others skip it.
    if (name === undefined || stem === undefined) return undefined;
    at += name[0].length;
    const parsed = name[2] === "=" ? parseValue(text, at) : { value: undefined, ambiguous: false, end: at };
    if (parsed === undefined) return undefined;
    entries.push({
      ...splitKey(`${stem}.${name[1]?.toLowerCase()}`),
      value: parsed.value,
      ambiguous: parsed.ambiguous,
    });
    at = parsed.end;
  }
  return entries;
}

/**
 * Parses the value that begins at `start`. `end` is where the next line begins. Undefined where git would refuse it.
 */
function parseValue(text: string, start: number): { value: string; ambiguous: boolean; end: number } | undefined {
  let value = "";
  let space = "";
  let quoted = false;
  let ambiguous = false;
  for (let at = start; at < text.length; at++) {
    let character = text.charAt(at);
    if (character === "\n") return quoted ? undefined : { value, ambiguous, end: at + 1 };
    if (!quoted && (character === "#" || character === ";")) {
      return { value, ambiguous, end: text.indexOf("\n", at) + 1 };
    }
    if (!quoted && /[ \t\r]/.test(character)) {
      if (value !== "") space += character;
      continue;
    }
    ambiguous ||= /[^ ]/.test(space);
    value += space;
    space = "";
    if (character === '"') {
      quoted = !quoted;
      continue;
    }
    if (character === "\\") {
      const escaped = ESCAPES[text.charAt(++at)];
      if (escaped === undefined) return undefined;
      character = escaped;
    }
    value += character;
  }
  return undefined;
}

function skipBlank(text: string, at: number): number {
  return at + (matchAt(BLANK, text, at)?.[0].length ?? 0);
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

function stemOf([, section = "", subsection]: RegExpExecArray): string {
  const stem = section.toLowerCase();
  return subsection === undefined ? stem : `${stem}.${subsection.replace(/\\(.)/gs, "$1")}`;
}

/**
 * Splits a key at its first and its last dot, wherever its header ended: `[a.b]` is the older way to write `[a "b"]`.
 */
function splitKey(key: string): Pick<GitConfigEntry, "section" | "subsection" | "name"> {
  const first = key.indexOf(".");
  const last = key.lastIndexOf(".");
  return {
    section: key.slice(0, first),
    subsection: first === last ? undefined : key.slice(first + 1, last),
    name: key.slice(last + 1),
  };
}

/** Sections in which a name without a value, or an empty subsection, makes one version of git or another give up. */
const STRICT_SECTIONS: ReadonlySet<string> = new Set(["branch", "core", "extensions", "remote", "url"]);

/**
 * What may stand in `[remote "origin"]`. Besides the URL: what `git clone` and `git remote` write (`fetch`, `tagopt` by
 * `--no-tags`, `promisor` and `partialclonefilter` by `--filter`, `pushurl` by `set-url --push`), what many people set
 * for all their repositories (`prune`), and what GitHub's command line adds (`gh-resolved`). None of these changes the
 * URL.
 */
const PLAIN_ORIGIN_NAMES: ReadonlySet<string> = new Set([
  "url",
  "fetch",
  "tagopt",
  "promisor",
  "partialclonefilter",
  "pushurl",
  "prune",
  "gh-resolved",
]);

/**
 * Whether an entry belongs to a plain set-up, in which the answer is the one URL of the remote `origin`, rewritten by
 * `insteadOf`. Values that the answer doesn't depend on are not judged: git may refuse to work with them.
 */
export function isPlain(entry: GitConfigEntry): boolean {
  const { section, subsection, name, value, ambiguous } = entry;
  // Included files are not followed.
  if (section === "include" || section === "includeif") return false;
  if (STRICT_SECTIONS.has(section) && (value === undefined || subsection === "")) return false;
  if (isOrigin(entry)) return PLAIN_ORIGIN_NAMES.has(name) && !ambiguous;
  return section !== "url" || !ambiguous;
}

/** The last value of a name without a subsection. */
export function lastValue(entries: readonly GitConfigEntry[], section: string, name: string): string | undefined {
  return entries.findLast((entry) => entry.section === section && entry.subsection === undefined && entry.name === name)
    ?.value;
}

/**
 * What `git remote get-url origin` prints, without the end of the line; undefined unless exactly one URL is configured,
 * by the repository itself. `elsewhere` and `repository` are the entries of the user's and of the repository's own
 * files in reading order, all of them plain.
 */
export function resolveOriginUrl(
  elsewhere: readonly GitConfigEntry[],
  repository: readonly GitConfigEntry[],
): string | undefined {
  const entries = [...elsewhere, ...repository];
  const [url, ...more] = entries.filter((entry) => isOrigin(entry) && entry.name === "url");
  // Before git 2.46 an empty URL is a URL, since then it empties the list.
  if (url === undefined || more.length > 0 || !url.value || !repository.includes(url)) return undefined;
  return rewrite(url.value, entries);
}

/** Whether an entry is about the remote `origin`. */
export function isOrigin({ section, subsection }: GitConfigEntry): boolean {
  return section === "remote" && subsection === "origin";
}

/** Applies `url.BASE.insteadOf`. The longest prefix wins; among equal ones, the base that is named first. */
function rewrite(url: string, entries: readonly GitConfigEntry[]): string {
  const prefixes = new Map<string, string[]>();
  for (const { section, subsection, name, value } of entries) {
    if (section !== "url" || subsection === undefined || name !== "insteadof" || value === undefined) continue;
    const candidates = prefixes.get(subsection) ?? [];
    candidates.push(value);
    prefixes.set(subsection, candidates);
  }
  let best: { base: string; prefix: string } | undefined;
  for (const [base, candidates] of prefixes) {
    for (const prefix of candidates) {
      if (url.startsWith(prefix) && prefix.length > (best?.prefix.length ?? -1)) best = { base, prefix };
    }
  }
  return best === undefined ? url : best.base + url.slice(best.prefix.length);
}
