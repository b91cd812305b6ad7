import type { BuildConfig } from "../build_config.ts";
import { type Consent, isDebug, readConsent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";
import { type Invocation, type OptionRule, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import type { Recording } from "./make_report.ts";
import type { RecordResult } from "./outcome.ts";

/** How long recording and delivering may take in all, in seconds, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_S = 10;

/** The option that says how long. */
export const TIMEOUT_OPTION: OptionRule = {
  kind: "seconds",
  help: `how long delivering may take in all (${DEFAULT_TIMEOUT_S} unless given; 0: only queue)`,
};

/**
 * Consent, redaction, context, report, queue, delivery: the one way of every report. `event` is a name as the caller gave it;
 * undefined: traits. Prints what `--json` or debug mode asks for. Where telemetry is off, nothing is looked at, and next to
 * nothing is loaded: neither the input nor whether there is such an event.
 */
export async function record(
  host: Host,
  build: BuildConfig,
  invocation: Invocation,
  event: string | undefined,
): Promise<ExitCode> {
  const timeoutS = invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S;
  const until = host.elapsed() + timeoutS * 1000;
  const consent = await readConsent(host, build);
  let result = DISABLED;
  if (consent.enabled && allows(consent, event === undefined ? "traits" : "properties")) {
    const { recordReport } = await import("./record_report.ts");
    result = await recordReport(host, build, consent, event, timeoutS === 0 ? "only queue" : until);
  } else if (isDebug(host)) {
    host.problem(`telemetry is off (${consent.decidedBy}): no report is made`);
  }
  if (invocation.switches.has("json")) printJson(host, result);
  else if (result.report !== undefined) printJson(host, result.report);
  return ExitCode.Done;
}

const DISABLED: RecordResult = { outcome: "disabled", messageId: null, withheld: [], withheldUnknown: 0 };

/** Traits have a switch of their own in `global.yml`, which counts where nothing above it decides. */
export function allows(consent: Consent, root: Recording["root"]): boolean {
  if (root !== "traits" || consent.byEnvironment || consent.configuration?.kind !== "stored") return true;
  return consent.configuration.stored.traitsEnabled;
}
