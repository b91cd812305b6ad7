import {
  describeType,
  type EventRule,
  EVENTS,
  METRICS_ID,
  type PropertyRule,
  type Rules,
  TRAITS_NAME,
  TRAITS_RULE,
} from "../report/catalogue.ts";
import { ANNOUNCED_MEANING, describeAnnounced } from "../report/announced.ts";
import { schemaOf } from "../report/schema.ts";
import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { findRule, RULE_NAMES } from "../cli/event_names.ts";
import { alignRows, paragraph, table } from "../terminal/table.ts";
import { type Paint, paintFor } from "../terminal/paint.ts";

/** `events` */
export const events: Command = {
  name: "events",
  summary: "show the catalogue: every event and property that may leave",
  description:
    `The catalogue is part of the program: nothing that isn't in it is ever queued, printed or sent. --json prints a
JSON Schema (draft 2020-12) of an event's properties, or one for each event. "${TRAITS_NAME}" stands for the traits.

${ANNOUNCED_MEANING}`,
  operand: { name: "EVENT", required: false, values: RULE_NAMES },
  options: { json: JSON_OPTION },
  examples: [
    ["rasa-telemetry events", "all events"],
    [`rasa-telemetry events "Training Started"`, "one event and its properties"],
    [`rasa-telemetry events "Training Started" --json`, "the JSON Schema of its properties"],
  ],
  // deno-lint-ignore require-await -- every command's `run` is asynchronous.
  async run(host, _build, invocation) {
    const { operand } = invocation;
    const rule = operand === undefined ? undefined : findRule(operand, "show");
    const paint = paintFor(host);
    if (invocation.switches.has("json")) printJson(host, rule === undefined ? allSchemas() : schemaOfEvent(rule));
    else host.stdout(rule === undefined ? listAll(paint) : describe(rule, paint));
    return ExitCode.Done;
  },
};

function allSchemas(): Record<string, unknown> {
  return Object.fromEntries([...EVENTS, TRAITS_RULE].map((rule) => [rule.name, schemaOfEvent(rule)]));
}

function schemaOfEvent(rule: EventRule): Record<string, unknown> {
  return schemaOf(carried(rule), rule.name, describeAnnounced(rule));
}

/** The properties that a report of this event carries: its own, and the id that every event has. */
function carried(rule: EventRule): Rules {
  return rule === TRAITS_RULE ? rule.properties : { ...rule.properties, metrics_id: METRICS_ID };
}

function listAll(paint: Paint): string {
  const rules = [...EVENTS, TRAITS_RULE];
  const sections = [...new Set(rules.map((rule) => rule.section))];
  return sections.map((section) => {
    const rows = rules.filter((rule) => rule.section === section).map((rule) =>
      [rule.name, describeAnnounced(rule)] as const
    );
    return `${paint.bold(section)}\n${alignRows(rows, paint)}`;
  }).join("\n");
}

function describe(rule: EventRule, paint: Paint): string {
  return `${paragraph(rule.name, paint.width, "", paint.bold)}${paragraph(describeAnnounced(rule), paint.width)}\n${
    describeRules(carried(rule), paint, "")
  }`;
}

/** Each property with its type, its meaning and its purpose. What is inside a property is indented under it. */
function describeRules(rules: Rules, paint: Paint, indent: string): string {
  return Object.entries(rules).map(([name, rule]) =>
    table([[indent + name, describeType(rule)]], paint.width, [paint.bold, paint.dim]) +
    paragraph(describeAnnounced(rule), paint.width, `${indent}  `) +
    paragraph(`for: ${rule.purpose}`, paint.width, `${indent}  `, paint.dim) +
    describeRules(innerRules(rule), paint, `${indent}    `)
  ).join("");
}

function innerRules(rule: PropertyRule): Rules {
  return "entry" in rule.type ? rule.type.entry : {};
}
