/** The published words that a property may report as they are. Any other text is reported as `custom`, or withheld. */
export interface Vocabulary {
  /** Where the words were published. */
  readonly source: string;
  readonly words: readonly string[];
  has(text: string): boolean;
  /** The word that a text stands for, in the vocabulary's own spelling, or undefined where it stands for none. */
  find(text: string): string | undefined;
}

/** Words that a script read from installed packages, with white space between them. */
export interface ReadWords {
  readonly source: string;
  readonly words: string;
}

/** How the host spells words, where it isn't as the vocabulary does. */
export interface Spelling {
  /** Whether the host takes words in any case (`SQL`, `Redis`). */
  readonly anyCase?: true;
  /** What may stand before a word: the dot of a file's type. */
  readonly prefix?: string;
}

/** How many words are searched for in the unsplit text. Splitting it takes as long as a few hundred searches. */
const SEARCHES = 100;

/** Longest text whose letters are compared. The longest word has about 80 characters. */
const MAX_LENGTH = 100;

/** Makes a vocabulary from words with white space between them. A word that is listed twice counts once. */
export function vocabulary(source: string, text: string, { anyCase, prefix = "" }: Spelling = {}): Vocabulary {
  let words: ReadonlySet<string> | undefined;
  let spellings: ReadonlyMap<string, string> | undefined;
  let searches = 0;
  const load = (): ReadonlySet<string> => words ??= new Set(text.trim().split(/\s+/));
  const has = (word: string) => words === undefined && ++searches < SEARCHES ? contains(text, word) : load().has(word);
  const findSpelling = (word: string): string | undefined => {
    spellings ??= new Map([...load()].map((known) => [lowerCase(known), known]));
    return spellings.get(lowerCase(word));
  };
  return {
    source,
    get words() {
      return [...load()];
    },
    has,
    find(given) {
      if (given.length > MAX_LENGTH) return undefined;
      const word = prefix !== "" && given.startsWith(prefix) ? given.slice(prefix.length) : given;
      return has(word) ? word : anyCase ? findSpelling(word) : undefined;
    },
  };
}

/** The text with ASCII's capitals made small. The Kelvin sign and others that become ASCII letters stay as they are. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Whether the word stands in the text, with white space or nothing on either side. */
function contains(text: string, word: string): boolean {
  if (word === "" || /\s/.test(word)) return false;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    if (isGap(text.charAt(at - 1)) && isGap(text.charAt(at + word.length))) return true;
  }
  return false;
}

function isGap(character: string): boolean {
  return character === "" || character === " " || character === "\n";
}
