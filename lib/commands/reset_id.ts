import { requireHome } from "../cli/choice.ts";
import { type Command, JSON_OPTION, printJson, UsageError } from "../cli/command.ts";
import { endRequests, NOTHING } from "../cli/end_requests.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { readConsent } from "../consent/consent.ts";
import { forgetAll, resetId } from "../consent/reset.ts";
import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { readFleetId } from "../machine_id.ts";
import { clearQueue } from "../sender/disk_queue/files.ts";
import { clearLocalLog } from "../sender/local_log.ts";
import { clearSentLog } from "../sender/sent_log.ts";
import { printable } from "../terminal/printable.ts";

/** What `reset-id --json` prints. */
export interface ResetResult {
  /** Null with --forget: the next one is made when it is needed. */
  readonly machineId: string | null;
  /** Ids that this machine had before, oldest first. */
  readonly formerIds: readonly string[];
}

/** `reset-id` */
export const resetIdCommand: Command = {
  name: "reset-id",
  summary: "make a new machine id",
  description:
    `Reports that were recorded under the old id are deleted, and users are told again before anything leaves, unless
they said yes. Former ids are kept on this machine, so that you can quote them to whoever keeps what was sent; status
names the current one.

--forget removes the ids, the queue and the logs from this machine. The choice stays, with a record that holds no id. It
names the ids that are forgotten, for the last time, and the next one is made when it is needed. --json prints
{"machineId", "formerIds"}.`,
  options: {
    json: JSON_OPTION,
    forget: { kind: "switch", help: "remove ids, queue and logs from this machine too" },
  },
  examples: [
    ["rasa-telemetry reset-id", "begin anew under another id"],
    ["rasa-telemetry reset-id --forget", "keep the choice, and no id, report or log"],
  ],
  async run(host, build, invocation) {
    const consent = await readConsent(host, build);
    const home = requireHome(consent.home);
    const forget = invocation.switches.has("forget");
    // Comes first: what waits carries the old id.
    clearQueue(host, home);
    const result = forget ? await forgetAll(host, home, consent) : await resetId(host, home, consent);
    if (typeof result === "string") throw new UsageError(result);
    // What is under way carries the old id. What other processes record from now on doesn't, and is kept.
    let code: ExitCode = ExitCode.Done;
    await endRequests(host, home, () => {
      if (forget) code = forgetLogs(host, home);
      return NOTHING;
    });
    const { machineId, formerIds } = result;
    if (invocation.switches.has("json")) printJson(host, { machineId, formerIds });
    else {
      if (machineId !== null) host.stdout(`${machineId}\n`);
      const former = formerIds.join(", ") || "none";
      host.say(forget ? `Forgotten: ${former}\n` : `The machine id is new. Former ids: ${former}\n`);
    }
    if (readFleetId(host) !== undefined) {
      host.problem("RASA_TELEMETRY_MACHINE_ID comes first: reports carry its id while it is set");
    }
    return code;
  },
};

/** Deletes the logs again: a request that has just ended may have written the old id into one. */
function forgetLogs(host: Host, home: Home): ExitCode {
  try {
    clearSentLog(host, home);
    clearLocalLog(host, home);
    return ExitCode.Done;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    const what = `Cannot delete the logs in ${printable(home.telemetryDirectory)}: ${error.code}`;
    host.problem(`${what}; an id that is forgotten may be in one; run the same again`);
    return ExitCode.Usage;
  }
}
