import { agentsType } from "./agents.ts";
import { boolType, presenceType } from "./bool.ts";
import { functionType, moduleType } from "./code.ts";
import type { Kind, PropertyRule, PropertyType, TypeObject } from "./definition.ts";
import { hashedType, idType } from "./id.ts";
import { languageType } from "./language.ts";
import { componentsType, framesType, groupsType, groupType } from "./nested.ts";
import { intType, numberType } from "./number.ts";
import { versionType } from "./version.ts";
import { enumType, modelType, wordsType, wordType } from "./word.ts";

/** The object of each kind of type, in the order in which documents list them. */
export const TYPES: { readonly [One in Kind]: TypeObject<One> } = {
  int: intType,
  number: numberType,
  bool: boolType,
  id: idType,
  hashed: hashedType,
  presence: presenceType,
  version: versionType,
  language: languageType,
  enum: enumType,
  word: wordType,
  words: wordsType,
  model: modelType,
  module: moduleType,
  function: functionType,
  components: componentsType,
  frames: framesType,
  group: groupType,
  groups: groupsType,
  agents: agentsType,
};

/** The object of a type's kind. It is given types of its own kind alone, which the compiler can't follow. */
export function typeObject(type: PropertyType): TypeObject {
  return TYPES[type.kind];
}

/** A property's type as documents write it: `int`, `word(provider)?`, `enum(rasa,core,nlu,e2e)`. */
export function describeType({ type, nullable }: PropertyRule): string {
  const object = typeObject(type);
  return (object.name?.(type) ?? object.label) + (nullable ? "?" : "");
}

/** What may pass for each type as documents write it, the mark of those that null passes too at the end. */
export const TYPE_MEANINGS: readonly (readonly [label: string, meaning: string])[] = [
  ...Object.values(TYPES).map(({ label, meaning }) => [label, meaning] as const),
  ["?", "null may stand in its place"],
];
