import { knownMachineId, readConsent } from "../consent/read_consent.ts";
import { gatherContext } from "../context/context.ts";
import { buildReport, type Report } from "../report/report.ts";
import { type Command, ExitCode, JSON_OPTION, printJson } from "./command.ts";
import { FIELDS } from "./fields.ts";
import { requireEvent } from "./track.ts";
import { warningsOf } from "./status.ts";
import { alignRows, oneLine, paintFor } from "./words.ts";

/** One field of a report, as `inspect --json` prints it. */
export interface InspectedField {
  readonly field: string;
  /** This machine's value; null where it is unknown, or comes from the caller at the time of the event. */
  readonly value: unknown;
  readonly source: string;
  readonly purpose: string;
}

/** `inspect` */
export const inspect: Command = {
  name: "inspect",
  summary: "show what would be sent from here and now, and why",
  description:
    `Every field of a report with this machine's value, where it comes from and why it is collected, whether telemetry is on or
off. Sends nothing and keeps nothing. --json prints {"enabled", "decidedBy", "event", "fields": [{"field", "value", "source", "purpose"}]}.`,
  operand: { name: "EVENT", required: false },
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry inspect", "what every report says"], [
    `rasa-telemetry inspect "Training Started"`,
    "and what that event adds",
  ]],
  async run(host, build, invocation) {
    const rule = invocation.operand === undefined ? undefined : requireEvent(invocation.operand, "show");
    const consent = await readConsent(host, build);
    const report = buildReport({
      machineId: knownMachineId(host, consent),
      event: rule?.name ?? "",
      values: {},
      context: await gatherContext(host, consent.licence, { python: null, rasa_pro: null }),
      messageId: host.uuid(),
      timestamp: host.now(),
    });
    const fields = [
      ...FIELDS.filter(({ field }) => field !== "event" || rule !== undefined)
        .map(({ field, source, purpose }) => ({ field, value: valueAt(report, field), source, purpose })),
      ...Object.entries(rule?.properties ?? {}).map(([name, property]) => ({
        field: `properties.${name}`,
        value: null,
        source: `the caller: ${property.description}`,
        purpose: property.purpose,
      })),
    ];
    const state = { enabled: consent.enabled, decidedBy: consent.decidedBy };
    if (invocation.switches.has("json")) {
      printJson(host, { ...state, event: rule?.name ?? null, fields });
      return ExitCode.Done;
    }
    const paint = paintFor(host);
    host.stdout(
      `Telemetry is ${
        consent.enabled ? "on" : "off"
      } (${consent.decidedBy}). This is what a report says here and now:\n\n`,
    );
    for (const { field, value, source, purpose } of fields) {
      host.stdout(`${paint.bold(field)}  ${oneLine(value)}\n`);
      host.stdout(alignRows([["  from", source], ["  for", purpose]], paint));
    }
    for (const warning of warningsOf(host, consent)) host.stderr(`rasa-telemetry: ${warning}\n`);
    return ExitCode.Done;
  },
};

function valueAt(report: Report, path: string): unknown {
  let value: unknown = report;
  for (const key of path.split(".")) {
    value = typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : null;
  }
  return value;
}
