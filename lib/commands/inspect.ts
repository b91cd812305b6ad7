import { knownMachineId } from "../consent/identity.ts";
import { type Consent, readConsent } from "../consent/consent.ts";
import { reasonInWords } from "../consent/describe.ts";
import { readStored } from "../consent/stored.ts";
import { gatherContext } from "../context/context.ts";
import type { Host } from "../host/host.ts";
import { type EventRule, type Rules, TRAITS_RULE } from "../report/catalogue.ts";
import { flatten } from "../report/flatten.ts";
import { buildReport } from "../report/report.ts";
import { type Command, JSON_OPTION, printJson, UsageError } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { FIELDS, type InspectedField } from "../report/fields.ts";
import { findRule, RULE_NAMES } from "../cli/event_names.ts";
import { survey } from "../sender/survey.ts";
import { warningsOf } from "../sender/warnings.ts";
import { alignRows, paragraph, table } from "../terminal/table.ts";
import { oneLine, printable } from "../terminal/printable.ts";
import { paintFor } from "../terminal/paint.ts";

/** An event's own properties stand before the first of these fields, the traits before the second. */
const PROPERTIES_BEFORE = "properties.metrics_id";
const TRAITS_BEFORE = "context.os.name";

/** `inspect` */
export const inspect: Command = {
  name: "inspect",
  summary: "show what would be sent from here and now, and why",
  description:
    `Shows every field of a report with this machine's value, where the value comes from and why it is collected,
whether telemetry is on or off. Sends nothing and keeps nothing. --json prints {"enabled", "decidedBy", "event",
"fields": [{"field", "value", "source", "purpose"}]}.

--html FILE writes one page to keep or to file. Besides the fields it shows whether telemetry is on and by which rule,
the whole catalogue, what waits, everything that was sent, what was withheld, what the program may do and how to
switch it off. The page loads nothing from anywhere. FILE must not exist yet, and only its owner can read it.`,
  operand: { name: "EVENT", required: false, values: RULE_NAMES },
  options: {
    json: JSON_OPTION,
    html: {
      kind: "text",
      value: "FILE",
      help: "write everything to a new file, as a page for a browser (-: print it)",
    },
  },
  examples: [["rasa-telemetry inspect", "what every report says"], [
    `rasa-telemetry inspect "Training Started"`,
    "and what that event adds",
  ], ["rasa-telemetry inspect --html telemetry.html", "everything on one page, to be read in a browser"]],
  async run(host, build, invocation) {
    const [asJson, file] = [invocation.switches.has("json"), invocation.texts.get("html")];
    if (asJson && file !== undefined) {
      throw new UsageError(
        'Cannot run "inspect": it takes --json or --html, not both; see rasa-telemetry inspect --help',
      );
    }
    const rule = invocation.operand === undefined ? undefined : findRule(invocation.operand, "show");
    const consent = await readConsent(host, build);
    const stored = await readStored(host, consent);
    const fields = await inspectFields(host, stored, rule);
    if (file !== undefined) {
      // The page is much code, and no other command needs it.
      const { writePage } = await import("../page/read_page_data.ts");
      await writePage(host, build, { consent, stored, event: rule?.name, fields }, file);
    } else if (asJson) {
      const { enabled, decidedBy } = consent;
      printJson(host, { enabled, decidedBy, event: rule?.name ?? null, fields });
    } else show(host, consent, fields);
    for (const warning of warningsOf(host, build, consent, await survey(host, consent))) host.problem(warning);
    return ExitCode.Done;
  },
};

/** Every field of a report on this rule's event (undefined: any), in its order, with this machine's values. */
async function inspectFields(host: Host, stored: Consent, rule: EventRule | undefined): Promise<InspectedField[]> {
  const traits = rule === TRAITS_RULE;
  const report = buildReport({
    machineId: knownMachineId(host, stored),
    event: traits ? undefined : rule?.name ?? "",
    values: {},
    context: await gatherContext(host, stored.licence),
    messageId: host.uuid(),
    timestamp: host.now().toISOString(),
  });
  const onTheWire = { ...report, sentAt: host.now().toISOString(), type: traits ? "identify" : "track" };
  const isAbsent = (field: string) =>
    (field === "event" && (rule === undefined || traits)) || (field === "properties.metrics_id" && traits);
  const own = inspectRules(rule?.properties ?? {}, traits ? "traits" : "properties");
  return FIELDS.filter(({ field }) => !isAbsent(field)).flatMap(({ field, source, purpose }) => {
    const shown = { field, value: valueAt(onTheWire, field), source, purpose };
    // The event's own properties stand where they stand in the report.
    return field === (traits ? TRAITS_BEFORE : PROPERTIES_BEFORE) ? [...own, shown] : [shown];
  });
}

function show(host: Host, consent: Consent, fields: readonly InspectedField[]): void {
  const paint = paintFor(host);
  const state = `Telemetry is ${consent.enabled ? "on" : "off"}, decided by ${reasonInWords(consent, printable)}.`;
  const head = `${state} This is what a report says here and now:`;
  host.stdout(`${paragraph(head, paint.width)}\n`);
  for (const { field, value, source, purpose } of fields) {
    host.stdout(table([[field, oneLine(value)]], paint.width, [paint.bold]));
    host.stdout(alignRows([["  from", source], ["  for", purpose]], paint));
  }
}

/** An event's own properties, or the traits, each followed by what is inside it. Their values come with the event. */
function inspectRules(rules: Rules, above: string): InspectedField[] {
  return flatten(rules, `${above}.`).map(([field, { description, purpose }]) => ({
    field,
    value: null,
    source: `the caller: ${description}`,
    purpose,
  }));
}

function valueAt(report: object, path: string): unknown {
  let value: unknown = report;
  for (const key of path.split(".")) {
    value = typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : null;
  }
  return value;
}
