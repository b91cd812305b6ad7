/** Spaces and the like, without line breaks. */
const SPACE = "[^\\S\\r\\n]";

const BLANK_LINES = /\s*/y;
const EXPORT = new RegExp(`(?:export${SPACE}+)?`, "y");
const NAME = /'([^']+)'|([^'=#\s][^=#\s]*)/y;
const EQUALS = new RegExp(`${SPACE}*=(${SPACE}*)`, "y");
const SINGLE_QUOTED = /'((?:\\[^]|[^'\\])*)'/y;
const DOUBLE_QUOTED = /"((?:\\[^]|[^"\\])*)"/y;
const UNQUOTED = /[^\r\n]*/y;
const LINE_END = new RegExp(`${SPACE}*(?:#[^\\r\\n]*)?(?:\\r\\n|\\n|\\r|$)`, "y");
const REST_OF_LINE = /[^\r\n]*(?:\r\n|\n|\r)?/y;

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * The values that the text of a `.env` file gives to the wanted names; all others are passed over. A name given twice has
 * the last value. A line that can't be understood is skipped, and a name without a value, or with one that refers to other
 * variables (`${OTHER}`: the program may not read those), is not in the result.
 *
 * Source of the syntax: python-dotenv, with which Rasa reads the same file.
 */
export function parseDotenv(text: string, wanted: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const cursor = new Cursor(text);
  while (true) {
    cursor.take(BLANK_LINES);
    if (cursor.atEnd) return values;
    const assignment = takeAssignment(cursor);
    // A quoted value may span lines, so lines of other names are read too, and a broken one only loses its own rest.
    if (assignment === undefined) cursor.take(REST_OF_LINE);
    else if (!wanted.includes(assignment.name)) continue;
    else if (assignment.value === undefined || assignment.value.includes("${")) values.delete(assignment.name);
    else values.set(assignment.name, assignment.value);
  }
}

interface Assignment {
  readonly name: string;
  /** Undefined for a name that stands alone, without `=`. */
  readonly value: string | undefined;
}

/** One position in a text, which only moves forward. */
class Cursor {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#position === this.#text.length;
  }

  get next(): string {
    return this.#text.charAt(this.#position);
  }

  /** What the (sticky) pattern matches here, moving past it; undefined, without moving, where it doesn't match. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#position += match[0].length;
    return match;
  }
}

function takeAssignment(cursor: Cursor): Assignment | undefined {
  cursor.take(EXPORT);
  const name = cursor.take(NAME);
  if (name === undefined) return undefined;
  let value: string | undefined;
  const equals = cursor.take(EQUALS);
  if (equals !== undefined) {
    // `NAME=#1` has a value, `NAME= # none` has an empty one.
    value = equals[1] !== "" && cursor.next === "#" ? "" : takeValue(cursor);
    if (value === undefined) return undefined;
  }
  if (cursor.take(LINE_END) === undefined) return undefined;
  return { name: name[1] ?? name[2] ?? "", value };
}

function takeValue(cursor: Cursor): string | undefined {
  switch (cursor.next) {
    case "'":
      return cursor.take(SINGLE_QUOTED)?.[1]?.replace(/\\([\\'])/g, "$1");
    case '"':
      return cursor.take(DOUBLE_QUOTED)?.[1]?.replace(/\\([\\'"abfnrtv])/g, decodeEscape);
    default:
      return cursor.take(UNQUOTED)?.[0].replace(/\s#.*/, "").trimEnd();
  }
}

function decodeEscape(_: string, letter: string): string {
  return ESCAPES[letter] ?? letter;
}
