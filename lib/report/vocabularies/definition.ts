/** The published words that a property may report as they are. Whatever isn't one of them is `custom`, or withheld. */
export interface Vocabulary {
  /** Where the words were published. */
  readonly source: string;
  readonly words: readonly string[];
  has(text: string): boolean;
}

/** A vocabulary from words with white space between them. A word that two parts of a list share counts once. */
export function vocabulary(source: string, text: string): Vocabulary {
  // Not before it is asked for: most commands ask none of them, and splitting them all takes milliseconds at every start.
  let words: ReadonlySet<string> | undefined;
  const load = (): ReadonlySet<string> => words ??= new Set(text.trim().split(/\s+/));
  return {
    source,
    get words() {
      return [...load()];
    },
    has: (word) => load().has(word),
  };
}
