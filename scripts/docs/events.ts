import { describeType, EVENTS, type Rules, TRAITS } from "../../lib/report/catalogue.ts";
import { FIELDS } from "../../lib/report/fields.ts";
import { VOCABULARIES } from "../../lib/report/vocabulary.ts";
import { GENERATED } from "./generated.ts";
import { table } from "./tables.ts";

/** The types of values, and what may pass as each. */
const TYPES: readonly (readonly [type: string, passes: string])[] = [
  [
    "int, number, bool",
    "a number between minus and plus 1,000,000,000, a whole one for int; true or false. Fractions keep six digits",
  ],
  ["id", "32 or 64 hex digits or a UUID"],
  ["hashed", "the SHA-256 of the name that the caller gives, never the name"],
  ["presence", "whether it was set"],
  ["version", "up to three numbers, with a suffix such as `rc1`"],
  ["language", "a BCP 47 tag of language, script and region"],
  ["enum", "one of the words; anything else is withheld"],
  ["word, list of word", "a word of the vocabulary in brackets; anything else is `custom`"],
  ["model", "a model's published name; anything else is `custom`"],
  ["module, function", "names in Rasa's own package; anything else is `custom`"],
  ["group", "an object with the properties listed below it"],
  ["components, frames", "a list of objects with the properties listed below it"],
  ["?", "null may stand in its place"],
];

/** docs/events.md: everything that may leave the machine. */
export function eventsDocument(): string {
  const fields = FIELDS.map(({ field, source, purpose }) => [`\`${field}\``, source, purpose]);
  const sections = [...new Set(EVENTS.map((event) => event.section))].map((section) => {
    const events = EVENTS.filter((event) => event.section === section)
      .map((event) => `### ${event.name}\n\n${event.description}\n\n${propertyTable(event.properties)}`);
    return `## ${section}\n\n${events.join("\n")}`;
  });
  const vocabularies = Object.entries(VOCABULARIES).map(([name, { words, source }]) =>
    [name, words.join(", "), source] as const
  );
  return `${GENERATED}
# What may leave the machine

Nothing that is not on this page is ever queued, printed or sent. \`rasa-telemetry events\` shows the same list,
\`rasa-telemetry inspect\` this machine's values.

## Types

${table(["type", "what may pass"], TYPES)}
## Every report

${table(["field", "where it comes from", "why"], fields)}
${sections.join("\n")}
## Traits

Sent once per server start with \`identify\`.

${propertyTable(TRAITS)}
## Vocabularies

${table(["vocabulary", "words", "source"], vocabularies)}`;
}

function propertyTable(rules: Rules): string {
  const rows = propertyRows(rules, "");
  return rows.length === 0 ? "No properties.\n" : table(["property", "type", "what it is", "why"], rows);
}

/** The properties inside a property are listed below it, with the whole path. */
function propertyRows(rules: Rules, path: string): string[][] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const listed = ["components", "frames"].includes(rule.type.kind);
    const row = [`\`${path}${name}\``, describeType(rule), rule.description, rule.purpose];
    return [row, ...propertyRows("entry" in rule.type ? rule.type.entry : {}, `${path}${name}${listed ? "[]" : ""}.`)];
  });
}
