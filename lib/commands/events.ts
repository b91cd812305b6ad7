import { EVENTS, type PropertyRule } from "../report/catalogue.ts";
import { type Command, ExitCode, JSON_OPTION, printJson } from "./command.ts";
import { requireEvent } from "./track.ts";
import { alignRows, paintFor } from "./words.ts";

/** `events` */
export const events: Command = {
  name: "events",
  summary: "show the catalogue: every event and property that may leave",
  description: "The list is part of the program: nothing that isn't in it is ever queued, printed or sent.",
  operand: { name: "EVENT", required: false },
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry events", "all events"], [
    `rasa-telemetry events "Training Started"`,
    "one event and its properties",
  ]],
  // deno-lint-ignore require-await -- a command's `run` is asynchronous, whether this one waits or not.
  async run(host, _build, invocation) {
    const shown = invocation.operand === undefined ? EVENTS : [requireEvent(invocation.operand)];
    if (invocation.switches.has("json")) {
      printJson(host, invocation.operand === undefined ? shown : shown[0]);
      return ExitCode.Done;
    }
    const paint = paintFor(host);
    if (invocation.operand === undefined) {
      host.stdout(alignRows(shown.map((event) => [event.name, event.description]), paint));
      return ExitCode.Done;
    }
    for (const event of shown) {
      const rows = Object.entries(event.properties).map(([name, rule]) => [name, describeRule(rule)] as const);
      host.stdout(`${paint.bold(event.name)}\n${event.description}\n\n${alignRows(rows, paint)}`);
    }
    return ExitCode.Done;
  },
};

function describeRule(rule: PropertyRule): string {
  return `${rule.type.kind}${rule.nullable ? " or null" : ""}: ${rule.description}`;
}
