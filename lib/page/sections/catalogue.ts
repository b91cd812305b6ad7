import { ANNOUNCED_MEANING, describeAnnounced } from "../../report/announced.ts";
import { describeType, type EventRule, EVENTS, METRICS_ID, type Rules, TRAITS_RULE } from "../../report/catalogue.ts";
import { flatten } from "../../report/flatten.ts";
import { LEFT_OUT, LEFT_OUT_MEANING, placeOf } from "../../report/left_out.ts";
import { TYPE_MEANINGS } from "../../report/types/types.ts";
import { VOCABULARIES } from "../../report/vocabulary.ts";
import { code, counted, fold, number, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";

/** Everything that may ever leave: the events with their properties, the traits, and what a value must look like. */
export function catalogueSection(): Section {
  const types = TYPE_MEANINGS.map(([label, meaning]) => [code(label), meaning]);
  const leftOut = LEFT_OUT.map((item) => [code(placeOf(item)), item.why]);
  const sections = [...new Set(EVENTS.map(({ section }) => section))];
  return {
    id: "catalogue",
    heading: "All that may ever leave",
    content: markup`
<p>This list is part of the program. An event that isn't in it is refused. A property that isn't in it, or whose value
doesn't look as described, is withheld before a report is kept, printed or sent.
There are ${number(EVENTS.length)} events, and the traits of an installation. ${ANNOUNCED_MEANING}</p>
<p>Every event also carries ${code("metrics_id")}: ${lowerFirst(METRICS_ID.description)}.</p>
${sections.map((section) => markup`<h3>${section}</h3>\n${eventsOf(section)}`)}
<h3>Traits</h3>
${ruleEntry(TRAITS_RULE)}
<h3>Left out on purpose</h3>
<p>${LEFT_OUT_MEANING}</p>
${table("What is left out on purpose", ["What", "Why"], leftOut, "left-out")}
<h3>What a value may be</h3>
${table("The types of values", ["Type", "What may pass"], types, "types")}
<h3>Vocabularies</h3>
<p>A word that isn't in its vocabulary is reported as ${code("custom")}.</p>
${vocabularies()}`,
  };
}

function eventsOf(section: string): Markup[] {
  return EVENTS.filter((event) => event.section === section)
    .map(ruleEntry);
}

function ruleEntry(rule: EventRule): Markup {
  return entry(rule.name, describeAnnounced(rule), propertyTable(rule.name, rule.properties));
}

function vocabularies(): Markup[] {
  return Object.entries(VOCABULARIES).map(([name, { words, source }]) => {
    const content = markup`<p class="words">${words.join(", ")}</p><p class="source">Source: ${source}</p>`;
    return entry(name, counted(words.length, "word"), content);
  });
}

function entry(name: string, gist: string, content: Markup): Markup {
  return markup`${fold(markup`${code(name)} <span class="gist">${gist}</span>`, content, "always")}\n`;
}

/** What is inside a property stands under it, with the whole path. */
function propertyTable(name: string, rules: Rules): Markup {
  const rows: Content[][] = flatten(rules)
    .map(([path, rule]) => [code(path), code(describeType(rule)), describeAnnounced(rule), rule.purpose]);
  if (rows.length === 0) return markup`<p>No properties of its own.</p>`;
  return table(`The properties of ${name}`, ["Property", "Type", "What it is", "What it is for"], rows, "properties");
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
