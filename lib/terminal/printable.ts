import { unicodePattern } from "../unicode.ts";

/** All of a text that needs no second look. */
const PLAIN = /^[ -~]*$/;
/** What a terminal would obey or hide. */
const OBEYED = unicodePattern(String.raw`[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]`, "gu");

/** Text from outside without what a terminal would obey or hide: control, bidirectional and invisible characters. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(OBEYED(), "\uFFFD");
}

/** A JSON value on one line, fit for a terminal. */
export function oneLine(value: unknown): string {
  return printable(JSON.stringify(value) ?? "null");
}

/** All of a JSON text that needs no second look. */
const PLAIN_JSON = /^[ -~\n]*$/;
/** What a terminal would obey, hide or lay out otherwise, unless it is a line feed: none stands inside a string. */
const UNSEEN = unicodePattern(String.raw`(?!\n)[\p{C}\p{Default_Ignorable_Code_Point}\u2028\u2029]`, "gu");

/**
 * A value as JSON that is safe on a terminal: characters that can't be seen are escaped. It says the same to whoever
 * parses it. `indent`: by how many spaces, on lines of their own; all on one line unless given.
 */
export function safeJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent) ?? "null";
  return PLAIN_JSON.test(json) ? json : json.replace(UNSEEN(), escaped);
}

/** Each half of a surrogate pair is escaped on its own, as JSON has it. */
function escaped(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
