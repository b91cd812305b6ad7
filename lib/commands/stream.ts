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
    `For a caller that runs for long. Each line of standard input is one object {"event", "properties", "context",
"timestamp"}, or {"traits", "context", "timestamp"}; only the first key is required. Reports go from memory to the
server in batches, each after a second at the latest. While the server is slower than the caller, reading pauses until
it catches up. What can't be delivered is queued on disk. The stream ends with standard input. Then it has the time-out
to deliver what is left, and queues the rest. SIGTERM, SIGINT and SIGHUP leave it two seconds. A line that can't be
taken is named on standard error by its number and skipped, and the exit code is 2. Where telemetry is off, the input is
read and thrown away. --json prints {"accepted", "delivered", "queued", "rejected", "dropped"} at the end.

--idle is for a caller that may outlive it: without input for so long the stream ends by itself. It says on standard
output, a word a line, when it has started ("reading"), a second before it stops reading ("ending"), and once what came
before the end of the input is safe on disk ("kept"), from where it is then delivered. Debug mode prints on standard
error.`,
  options: {
    json: { ...JSON_OPTION, help: "print on standard output, at the end, what became of everything" },
    idle: { kind: "seconds", help: "end once nothing has come for so long, and say so beforehand" },
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
    const { result, badLines } = await recordStream(host, build, { timeoutS, idleS: invocation.numbers.get("idle") });
    if (invocation.switches.has("json")) printJson(host, result);
    return badLines > 0 ? ExitCode.Usage : ExitCode.Done;
  },
};
