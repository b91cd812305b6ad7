/** The published words that a property may report as they are. Any other text is reported as `custom`, or withheld. */
export interface Vocabulary {
  /** Where the words were published. */
  readonly source: string;
  readonly words: readonly string[];
  has(text: string): boolean;
}

/** How many words are searched for in the unsplit text. Splitting it takes as long as a few hundred searches. */
const SEARCHES = 100;

/** Makes a vocabulary from words with white space between them. A word that is listed twice counts once. */
export function vocabulary(source: string, text: string): Vocabulary {
  let words: ReadonlySet<string> | undefined;
  let searches = 0;
  const load = (): ReadonlySet<string> => words ??= new Set(text.trim().split(/\s+/));
  return {
    source,
    get words() {
      return [...load()];
    },
    has: (word) => words === undefined && ++searches < SEARCHES ? contains(text, word) : load().has(word),
  };
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
