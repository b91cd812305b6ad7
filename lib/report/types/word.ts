import { isObject } from "../../json_object.ts";
import { componentPathPattern, isComponentPath } from "../code_path.ts";
import { isModelName, modelPattern } from "../model_name.ts";
import { MODEL_NAME } from "../vocabularies/models.ts";
import { CUSTOM, VOCABULARIES, type VocabularyName } from "../vocabulary.ts";
import { isText, type Schema, type Schemas, textSchema, type TypeObject } from "./definition.ts";
import { listSchema, parseList, readList } from "./nested.ts";

/** One of a few values that the rule lists. */
export const enumType: TypeObject<"enum"> = {
  label: "enum(…)",
  meaning: "one of the words in brackets; anything else is withheld",
  name: ({ values }) => `enum(${values.join(",")})`,
  parse: (value, { values }) => values.find((known) => known === value),
  schema: ({ values }) => ({ enum: values }),
};

/** A word of a vocabulary. */
export const wordType: TypeObject<"word"> = {
  label: "word(…)",
  meaning: "a word of the vocabulary in brackets; any other text is reported as custom",
  name: ({ vocabulary }) => `word(${vocabulary})`,
  parse: (value, { vocabulary, ownObject }) => ownObject && isObject(value) ? CUSTOM : parseWord(value, vocabulary),
  schema: ({ vocabulary }, schemas) => wordSchema(vocabulary, schemas),
};

/** A list of words of a vocabulary, up to a limit. */
export const wordsType: TypeObject<"words"> = {
  label: "list of word(…)",
  meaning: "a list of such words",
  name: ({ vocabulary }) => `list of word(${vocabulary})`,
  read: readList,
  parse(value, { vocabulary, limit }, path, redaction) {
    return parseList(value, limit, path, redaction, (item) => parseWord(item, vocabulary));
  },
  schema: ({ vocabulary, limit }, schemas) => listSchema(wordSchema(vocabulary, schemas), limit),
};

/** A model's published name. */
export const modelType: TypeObject<"model"> = {
  label: "model",
  meaning: "a model's published name; any other text is reported as custom",
  parse: (value) => isText(value) ? isModelName(value) ? value : CUSTOM : undefined,
  schema: (_type, schemas) =>
    schemas.define("model", () => ({ anyOf: [{ enum: [...MODEL_NAME.words, CUSTOM] }, textSchema(modelPattern())] })),
};

/** A published word in its own spelling, any other text as `custom`. A component's dotted path is a word too. */
function parseWord(value: unknown, vocabulary: VocabularyName): string | undefined {
  if (!isText(value)) return undefined;
  const word = VOCABULARIES[vocabulary].find(value);
  return word ?? (vocabulary === "component" && isComponentPath(value) ? value : CUSTOM);
}

function wordSchema(vocabulary: VocabularyName, schemas: Schemas): Schema {
  return schemas.define(vocabulary, () => {
    const words = { enum: [...VOCABULARIES[vocabulary].words, CUSTOM] };
    return vocabulary === "component" ? { anyOf: [words, textSchema(componentPathPattern())] } : words;
  });
}
