import { readConsent } from "../consent/read_consent.ts";
import { readSentLog, type SentEntry } from "../sender/sent_log.ts";
import { type Command, ExitCode } from "./command.ts";
import { paintFor, printable } from "./words.ts";

const DEFAULT_LAST = 20;

/** `log` */
export const log: Command = {
  name: "log",
  summary: "show what left this machine",
  description:
    `Every report that the server took, or refused for good, newest last. With --json each line is a JSON object with the whole
report, exactly as it left: {"sentAt", "outcome": "delivered" or "rejected", "reason", "report"}. sentAt is when the server's
answer came. The log holds the last one to two MiB; what was sent although nothing could be kept is not in it.`,
  options: {
    json: { kind: "switch", help: "print the whole reports, one JSON object a line" },
    last: { kind: "count", help: `how many (${DEFAULT_LAST} unless given; 0: all)` },
  },
  examples: [["rasa-telemetry log --last 5", "the last five"], [
    "rasa-telemetry log --json --last 0",
    "everything, whole",
  ]],
  async run(host, build, invocation) {
    const { home } = await readConsent(host, build);
    const entries = home === undefined ? [] : readSentLog(host, home);
    const last = invocation.numbers.get("last") ?? DEFAULT_LAST;
    const shown = last === 0 ? entries : entries.slice(-last);
    if (invocation.switches.has("json")) {
      host.stdout(shown.map((entry) => JSON.stringify(entry) + "\n").join(""));
      return ExitCode.Done;
    }
    if (shown.length === 0) host.stderr("Nothing has left this machine yet.\n");
    const paint = paintFor(host);
    host.stdout(shown.map((entry) => describe(entry, (text) => paint.dim(text))).join(""));
    return ExitCode.Done;
  },
};

function describe(entry: SentEntry, dim: (text: string) => string): string {
  const { report } = entry;
  const name = "event" in report ? report.event : "traits";
  const fate = entry.outcome === "delivered" ? "delivered" : `rejected: ${entry.reason ?? "no reason given"}`;
  return `${dim(printable(entry.sentAt))}  ${printable(String(name))}  ${dim(printable(fate))}\n`;
}
