import { printDecision, refuse, requireHome, sayLeft, withAdvice } from "../cli/choice.ts";
import { type Command, JSON_OPTION } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { chooseNo } from "../consent/choose.ts";
import { type Consent, readConsent } from "../consent/consent.ts";
import { endRequests } from "../cli/end_requests.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { printable } from "../terminal/printable.ts";

/** `disable` */
export const disable: Command = {
  name: "disable",
  summary: "switch telemetry off, and keep that choice",
  description:
    `The choice is stored in global.yml, for Rasa's own tools too. Waiting reports are deleted and counted. It ends once
no request is under way in any process, after five seconds at most; a request that got no answer may still arrive,
and it says so. No last event is sent. The sent log stays. --json prints {"enabled", "decidedBy"}.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry disable", "switch telemetry off"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    if (consent.decidedBy === "licence") {
      return await refuse(host, build, invocation, "switch telemetry off");
    }
    const home = requireHome(consent.home);
    // Comes first, whatever becomes of the choice: it makes room on a full disk.
    const first = clearQueue(host, home);
    await storeNo(host, home, consent);
    const { deleted, left } = await endRequests(host, home);
    sayLeft(host, home, left);
    host.say(`Telemetry is off.${describeDeleted(first.deleted + deleted)}\n`);
    await printDecision(host, build, invocation);
    return ExitCode.Done;
  },
};

/** How many waiting reports were deleted, where there were any. */
function describeDeleted(count: number): string {
  if (count === 0) return "";
  return count === 1 ? " 1 waiting report was deleted." : ` ${count} waiting reports were deleted.`;
}

/** Stores a no. Says where it had to stand beside `global.yml`. Throws `UsageError`. */
async function storeNo(host: Host, home: Home, consent: Consent): Promise<void> {
  try {
    const { beside } = await chooseNo(host, home, consent);
    if (beside === undefined) return;
    host.problem(`${printable(beside.message)}; the choice is kept in ${printable(home.telemetryDirectory)} instead`);
  } catch (error) {
    throw withAdvice(error);
  }
}
