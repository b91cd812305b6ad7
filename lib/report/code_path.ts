import { CLASS_NAMES, CUSTOM, VOCABULARIES } from "./vocabulary.ts";
import { FUNCTION_WORD } from "./vocabularies/function_words.ts";
import { PACKAGE_TREE } from "./vocabularies/package_tree.ts";

/** Rasa's own package. */
const PACKAGE = "rasa";
/** Longest dotted path that is looked at. */
const MAX_LENGTH = 300;
/** Most parts of a path that are reported. Rasa's own have up to seven. */
const MAX_PARTS = 10;
/** Most words of a function's name. */
const MAX_WORDS = 12;

let nameWords: ReadonlySet<string> | undefined;

/** The pattern of components' dotted paths. */
export function componentPathPattern(): string {
  return `^${PACKAGE}(?:\\.(?:${PACKAGE_TREE.words.join("|")})){1,${MAX_PARTS}}` +
    `\\.(?:${VOCABULARIES.component.words.join("|")})$`;
}

/** The pattern of modules as they are reported. */
export function modulePattern(): string {
  return `^${PACKAGE}(?:\\.(?:${PACKAGE_TREE.words.join("|")})){0,${MAX_PARTS}}(?:\\.${CUSTOM})?$`;
}

/** The pattern of functions as they are reported. */
export function functionPattern(): string {
  const classes = CLASS_NAMES.flatMap((vocabulary) => vocabulary.words);
  const words = [...classes, ...loadNameWords(), CUSTOM].toSorted((one, other) => other.length - one.length);
  return `^(?=.{1,${MAX_LENGTH}}$)(?:[._]{0,5}(?:${words.join("|")})(?=[._]|$))+_{0,2}$`;
}

/** Whether a text is a component's dotted path in Rasa's own package, all of whose parts are known. */
export function isComponentPath(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  const parts = text.split(".");
  const last = parts.pop() ?? "";
  return parts.shift() === PACKAGE && parts.length >= 1 && parts.length <= MAX_PARTS &&
    VOCABULARIES.component.has(last) &&
    parts.every((part) => PACKAGE_TREE.has(part));
}

/**
 * A module of Rasa's own package as it is reported, or undefined where it is another package's. A module is known by
 * its name alone, and a name can be anything: `custom` takes the place of the first part that Rasa doesn't use, and
 * of all that follow.
 */
export function resolveModule(text: string): string | undefined {
  if (text !== PACKAGE && !text.startsWith(`${PACKAGE}.`)) return undefined;
  return resolvePath(text, (part, index) => index === 0 || PACKAGE_TREE.has(part));
}

/** A function's or method's name as it is reported: `custom` from the first part on that isn't made of Rasa's words. */
export function resolveFunction(text: string): string {
  if (text.length > MAX_LENGTH) return CUSTOM;
  return resolvePath(text, (part) => CLASS_NAMES.some((names) => names.has(part)) || isFunctionName(part));
}

function resolvePath(text: string, isKnown: (part: string, index: number) => boolean): string {
  // One part more than may pass is enough to see that there are too many.
  const parts = text.split(".", MAX_PARTS + 2);
  const unknown = parts.findIndex((part, index) => index > MAX_PARTS || !isKnown(part, index));
  if (unknown < 0) return text;
  const known = [...parts.slice(0, unknown), CUSTOM].join(".");
  // `custom` may be longer than the part whose place it takes.
  return known.length <= MAX_LENGTH ? known : [...parts.slice(0, Math.min(unknown, 1)), CUSTOM].join(".");
}

function isFunctionName(part: string): boolean {
  const words = part.replace(/^_{1,2}/, "").replace(/_{1,2}$/, "").split("_");
  // With more than one number, something could be spelt.
  const numbers = words.filter((word) => /^\d+$/.test(word)).length;
  return words.length <= MAX_WORDS && numbers <= 1 && words.every((word) => loadNameWords().has(word));
}

/** The words that names of functions are made of. The words in names of modules are among them. */
function loadNameWords(): ReadonlySet<string> {
  const parts = () => PACKAGE_TREE.words.flatMap((name) => name.split("_")).filter((word) => word !== "");
  return nameWords ??= new Set([...parts(), ...FUNCTION_WORD.words]);
}
