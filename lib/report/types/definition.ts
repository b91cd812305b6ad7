import type { Announced } from "../announced.ts";
import type { VocabularyName } from "../vocabulary.ts";

/** Kinds whose types say nothing beside their kind. */
type PlainKind = "number" | "bool" | "id" | "hashed" | "presence" | "version" | "language" | "model" | CodeKind;
type CodeKind = "module" | "function";

/** What each kind of type says beside its kind. */
interface Parameters extends Record<PlainKind, unknown> {
  readonly int: { readonly minimum: number; readonly maximum: number };
  readonly enum: { readonly values: readonly string[] };
  /** `ownObject`: an object is something that the user wrote in place of a word. */
  readonly word: { readonly vocabulary: VocabularyName; readonly ownObject?: true };
  readonly words: { readonly vocabulary: VocabularyName; readonly limit: number };
  readonly components: { readonly entry: Rules; readonly limit: number };
  readonly frames: { readonly entry: Rules; readonly limit: number };
  readonly group: { readonly entry: Rules };
  readonly groups: { readonly entry: Rules; readonly limit: number };
  readonly agents: { readonly entry: Rules };
}

/** The name of a kind of type. */
export type Kind = keyof Parameters;

/** A type of one of these kinds. */
export type TypeOf<Kinds extends Kind> = { [One in Kinds]: { readonly kind: One } & Parameters[One] }[Kinds];

/** What a value must look like to be reported: data alone. What is done with it is in the object of its kind. */
export type PropertyType = TypeOf<Kind>;

/** One property of an event: what may pass, what it is, and why it is collected. */
export interface PropertyRule extends Announced {
  readonly type: PropertyType;
  /** Whether null passes, and an empty text as null. Elsewhere a null is withheld. */
  readonly nullable: boolean;
  readonly description: string;
  readonly purpose: string;
}

/** Rules by property, in the order in which they are reported. */
export type Rules = Readonly<Record<string, PropertyRule>>;

/** All that the program knows of one kind of type. `types.ts` lists these objects. */
export interface TypeObject<Kinds extends Kind = Kind> {
  /** The kind as documents write it: `int`, `enum(…)`. */
  readonly label: string;
  /** What may pass, in words. */
  readonly meaning: string;
  /** Whether `parse` gives a name, whose SHA-256 is reported in its place. Absent: it doesn't. */
  readonly isName?: true;
  /** A type of this kind as documents write it. Absent: as the kind. */
  name?(type: TypeOf<Kinds>): string;
  /** What a value stands for that the host gives in another form. Absent: itself. */
  read?(value: unknown): unknown;
  /** What is reported of a value, or undefined where nothing is. What is withheld inside the value is noted. */
  parse(value: unknown, type: TypeOf<Kinds>, path: string, redaction: Redaction): unknown;
  /** The JSON Schema of what `parse` leaves. */
  schema(type: TypeOf<Kinds>, schemas: Schemas): Schema;
}

/** The redaction of one caller's values: what was noted so far, and the way into objects inside them. */
export interface Redaction {
  /** The number of the newest notice that the user knows. What was announced later is withheld. */
  readonly knownNotice: number;
  /** Paths of the catalogue whose values did not pass. */
  readonly withheld: Set<string>;
  readonly hashes: PendingHash[];
  /** How many keys and entries were left out that have no path in the catalogue. */
  unknown: number;
  redactObject(rules: Rules, input: Record<string, unknown>, path: string, redaction: Redaction): typeof input;
}

/** A name that stands where its hash will: hashing is asynchronous, and the keys must keep their order. */
export interface PendingHash {
  readonly into: Record<string, unknown>;
  readonly key: string;
  readonly name: string;
}

/** A JSON Schema. */
export type Schema = Record<string, unknown>;

/** The way into the schemas inside a schema. */
export interface Schemas {
  /** A reference to a schema that stands once under `$defs`, because it is too large to be said twice. */
  define(name: string, make: () => Schema): Schema;
  object(rules: Rules): Schema;
}

/** The schema of texts that match a pattern. */
export function textSchema(pattern: string): Schema {
  return { type: "string", pattern };
}

/** Whether a value is a text that isn't empty. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
