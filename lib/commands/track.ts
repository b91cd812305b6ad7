import { type Command, JSON_OPTION } from "../cli/command.ts";
import { record, TIMEOUT_OPTION } from "../recording/record.ts";

/** `track EVENT` */
export const track: Command = {
  name: "track",
  summary: "record an event and try to deliver what waits",
  description:
    `Reads nothing, or one JSON object {"properties": {...}, "context": {"python": "3.11.7", "rasa_pro": "3.8.0"}},
from standard input: at most 1 MiB, and it must end within 5 s. If no byte comes within a second, the event is recorded
without properties; in a loop that reads standard input itself, add </dev/null. What is not in the catalogue, or may not
leave, is withheld. The rest is queued on disk, and delivered if the server can be reached. A network that is down is
no error. --json prints {"outcome", "messageId", "heldUntil", "withheld", "withheldUnknown"}. The outcome is delivered,
queued, held (with heldUntil, where that is known), local, disabled, debug (with "report"), no_write_key, rejected, or
dropped where the report could be neither kept nor delivered.`,
  operand: { name: "EVENT", required: true },
  options: { json: JSON_OPTION, timeout: TIMEOUT_OPTION },
  examples: [
    [`echo '{"properties": {"type": "rasa"}}' | rasa-telemetry track "Shell Started" --json`, "say what became of it"],
    [`RASA_TELEMETRY_DEBUG=true rasa-telemetry track "Shell Started"`, "see the report; nothing is written or sent"],
    [`rasa-telemetry track "Shell Started" --timeout 0`, "only queue it"],
  ],
  run: (host, build, invocation) => record(host, build, invocation, invocation.operand ?? ""),
};
