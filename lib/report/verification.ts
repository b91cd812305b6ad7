import { isObject } from "../json_object.ts";
import { resolveFunction, resolveModule } from "./code_path.ts";
import { isModelName } from "./model_name.ts";
import { isWord } from "./redaction.ts";
import type { PropertyType, Rules } from "./rule.ts";
import { DIGEST_PATTERN, parseId, parseInteger, parseLanguage, parseNumber, parseVersion } from "./scalar.ts";
import { CUSTOM, type VocabularyName } from "./vocabulary.ts";

const DIGEST = new RegExp(DIGEST_PATTERN);

/**
 * Whether values are such as redaction leaves them under these rules: no other key, no other value. For reports that are
 * read back from a disk on which anybody may have changed them.
 */
export function isRedacted(rules: Rules, values: unknown): boolean {
  if (!isObject(values)) return false;
  return Object.entries(values).every(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    return rule !== undefined && ((rule.nullable && value === null) || isOfType(rule.type, value));
  });
}

function isOfType(type: PropertyType, value: unknown): boolean {
  switch (type.kind) {
    case "int":
      return parseInteger(value, type.minimum, type.maximum) === value;
    case "number":
      return parseNumber(value) === value;
    case "bool":
    case "presence":
      return typeof value === "boolean";
    case "id":
      return typeof value === "string" && parseId(value) === value;
    case "hashed":
      return typeof value === "string" && DIGEST.test(value);
    case "version":
      return typeof value === "string" && parseVersion(value) === value;
    case "language":
      return typeof value === "string" && parseLanguage(value) === value;
    case "enum":
      return type.values.some((known) => known === value);
    case "word":
      return isWordOrCustom(type.vocabulary, value);
    case "words":
      return isList(value, type.limit, (item) => isWordOrCustom(type.vocabulary, item));
    case "model":
      return typeof value === "string" && (value === CUSTOM || isModelName(value));
    case "components":
    case "frames":
      return isList(value, type.limit, (item) => isRedacted(type.entry, item));
    case "module":
      return typeof value === "string" && resolveModule(value) === value;
    case "function":
      return typeof value === "string" && resolveFunction(value) === value;
    case "group":
      return isRedacted(type.entry, value);
  }
}

function isWordOrCustom(vocabulary: VocabularyName, value: unknown): boolean {
  return typeof value === "string" && (value === CUSTOM || isWord(vocabulary, value));
}

function isList(value: unknown, limit: number, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= limit && value.every(isItem);
}
