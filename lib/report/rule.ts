import { type Announced, FIRST_NOTICE } from "./announced.ts";
import type { PropertyRule, PropertyType, Rules } from "./types/definition.ts";
import { MAX_NUMBER } from "./types/number.ts";
import type { VocabularyName } from "./vocabulary.ts";

export type { PropertyRule, PropertyType, Rules } from "./types/definition.ts";

/** One event of the catalogue. `metrics_id`, which every event carries, is added by the report and not listed. */
export interface EventRule extends Announced {
  readonly name: string;
  readonly section: string;
  readonly description: string;
  readonly properties: Rules;
}

/** Makes a rule of one type. */
type Builder = (description: string, purpose: string) => PropertyRule;

/** The builder of rules that have this type, announced by the first notice. */
export function rule(type: PropertyType): Builder {
  return (description, purpose) => ({ type, nullable: false, announced: FIRST_NOTICE, description, purpose });
}

/** The given rule, announced by the notice of this number. */
export function announced(notice: number, inner: PropertyRule): PropertyRule {
  return { ...inner, announced: notice };
}

/** A rule that lets through null, and what the given one lets through. */
export function nullable(inner: PropertyRule): PropertyRule {
  return { ...inner, nullable: true };
}

/** A whole number. */
export const int: Builder = rule({ kind: "int", minimum: -MAX_NUMBER, maximum: MAX_NUMBER });
/** A number. A fraction keeps six significant digits. */
export const number: Builder = rule({ kind: "number" });
/** True or false. */
export const bool: Builder = rule({ kind: "bool" });
/** 32 or 64 hex digits, or a UUID. */
export const id: Builder = rule({ kind: "id" });
/** A name. Only its SHA-256 is reported. */
export const hashed: Builder = rule({ kind: "hashed" });
/** Anything at all. Only whether it was set is reported. */
export const presence: Builder = rule({ kind: "presence" });
/** The version of a program. */
export const version: Builder = rule({ kind: "version" });
/** A BCP 47 tag. */
export const language: Builder = rule({ kind: "language" });
/** A model's published name. */
export const model: Builder = rule({ kind: "model" });

/** One of these values. Anything else is withheld. */
export function oneOf(...values: readonly string[]): Builder {
  return rule({ kind: "enum", values });
}

/** A word of a vocabulary. Any other text is reported as `custom`. */
export function word(vocabulary: VocabularyName): Builder {
  return rule({ kind: "word", vocabulary });
}

/** A word of a vocabulary, or an object that the user wrote in its place, which is reported as `custom`. */
export function wordOrObject(vocabulary: VocabularyName): Builder {
  return rule({ kind: "word", vocabulary, ownObject: true });
}

/** A list of words of a vocabulary. */
export function words(vocabulary: VocabularyName, limit: number): Builder {
  return rule({ kind: "words", vocabulary, limit });
}
