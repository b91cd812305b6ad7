import { code, type Section, table } from "../elements.ts";
import { type Content, markup } from "../markup.ts";
import type { InspectedField } from "../../report/fields.ts";
import type { PageData } from "../page_data.ts";

/** Every field of a report, with this machine's value, its source and its purpose. */
export function fieldsSection({ fields, event }: PageData): Section {
  const which = event === undefined
    ? markup`the fields that every report has; an event's own properties are in <a href="#catalogue">the catalogue</a>`
    : markup`the fields of a report on ${code(event)}`;
  const columns = ["Field", "Here and now", "Where it comes from", "What it is for"];
  const rows = fields.map((field) => [code(field.field), valueOf(field), field.source, field.purpose]);
  return {
    id: "fields",
    heading: "What a report says",
    content: markup`
<p>These are ${which}, each with the value that it would have here and now. The list is the same whether telemetry is on
or off, and nothing was recorded or sent to make it.</p>
${table("Every field of a report", columns, rows, "fields")}`,
  };
}

function valueOf({ value, source }: InspectedField): Content {
  if (value !== null && value !== undefined) return code(typeof value === "string" ? value : JSON.stringify(value));
  // Null also stands for a value that only the caller knows.
  return markup`<i class="none">${source.startsWith("the caller") ? "comes with the report" : "not known: null"}</i>`;
}
