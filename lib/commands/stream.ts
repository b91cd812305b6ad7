import { type Command, JSON_OPTION, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { recordStream } from "../recording/stream_session.ts";

/** How long delivering may take once the input has ended, in seconds, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_S = 10;

/** `stream` */
export const stream: Command = {
  name: "stream",
  summary: "record events as they come, one JSON object a line",
  description:
    `For a caller that runs for long. Each line of standard input is one object {"event", "properties", "context", "timestamp"}, or
{"traits", "context", "timestamp"}; all but the first may be missing. Reports go from memory to the server in batches, after a
second at the latest. While the server is slower than the caller, standard input is read no further; what can't be delivered is
queued on disk. Ends with standard input, or when the process that started it is gone, and then has the time-out to deliver what
is left; the rest is queued. SIGTERM, SIGINT and SIGHUP leave it two seconds. A line that can't be taken is named on standard
error by its number and skipped; the exit code is then 2. Where telemetry is off, the input is read and thrown away.
--json prints {"accepted", "delivered", "queued", "rejected", "dropped"} at the end.`,
  options: {
    json: { ...JSON_OPTION, help: "print what became of everything on standard output, at the end" },
    timeout: {
      kind: "seconds",
      help: `how long delivering may take at the end (${DEFAULT_TIMEOUT_S} unless given; 0: only queue)`,
    },
  },
  examples: [
    [
      `echo '{"event": "Shell Started", "properties": {"type": "rasa"}}' | rasa-telemetry stream --json`,
      "one event, and what became of it",
    ],
  ],
  async run(host, build, invocation) {
    const timeoutS = invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S;
    const { result, badLines } = await recordStream(host, build, timeoutS);
    if (invocation.switches.has("json")) printJson(host, result);
    return badLines > 0 ? ExitCode.Usage : ExitCode.Done;
  },
};
