import { ANNOUNCED_MEANING, describeAnnounced } from "../../lib/report/announced.ts";
import { describeType, EVENTS, type Rules, TRAITS_RULE } from "../../lib/report/catalogue.ts";
import { FIELDS } from "../../lib/report/fields.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { LEFT_OUT, LEFT_OUT_MEANING, placeOf } from "../../lib/report/left_out.ts";
import { TYPE_MEANINGS } from "../../lib/report/types/types.ts";
import { VOCABULARIES } from "../../lib/report/vocabulary.ts";
import { GENERATED } from "./generated.ts";
import { table } from "./tables.ts";

/** docs/reference/events.md: everything that may leave the machine. */
export function eventsDocument(): string {
  const fields = FIELDS.map(({ field, source, purpose }) => [`\`${field}\``, source, purpose]);
  const sections = [...new Set(EVENTS.map((event) => event.section))].map((section) => {
    const events = EVENTS.filter((event) => event.section === section)
      .map((event) => `### ${event.name}\n\n${describeAnnounced(event)}\n\n${propertyTable(event.properties)}`);
    return `## ${section}\n\n${events.join("\n")}`;
  });
  const vocabularies = Object.entries(VOCABULARIES).map(([name, { words, source }]) =>
    [name, words.join(", "), source] as const
  );
  return `${GENERATED}
# What may leave the machine

Nothing that is not on this page is ever queued, printed or sent. \`rasa-telemetry events\` shows the same list,
\`rasa-telemetry inspect\` this machine's values.

${ANNOUNCED_MEANING}

## Types

${table(["type", "what may pass"], TYPE_MEANINGS)}
## Every report

${table(["field", "where it comes from", "why"], fields)}
${sections.join("\n")}
## Traits

${describeAnnounced(TRAITS_RULE)}

${propertyTable(TRAITS_RULE.properties)}
## Left out on purpose

${LEFT_OUT_MEANING}

${table(["what", "why"], LEFT_OUT.map((item) => [`\`${placeOf(item)}\``, item.why]))}
## Vocabularies

${table(["vocabulary", "words", "source"], vocabularies)}`;
}

/** The properties inside a property stand below it, each with its whole path. */
function propertyTable(rules: Rules): string {
  const rows = flatten(rules).map(([path, rule]) =>
    [`\`${path}\``, describeType(rule), describeAnnounced(rule), rule.purpose] as const
  );
  return rows.length === 0 ? "No properties.\n" : table(["property", "type", "what it is", "why"], rows);
}
