import type { VocabularyName } from "./vocabulary.ts";

/** What a value must look like to be reported. Rules are data: redaction, the schema and the documents read them. */
export type PropertyType =
  | { readonly kind: "int"; readonly minimum: number; readonly maximum: number }
  | { readonly kind: "number" | "bool" | "id" | "hashed" | "presence" | "version" | "language" | "model" }
  | { readonly kind: "enum"; readonly values: readonly string[] }
  | { readonly kind: "word"; readonly vocabulary: VocabularyName }
  | { readonly kind: "words"; readonly vocabulary: VocabularyName; readonly limit: number }
  | { readonly kind: "components"; readonly entry: Rules; readonly limit: number }
  | { readonly kind: "frames"; readonly entry: Rules; readonly limit: number }
  | { readonly kind: "module" | "function" }
  | { readonly kind: "group"; readonly entry: Rules };

/** One property of an event: what may pass, what it is, and why it is collected. */
export interface PropertyRule {
  readonly type: PropertyType;
  /** Whether null passes. Elsewhere a null is withheld. */
  readonly nullable: boolean;
  readonly description: string;
  readonly purpose: string;
}

/** Rules by property, in the order in which they are reported. */
export type Rules = Readonly<Record<string, PropertyRule>>;

/** One event of the catalogue. `metrics_id`, which every event carries, is added by the report and not listed. */
export interface EventRule {
  readonly name: string;
  readonly section: string;
  readonly description: string;
  readonly properties: Rules;
}

/**
 * Largest number that is reported, either way from zero. Counts stay far below it; card numbers and telephone numbers
 * with their country's code are above it, so that none of them passes for a count.
 */
export const MAX_NUMBER = 1_000_000_000;

/** Makes a rule of a type that has no parameters, or whose parameters are given before. */
type Builder = (description: string, purpose: string) => PropertyRule;

/** A builder of rules with this type. */
export function rule(type: PropertyType): Builder {
  return (description, purpose) => ({ type, nullable: false, description, purpose });
}

/** The same rule, which null passes too. */
export function nullable(inner: PropertyRule): PropertyRule {
  return { ...inner, nullable: true };
}

/** A whole number. */
export const int: Builder = rule({ kind: "int", minimum: -MAX_NUMBER, maximum: MAX_NUMBER });
/** A number with six significant digits. */
export const number: Builder = rule({ kind: "number" });
/** True or false. */
export const bool: Builder = rule({ kind: "bool" });
/** 32 or 64 hex digits or a UUID. */
export const id: Builder = rule({ kind: "id" });
/** A name, of which only the SHA-256 is reported. */
export const hashed: Builder = rule({ kind: "hashed" });
/** Anything, of which only is reported whether it was set. */
export const presence: Builder = rule({ kind: "presence" });
/** A BCP 47 tag. */
export const language: Builder = rule({ kind: "language" });
/** A model's published name. */
export const model: Builder = rule({ kind: "model" });

/** One of a few values; anything else is withheld. */
export function oneOf(...values: readonly string[]): Builder {
  return rule({ kind: "enum", values });
}

/** A word of a vocabulary; anything else is reported as `custom`. */
export function word(vocabulary: VocabularyName): Builder {
  return rule({ kind: "word", vocabulary });
}

/** The type as the documents write it: `int`, `word(provider)?`, `enum(rasa,core,nlu,e2e)`. */
export function describeType({ type, nullable }: PropertyRule): string {
  return nameOf(type) + (nullable ? "?" : "");
}

function nameOf(type: PropertyType): string {
  switch (type.kind) {
    case "enum":
      return `enum(${type.values.join(",")})`;
    case "word":
      return `word(${type.vocabulary})`;
    case "words":
      return `list of word(${type.vocabulary})`;
    default:
      return type.kind;
  }
}
