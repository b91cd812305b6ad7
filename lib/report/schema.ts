import { componentPathPattern, functionPattern, modulePattern } from "./code_path.ts";
import { modelPattern } from "./model_name.ts";
import { MAX_NUMBER, type PropertyRule, type PropertyType, type Rules } from "./rule.ts";
import { DIGEST_PATTERN, ID_PATTERN, languagePattern, VERSION_PATTERN } from "./scalar.ts";
import { MODEL_NAME } from "./vocabularies/models.ts";
import { CUSTOM, VOCABULARIES, type VocabularyName } from "./vocabulary.ts";

type Schema = Record<string, unknown>;

/**
 * The JSON Schema (draft 2020-12) of what may come out of redaction under these rules: no other key, no other value,
 * as far as a schema can say it. What is too large to be said twice stands once under `$defs`.
 */
export function schemaOf(rules: Rules, title: string): Record<string, unknown> {
  const definitions: Schema = {};
  const schema = schemaOfObject(rules, definitions);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...schema,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
  };
}

function schemaOfObject(rules: Rules, definitions: Schema): Schema {
  const properties: Schema = {};
  for (const [name, rule] of Object.entries(rules)) properties[name] = schemaOfRule(rule, definitions);
  return { type: "object", properties, additionalProperties: false };
}

function schemaOfRule({ type, nullable, description, purpose }: PropertyRule, definitions: Schema): Schema {
  const schema = schemaOfType(type, definitions);
  // `$comment` is the draft's place for what isn't for the reader of a form: why the property is collected.
  const notes = { description, $comment: purpose };
  return nullable ? { ...notes, anyOf: [schema, { type: "null" }] } : { ...notes, ...schema };
}

function schemaOfType(type: PropertyType, definitions: Schema): Schema {
  switch (type.kind) {
    case "int":
      return { type: "integer", minimum: type.minimum, maximum: type.maximum };
    case "number":
      return { type: "number", minimum: -MAX_NUMBER, maximum: MAX_NUMBER };
    case "bool":
    case "presence":
      return { type: "boolean" };
    case "id":
      return text(ID_PATTERN);
    case "hashed":
      return text(DIGEST_PATTERN);
    case "version":
      return text(VERSION_PATTERN);
    case "language":
      return define("language", text(languagePattern()), definitions);
    case "enum":
      return { enum: type.values };
    case "word":
      return define(type.vocabulary, schemaOfWord(type.vocabulary), definitions);
    case "words":
      return list(define(type.vocabulary, schemaOfWord(type.vocabulary), definitions), type.limit);
    case "model":
      return define("model", { anyOf: [{ enum: [...MODEL_NAME.words, CUSTOM] }, text(modelPattern())] }, definitions);
    case "components":
      return list(schemaOfObject(type.entry, definitions), type.limit);
    case "frames":
      return list({ ...schemaOfObject(type.entry, definitions), required: ["module"] }, type.limit);
    case "module":
      return text(modulePattern());
    case "function":
      return text(functionPattern());
    case "group":
      return schemaOfObject(type.entry, definitions);
  }
}

function schemaOfWord(name: VocabularyName): Schema {
  const words = { enum: [...VOCABULARIES[name].words, CUSTOM] };
  return name === "component" ? { anyOf: [words, text(componentPathPattern())] } : words;
}

function text(pattern: string): Schema {
  return { type: "string", pattern };
}

function list(items: Schema, limit: number): Schema {
  return { type: "array", items, maxItems: limit };
}

function define(name: string, schema: Schema, definitions: Schema): Schema {
  definitions[name] ??= schema;
  return { $ref: `#/$defs/${name}` };
}
