import type { BuildConfig } from "../build_config.ts";
import { type Invocation, type OptionRule, printJson } from "../cli/command.ts";
import { ExitCode } from "../cli/exit_code.ts";
import { type Consent, isDebug, mayRecordTraits, readConsent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";
import type { RecordResult } from "./outcome.ts";
import { settleChanges } from "./settle_changes.ts";

/** How long recording and delivering may take in all, in seconds, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_S = 10;

/** The option that says how long. */
export const TIMEOUT_OPTION: OptionRule = {
  kind: "seconds",
  help: `how long delivering may take in all (${DEFAULT_TIMEOUT_S} unless given; 0: only queue)`,
};

const DISABLED: RecordResult = {
  outcome: "disabled",
  messageId: null,
  heldUntil: null,
  withheld: [],
  withheldUnknown: 0,
};

/**
 * Records one event, or traits where `event` is undefined, and prints what `--json` or debug mode asks for. Where
 * telemetry is off nothing is looked at, and next to nothing is loaded: neither the input nor whether there is such an
 * event.
 */
export async function record(
  host: Host,
  build: BuildConfig,
  invocation: Invocation,
  event: string | undefined,
): Promise<ExitCode> {
  const timeoutS = invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S;
  const until = timeoutS === 0 ? "only queue" : host.elapsed() + timeoutS * 1000;
  const consent = await readConsent(host, build);
  let result = DISABLED;
  if (!consent.enabled) await settleChanges(host, consent);
  if (isOn(host, consent, event === undefined ? "traits" : "properties")) {
    const { recordOne } = await import("./record_one.ts");
    result = await recordOne(host, build, consent, event, until);
  }
  if (invocation.switches.has("json")) printJson(host, result);
  else if (result.report !== undefined) {
    printJson(host, result.report);
    const { sayWithheld } = await import("./say_withheld.ts");
    sayWithheld(host, result);
  }
  return ExitCode.Done;
}

/** Whether telemetry is on for events or for traits. In debug mode people are told where it is off. */
export function isOn(host: Host, consent: Consent, root: "properties" | "traits"): boolean {
  if (consent.enabled && mayRecord(consent, root)) return true;
  if (isDebug(host)) host.problem(`telemetry is off (${consent.decidedBy}): no report is made`);
  return false;
}

/** Traits have a switch of their own in `global.yml`. */
export function mayRecord(consent: Consent, root: "properties" | "traits"): boolean {
  return root !== "traits" || mayRecordTraits(consent);
}
