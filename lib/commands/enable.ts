import { readConsent } from "../consent/consent.ts";
import { removeVeto, storeChoice } from "../consent/global_yml/store.ts";
import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { clearOthers } from "../sender/disk_queue/content.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { printDecision, requireHome, sayLeft, withAdvice } from "../cli/choice.ts";
import { type Command, JSON_OPTION, UsageError } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";

/** `enable` */
export const enable: Command = {
  name: "enable",
  summary: "switch telemetry on, and keep that choice",
  description:
    `Stores the choice and its date in global.yml, for Rasa's own tools too. Reports that were held before that date
are deleted and never sent. --json prints {"enabled", "decidedBy"}.`,
  options: { json: JSON_OPTION },
  examples: [["rasa-telemetry enable", "switch telemetry on"]],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const home = requireHome(consent.home);
    // What was recorded while a no stood beside the file belongs to another choice, whatever the file says.
    if (removeNo(host, home)) sayLeft(host, home, clearQueue(host, home));
    const date = host.now().toISOString();
    const changed = await storeYes(host, home, date);
    // What was recorded before this choice belongs to another one.
    if (changed) sayLeft(host, home, clearOthers(host, home, date));
    host.say(changed ? "Telemetry is on.\n" : "Telemetry was on already.\n");
    if (!consent.enabled && consent.byEnvironment) {
      host.problem(`${consent.decidedBy} says off, and comes first: unset it to report`);
    }
    await printDecision(host, build, invocation);
    return ExitCode.Done;
  },
};

/** Stores a yes under this date, unless one is stored already. Returns whether it did. Throws `UsageError`. */
async function storeYes(host: Host, home: Home, date: string): Promise<boolean> {
  let changed = false;
  try {
    await storeChoice(host, home, (current) => {
      changed = current.kind !== "stored" || !current.stored.enabled || !current.stored.traitsEnabled;
      return changed ? { enabled: true, date } : undefined;
    });
  } catch (error) {
    throw withAdvice(error);
  }
  return changed;
}

/** Removes a no beside `global.yml`. Returns whether there was one. Throws `UsageError`. */
function removeNo(host: Host, home: Home): boolean {
  try {
    return removeVeto(host, home);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    throw new UsageError(
      `Cannot write in ${home.telemetryDirectory}: ${error.code}; set RASA_TELEMETRY_ENABLED instead`,
      { cause: error },
    );
  }
}
