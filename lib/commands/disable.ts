import { readConsent } from "../consent/consent.ts";
import { storeNo } from "../consent/global_yml/store.ts";
import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { TERMS_URL } from "../licence/licence.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { printDecision, requireHome, sayLeft, withAdvice } from "../cli/choice.ts";
import { type Command, JSON_OPTION } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { printable } from "../terminal/printable.ts";

/** `disable` */
export const disable: Command = {
  name: "disable",
  summary: "switch telemetry off, and keep that choice",
  description:
    `Takes effect at once. The choice is stored in global.yml, for Rasa's own tools too. Waiting reports are deleted,
and a delivery in another process stops before its next request. No last event is sent. The sent log stays. --json
prints {"enabled", "decidedBy"}.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry disable", "switch telemetry off"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    if (consent.decidedBy === "license") {
      host.problem(
        `Cannot switch telemetry off: a Developer Edition Extended licence doesn't allow it; see ${TERMS_URL}`,
      );
      await printDecision(host, build, invocation);
      return ExitCode.Refused;
    }
    const home = requireHome(consent.home);
    // Comes first, whatever becomes of the choice: it makes room on a full disk.
    clearQueue(host, home);
    await storeChosenNo(host, home);
    // Again: another process may have recorded something before it could read the no.
    const left = clearQueue(host, home);
    sayLeft(host, home, left);
    host.say(left === 0 ? "Telemetry is off. Waiting reports were deleted.\n" : "Telemetry is off.\n");
    if (consent.enabled && consent.byEnvironment) {
      host.problem(`${consent.decidedBy} says on, and comes first: unset it, or set it to false`);
    }
    await printDecision(host, build, invocation);
    return ExitCode.Done;
  },
};

/** Stores a no, unless one is stored. Says where it had to stand beside `global.yml`. Throws `UsageError`. */
async function storeChosenNo(host: Host, home: Home): Promise<void> {
  const date = host.now().toISOString();
  try {
    const why = await storeNo(host, home, (current) => {
      const isOff = current.kind === "stored" && !current.stored.enabled && !current.stored.traitsEnabled;
      return isOff ? undefined : { enabled: false, date };
    });
    if (why === undefined) return;
    host.problem(`${printable(why.message)}; the choice is kept in ${printable(home.telemetryDirectory)} instead`);
  } catch (error) {
    throw withAdvice(error);
  }
}
