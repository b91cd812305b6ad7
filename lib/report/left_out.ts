/** What Rasa's own telemetry sends and this program never does. */
export interface LeftOut {
  /** Its name on Rasa's wire. */
  readonly name: string;
  readonly kind: "event" | "property" | "context";
  /** The event that it is a property of. */
  readonly event?: string;
  readonly why: string;
}

const AFTER_A_NO = "Rasa promises that nothing is reported once telemetry is switched off, and this would be";
const BUILDER = "holds what people and the copilot wrote to each other, and the files that they wrote it about";
const LOG = "holds whatever Rasa logs with an error: names, paths and texts of the project";

/** What documents say before the list. */
export const LEFT_OUT_MEANING = "Rasa's own telemetry has these. They are left out here on purpose: an event is " +
  "refused, and a property is withheld and counted.";

/** Where it would stand in a report: `Training Started: usage`, `context.directory`, or an event's name. */
export function placeOf({ name, kind, event }: LeftOut): string {
  if (kind === "property") return `${event}: ${name}`;
  return kind === "context" ? `context.${name}` : name;
}

/** What is left out on purpose, with the reason. */
export const LEFT_OUT: readonly LeftOut[] = [
  { name: "Telemetry Disabled", kind: "event", why: AFTER_A_NO },
  { name: "copilot_user_message_sent", kind: "event", why: BUILDER },
  { name: "copilot_bot_message_sent", kind: "event", why: BUILDER },
  { name: "mcp_tool_called", kind: "event", why: "holds what a tool was called with, and what it answered" },
  { name: "message", kind: "property", event: "Validation Error Logged", why: LOG },
  {
    name: "studio_response_json",
    kind: "property",
    event: "Upload to Studio Failed",
    why: "the raw answer of a server, which may quote what was uploaded",
  },
  {
    name: "usage",
    kind: "property",
    event: "Training Started",
    why: "holds the names of flows, agents and tools, and conditions; it is reported as counts (agents)",
  },
  {
    name: "directory",
    kind: "context",
    why: "the hash of a path can be guessed by whoever knows the path, and project already groups reports",
  },
  { name: "deployment_stack", kind: "context", why: "a free text, which names whatever the operator calls it" },
];
