/** One `name = value` of a git configuration file. Text is binary: one character a byte. */
export interface GitConfigEntry {
  /** In lower case. */
  readonly section: string;
  /** As written, or undefined where the header has none. */
  readonly subsection: string | undefined;
  /** In lower case. */
  readonly name: string;
  /** Undefined where the line holds a name alone. */
  readonly value: string | undefined;
  /** Whether a tab or carriage return stands between unquoted words: git keeps it since 2.45, before it made it a space. */
  readonly ambiguous: boolean;
}

const BYTE_ORDER_MARK = "\xef\xbb\xbf";
const BLANK = /(?:[ \t\r\n]|[#;][^\n]*)*/y;
const HEADER = /\[([A-Za-z0-9.-]*)(?:[ \t\r]+"((?:[^"\\\n]|\\[^\n])*)")?\]/y;
const NAME = /([A-Za-z][A-Za-z0-9-]*)[ \t]*([=\n])/y;
const ESCAPES: Readonly<Record<string, string>> = { "\n": "", n: "\n", t: "\t", b: "\b", "\\": "\\", '"': '"' };

/**
 * The entries of a git configuration file in their order, or undefined where git would refuse the file.
 * Source of the rules: the parser in git's `config.c`, whose versions differ only in what `ambiguous` marks.
 */
export function parseGitConfig(binary: string): GitConfigEntry[] | undefined {
  // A string in C ends at its first zero: what git makes of the rest depends on where it stands.
  if (binary.includes("\0")) return undefined;
  const start = binary.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  // To git the end of the file is as many ends of line as it asks for: after a backslash it asks for two.
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
    // A name before the first header is refused by some versions and passed over by others.
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

/** The value that begins after an equals sign, and where the next line begins. */
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

/** `[a.b]` is the older way to write `[a "b"]`, so that a key is split at its first and last dot, not at the header's. */
function splitKey(key: string): Pick<GitConfigEntry, "section" | "subsection" | "name"> {
  const first = key.indexOf(".");
  const last = key.lastIndexOf(".");
  return {
    section: key.slice(0, first),
    subsection: first === last ? undefined : key.slice(first + 1, last),
    name: key.slice(last + 1),
  };
}

/** Sections of which git, or one of its versions, reads names that stand alone in a way that ends it. */
const VALUE_REQUIRED = new Set(["branch", "core", "extensions", "remote", "trace2", "transfer", "url"]);

// Not by a pattern that ignores case: the first of those costs every start 15 ms.
const isBoolean = (value: string): boolean =>
  ["true", "yes", "on", "1", "false", "no", "off", "0", ""].includes(value.toLowerCase());

/**
 * What the value of a name must look like for `git remote get-url` to go on in every version. Found by giving each name
 * that git documents a wrong value, in versions 2.30 to 2.55; the `*` stands for a subsection.
 */
const SOUND_VALUES: Readonly<Record<string, RegExp | ((value: string) => boolean)>> = {
  "core.bare": isBoolean,
  "core.logallrefupdates": (value) => isBoolean(value) || value.toLowerCase() === "always",
  "core.precomposeunicode": isBoolean,
  "core.prefersymlinkrefs": isBoolean,
  "core.repositoryformatversion": /^[01]$/,
  "core.worktree": /./,
  "extensions.objectformat": /^sha(?:1|256)$/,
  "extensions.preciousobjects": isBoolean,
  "extensions.worktreeconfig": isBoolean,
  "remote.*.fetch": isRefspec,
  "remote.*.mirror": isBoolean,
  "remote.*.prune": isBoolean,
  "remote.*.prunetags": isBoolean,
  "remote.*.push": isRefspec,
  "remote.*.skipdefaultupdate": isBoolean,
  "remote.*.skipfetchall": isBoolean,
  "transfer.credentialsinurl": /^(?:allow|warn)$/,
};

/** The names whose values decide the answer, so that they must not be read differently by different versions. */
const DECISIVE = new Set(["core.worktree", "remote.*.url", "safe.directory", "url.*.insteadof"]);

/**
 * Whether every git since 2.30 goes on after this entry and takes it alike. False also where another file is included,
 * which this program doesn't follow.
 */
export function isSound({ section, subsection, name, value, ambiguous }: GitConfigEntry): boolean {
  if (section === "include" || section === "includeif") return false;
  if (subsection === "" && ["branch", "remote", "url"].includes(section)) return false;
  if (value === undefined) return !VALUE_REQUIRED.has(section);
  const rule = `${section}.${subsection === undefined ? "" : "*."}${name}`;
  if (ambiguous && DECISIVE.has(rule)) return false;
  const sound = SOUND_VALUES[rule];
  return sound === undefined || (typeof sound === "function" ? sound(value) : sound.test(value));
}

/** Stricter than git, which ends at a refspec it can't read: two names of references with as many stars, or one without. */
function isRefspec(value: string): boolean {
  const [source = "", target, ...more] = value.replace(/^\+/, "").split(":");
  if (target === undefined) {
    return /^\^refs\//.test(source) ? isRefName(source.slice(1)) : isRefName(source) && stars(source) === 0;
  }
  return more.length === 0 && isRefName(source) && isRefName(target) && stars(source) === stars(target);
}

/** Source of the rules: git's documentation of `check-ref-format`. */
function isRefName(text: string): boolean {
  return text !== "" && !/^\/|\/$|\/\/|(?:^|\/)\.|\.\.|\.lock(?:\/|$)|\.$|@\{|^@$|[\0-\x20\x7f~^:?[\\]/.test(text) &&
    stars(text) <= 1;
}

function stars(text: string): number {
  return text.split("*").length - 1;
}

/** The last value of a name without a subsection. */
export function lastValue(entries: readonly GitConfigEntry[], section: string, name: string): string | undefined {
  return entries.findLast((entry) => entry.section === section && entry.subsection === undefined && entry.name === name)
    ?.value;
}

/**
 * What `git remote get-url origin` prints, without the end of the line, or undefined where it prints nothing or not every
 * version the same. `elsewhere` and `repository` are the entries of the user's and of the repository's own files in
 * reading order, all of them sound; `legacy` says whether `remotes/origin` or `branches/origin` exists, which git reads where
 * no URL is configured.
 */
export function resolveOriginUrl(
  elsewhere: readonly GitConfigEntry[],
  repository: readonly GitConfigEntry[],
  legacy: boolean,
): string | undefined {
  // Git knows only remotes that the repository itself names.
  if (!repository.some(isOrigin)) return undefined;
  const entries = [...elsewhere, ...repository];
  const origin = entries.filter(isOrigin);
  const urls = origin.flatMap(({ name, value }) => name === "url" && value !== undefined ? [value] : []);
  // An empty URL is a URL before 2.46, and later empties the list.
  if (urls.includes("")) return undefined;
  const [url] = urls;
  if (url !== undefined) return rewrite(url, entries);
  // Without a URL the remote's name is taken for one.
  return legacy || origin.some(({ name }) => name === "vcs") ? undefined : rewrite("origin", entries);
}

function isOrigin({ section, subsection }: GitConfigEntry): boolean {
  return section === "remote" && subsection === "origin";
}

/** Applies `url.BASE.insteadOf`: the longest prefix wins, of equals that of the base named first. */
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
