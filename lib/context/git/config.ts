/** One `name = value` of a git configuration file. Texts are binary strings: one character for each byte. */
export interface GitConfigEntry {
  /** In lower case. */
  readonly section: string;
  /** As written, or undefined where the header has none. */
  readonly subsection: string | undefined;
  /** In lower case. */
  readonly name: string;
  /** Undefined where it isn't plain: it has escapes or quotes inside, or a tab or carriage return between words. */
  readonly value: string | undefined;
}

const BYTE_ORDER_MARK = "\xef\xbb\xbf";
const BLANK = /(?:[ \t\r\n]|[#;][^\n]*)*/y;
const HEADER = /\[([A-Za-z0-9-]+)(?:[ \t\r]+"((?:[^"\\\n]|\\[^\n])+)")?\]/y;
const LINE =
  /([A-Za-z][A-Za-z0-9-]*)[ \t]*=((?:[^"\\\n#;]|\\[ntb"\\\n]|"(?:[^"\\\n]|\\[ntb"\\\n])*")*)(?:[#;][^\n]*)?\n/y;
/** A value without quotes, or with quotes around all of it. Since 2.45 git keeps a tab that it made a space before. */
const PLAIN_VALUE = /^[ \t\r]*(?:"([^"\\]*)"|([^"\\ \t\r]+(?: +[^"\\ \t\r]+)*)?)[ \t\r]*$/;

/**
 * Parses a git configuration file into its entries, in their order. Undefined where git would refuse the file, or it is
 * written in a rare way: a dot in a section's name, an empty subsection, a name without a value. Source of the rules:
 * the parser in git's `config.c`.
 */
export function parseGitConfig(binary: string): GitConfigEntry[] | undefined {
  // A string in C ends at its first zero byte: what git does with the rest depends on the place.
  if (binary.includes("\0")) return undefined;
  const start = binary.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  // Git reads the end of the file as one more end of line, and as two after a backslash.
  const text = binary.slice(start).replaceAll("\r\n", "\n") + "\n\n";
  const entries: GitConfigEntry[] = [];
  let header: Pick<GitConfigEntry, "section" | "subsection"> | undefined;
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text) ?? undefined;
    at += match?.[0].length ?? 0;
    return match;
  };
  for (take(BLANK); at < text.length; take(BLANK)) {
    const [, section, subsection] = take(HEADER) ?? [];
    if (section !== undefined) {
      header = { section: section.toLowerCase(), subsection: subsection?.replace(/\\(.)/gs, "$1") };
      continue;
    }
    const [, name, value = ""] = take(LINE) ?? [];
    // Some versions of git refuse a name before the first header, others skip it.
    if (name === undefined || header === undefined) return undefined;
    const plain = PLAIN_VALUE.exec(value);
    entries.push({
      ...header,
      name: name.toLowerCase(),
      value: plain === null ? undefined : plain[1] ?? plain[2] ?? "",
    });
  }
  return entries;
}

/**
 * What may stand in `[remote "origin"]`. Besides the URL: what `git clone` and `git remote` write (`fetch`, `tagopt` by
 * `--no-tags`, `promisor` and `partialclonefilter` by `--filter`, `pushurl` by `set-url --push`), what many people set
 * for all their repositories (`prune`), and what GitHub's command line adds (`gh-resolved`). Only `url` decides.
 */
const ORIGIN_NAMES = ["url", "fetch", "tagopt", "promisor", "partialclonefilter", "pushurl", "prune", "gh-resolved"];

/** Names in `[core]` whose values decide whether a repository is usual. */
const CORE_NAMES = ["worktree", "repositoryformatversion"];

/**
 * Whether an entry belongs to a plain set-up, in which the answer is the one URL of the remote `origin`, rewritten by
 * `insteadOf`. Values that the answer doesn't depend on are not judged: git may refuse to work with them.
 */
export function isPlain(entry: GitConfigEntry): boolean {
  const { section, name, value } = entry;
  // Included files are not followed.
  if (section === "include" || section === "includeif") return false;
  if (isOrigin(entry) && !ORIGIN_NAMES.includes(name)) return false;
  const decides = isOrigin(entry) || section === "url" || section === "extensions" ||
    (section === "core" && CORE_NAMES.includes(name));
  return !decides || value !== undefined;
}

/**
 * Whether a repository's format is usual, and the only extensions are those that `git clone --filter` and `git
 * sparse-checkout` set. Versions of git disagree on extensions without a format.
 */
export function isUsualFormat(shared: readonly GitConfigEntry[]): boolean {
  const format = coreValues(shared, "repositoryformatversion").at(-1);
  if (format !== undefined && format !== "0" && format !== "1") return false;
  return shared.every(({ section, subsection, name, value }) =>
    section !== "extensions" || (format !== undefined && subsection === undefined &&
      (name === "partialclone" || (name === "worktreeconfig" && value === "true")))
  );
}

/** The values of a name in `[core]`. */
export function coreValues(entries: readonly GitConfigEntry[], name: string): string[] {
  return entries.flatMap((entry) =>
    entry.section === "core" && entry.subsection === undefined && entry.name === name ? [entry.value ?? ""] : []
  );
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

/** Applies `url.BASE.insteadOf`. The longest prefix wins. Undefined where two bases have it. */
function rewrite(url: string, entries: readonly GitConfigEntry[]): string | undefined {
  const fitting = entries.flatMap(({ section, subsection: base, name, value: prefix = "" }) =>
    section === "url" && base !== undefined && name === "insteadof" && url.startsWith(prefix) ? [{ base, prefix }] : []
  );
  const length = Math.max(...fitting.map(({ prefix }) => prefix.length));
  const [base, ...others] = new Set(fitting.filter(({ prefix }) => prefix.length === length).map(({ base }) => base));
  if (base === undefined) return url;
  return others.length > 0 ? undefined : base + url.slice(length);
}
