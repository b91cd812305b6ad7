import { componentPathPattern, isComponentPath } from "../code_path.ts";
import { CUSTOM, VOCABULARIES, type VocabularyName } from "../vocabulary.ts";
import type { Schema, Schemas, TypeObject } from "./definition.ts";
import { listSchema, parseList, verifyList } from "./list.ts";
import { isText, textSchema } from "./text.ts";

/** A word of a vocabulary. */
export const wordType: TypeObject<"word"> = {
  label: "word(…)",
  meaning: "a word of the vocabulary in brackets; any other text is reported as custom",
  name: ({ vocabulary }) => `word(${vocabulary})`,
  parse: (value, { vocabulary }) => parseWord(value, vocabulary),
  verify: (value, { vocabulary }) => verifyWord(value, vocabulary),
  schema: ({ vocabulary }, schemas) => defineWord(vocabulary, schemas),
};

/** A list of words of a vocabulary, up to a limit. */
export const wordsType: TypeObject<"words"> = {
  label: "list of word(…)",
  meaning: "a list of such words",
  name: ({ vocabulary }) => `list of word(${vocabulary})`,
  parse(value, { vocabulary, limit }, path, redaction) {
    return parseList(value, limit, path, redaction, (item) => parseWord(item, vocabulary));
  },
  verify: (value, { vocabulary, limit }) => verifyList(value, limit, (item) => verifyWord(item, vocabulary)),
  schema: ({ vocabulary, limit }, schemas) => listSchema(defineWord(vocabulary, schemas), limit),
};

/** A published word as it is, any other text as `custom`, and undefined for what isn't a text. */
function parseWord(value: unknown, vocabulary: VocabularyName): string | undefined {
  if (!isText(value)) return undefined;
  return isWord(value, vocabulary) ? value : CUSTOM;
}

function verifyWord(value: unknown, vocabulary: VocabularyName): boolean {
  return typeof value === "string" && (value === CUSTOM || isWord(value, vocabulary));
}

/** Whether a text is a word of a vocabulary. A component's dotted path is a word of `component` too. */
function isWord(text: string, vocabulary: VocabularyName): boolean {
  return VOCABULARIES[vocabulary].has(text) || vocabulary === "component" && isComponentPath(text);
}

function defineWord(vocabulary: VocabularyName, schemas: Schemas): Schema {
  return schemas.define(vocabulary, () => {
    const words = { enum: [...VOCABULARIES[vocabulary].words, CUSTOM] };
    return vocabulary === "component" ? { anyOf: [words, textSchema(componentPathPattern())] } : words;
  });
}
