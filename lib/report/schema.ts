import { describeAnnounced } from "./announced.ts";
import type { PropertyRule, Rules, Schema, Schemas } from "./types/definition.ts";
import { typeObject } from "./types/types.ts";

/**
 * The JSON Schema (draft 2020-12) of what may come out of redaction under these rules: no other key, no other value, as
 * far as a schema can say it. What is too large to be said twice stands once under `$defs`.
 */
export function schemaOf(rules: Rules, title: string, description?: string): Record<string, unknown> {
  const definitions: Schema = {};
  const schemas: Schemas = {
    define(name, make) {
      definitions[name] ??= make();
      return { $ref: `#/$defs/${name}` };
    },
    object: (inner) => schemaOfObject(inner, schemas),
  };
  const schema = schemas.object(rules);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    ...(description === undefined ? {} : { description }),
    ...schema,
    ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
  };
}

function schemaOfObject(rules: Rules, schemas: Schemas): Schema {
  const properties = Object.entries(rules).map(([name, rule]) => [name, schemaOfRule(rule, schemas)] as const);
  return { type: "object", properties: Object.fromEntries(properties), additionalProperties: false };
}

function schemaOfRule(rule: PropertyRule, schemas: Schemas): Schema {
  const { type, nullable, purpose } = rule;
  const schema = typeObject(type).schema(type, schemas);
  // `$comment` is the draft's place for notes that a form doesn't show: here, why the property is collected.
  const notes = { description: describeAnnounced(rule), $comment: purpose };
  return nullable ? { ...notes, anyOf: [schema, { type: "null" }] } : { ...notes, ...schema };
}
