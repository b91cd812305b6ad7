import { type Command, JSON_OPTION } from "../cli/command.ts";
import { record, TIMEOUT_OPTION } from "../recording/record.ts";

/** `identify` */
export const identify: Command = {
  name: "identify",
  summary: "record the installation's traits, once per server start",
  description:
    `Reads one JSON object {"traits": {...}, "context": {...}} from standard input and treats it as "track" treats an
event. The key "traits" of global.yml switches traits off on their own.`,
  options: { json: JSON_OPTION, timeout: TIMEOUT_OPTION },
  examples: [[
    `echo '{"traits": {"tracing_backend": "jaeger"}}' | rasa-telemetry identify --json`,
    "say what became of it",
  ]],
  run: (host, build, invocation) => record(host, build, invocation, undefined),
};
