import { describeType, EVENTS, METRICS_ID, type PropertyType, type Rules, TRAITS } from "../../report/catalogue.ts";
import { VOCABULARIES } from "../../report/vocabulary.ts";
import { code, counted, fold, number, type Section, table } from "../elements.ts";
import { type Content, type Markup, markup } from "../markup.ts";

/** Everything that may ever leave: the events with their properties, the traits, and what a value must look like. */
export function catalogueSection(): Section {
  const sections = [...new Set(EVENTS.map(({ section }) => section))];
  return {
    id: "catalogue",
    heading: "All that may ever leave",
    content: markup`
<p>This list is part of the program. An event that isn't in it is refused; a property that isn't, or a value that doesn't look as
it must, is withheld before a report is kept, printed or sent. There are ${
      number(EVENTS.length)
    } events, and the traits of an
installation.</p>
<p>Every event also carries ${code("metrics_id")}: ${lowerFirst(METRICS_ID.description)}.</p>
${sections.map((section) => markup`<h3>${section}</h3>\n${eventsOf(section)}`)}
<h3>Traits</h3>
${entry("identify", "The installation's traits, sent once per server start", propertyTable("identify", TRAITS))}
<h3>What a value may be</h3>
${
      table("The types of values", ["Type", "What may pass"], TYPES.map(([type, meaning]) => [code(type), meaning]), {
        name: "types",
      })
    }
<h3>Vocabularies</h3>
<p>A word that isn't in its vocabulary is reported as ${code("custom")}.</p>
${vocabularies()}`,
  };
}

/** What each type lets through. */
const TYPES: readonly (readonly [type: string, meaning: string])[] = [
  ["int", "a whole number within a thousand million either way"],
  ["number", "a number within the same limits, with six digits of its fraction"],
  ["bool", "true or false"],
  ["id", "32 or 64 hex digits, or a UUID"],
  ["hashed", "the SHA-256 of a name, never the name"],
  ["presence", "whether it was set: true or false, never what it was set to"],
  ["version", "up to three numbers, with a suffix such as rc1"],
  ["language", "a BCP 47 tag of language, script and region"],
  ["enum(…)", "one of the words in brackets; anything else is withheld"],
  ["word(…), list of word(…)", "a word of the vocabulary in brackets; anything else is reported as custom"],
  ["model", "a model's published name; anything else is reported as custom"],
  ["module, function", "names in Rasa's own package; anything else is reported as custom"],
  ["components, frames, group", "a list or a group of the properties below it, and of nothing else"],
  ["?", "null may stand in its place"],
];

function eventsOf(section: string): Markup[] {
  return EVENTS.filter((event) => event.section === section).map(({ name, description, properties }) =>
    entry(name, description, propertyTable(name, properties))
  );
}

function vocabularies(): Markup[] {
  return Object.entries(VOCABULARIES).map(([name, { words, source }]) =>
    entry(
      name,
      counted(words.length, "word"),
      markup`<p class="words">${words.join(", ")}</p><p class="source">Source: ${source}</p>`,
    )
  );
}

function entry(name: string, gist: string, content: Markup): Markup {
  return markup`${fold(markup`${code(name)} <span class="gist">${gist}</span>`, content, "always")}\n`;
}

function propertyTable(name: string, rules: Rules): Markup {
  const rows = propertyRows(rules, "");
  if (rows.length === 0) return markup`<p>No properties of its own.</p>`;
  return table(`The properties of ${name}`, ["Property", "Type", "What it is", "What it is for"], rows, {
    name: "properties",
  });
}

/** What is inside a property stands under it, with the whole path. */
function propertyRows(rules: Rules, path: string): Content[][] {
  return Object.entries(rules).flatMap(([name, rule]) => {
    const row = [code(path + name), code(describeType(rule)), rule.description, rule.purpose];
    return [row, ...innerRows(rule.type, path + name)];
  });
}

function innerRows(type: PropertyType, path: string): Content[][] {
  return "entry" in type ? propertyRows(type.entry, `${path}${type.kind === "group" ? "" : "[]"}.`) : [];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
