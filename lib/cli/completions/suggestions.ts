/** What a shell suggests after a command. */
export interface Suggestions {
  readonly name: string;
  readonly summary: string;
  /** The values of its operand, or a file. */
  readonly operands: readonly string[] | "file";
  readonly options: readonly SuggestedOption[];
}

/** An option as a shell suggests it. */
export interface SuggestedOption {
  readonly name: string;
  readonly help: string;
  /** Its value: one of these, a file, or something that can't be suggested. Undefined where it takes none. */
  readonly value: readonly string[] | "file" | "anything" | undefined;
}

/** The options that can be typed before a command. */
export const FIRST_OPTIONS = ["--help", "--version", "--quiet"];

/** The lists of words that a script suggests, each of them once and under a name. */
export interface WordLists {
  /** The name of a list, empty where it has no words. */
  nameOf(words: readonly string[]): string;
  /** The definitions of all lists, one after the other. */
  define(definition: (name: string, words: readonly string[]) => string): string;
}

/** Names the lists of words that these commands need. */
export function wordLists(commands: readonly Suggestions[]): WordLists {
  const lists = new Map<string, { readonly name: string; readonly words: readonly string[] }>();
  for (const words of commands.flatMap(({ operands, options }) => [operands, ...options.map(({ value }) => value)])) {
    if (words === undefined || typeof words === "string" || words.length === 0) continue;
    const key = words.join("\n");
    if (!lists.has(key)) lists.set(key, { name: `names${lists.size + 1}`, words });
  }
  return {
    nameOf: (words) => lists.get(words.join("\n"))?.name ?? "",
    define: (definition) => [...lists.values()].map(({ name, words }) => definition(name, words)).join(""),
  };
}

/** A text as one word of bash or zsh. */
export function posixQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
