import type { BuildConfig } from "../build_config.ts";
import { identify, identifyForDebug } from "../consent/identity.ts";
import { TERMS_URL } from "../consent/notice.ts";
import { type Consent, isDebug, mayKeep, readConsent, readPermit } from "../consent/read_consent.ts";
import { gatherContext } from "../context/context.ts";
import { FileFault, type Host } from "../host/host.ts";
import type { Report } from "../report/report.ts";
import { isTooLarge, writeReport, type WrittenReport } from "../report/written_report.ts";
import { REQUEST_TIMEOUT_MS } from "../sender/batch.ts";
import { deliver, deliverDirectly } from "../sender/delivery.ts";
import { enqueue, type QueuedReport, removeQueued } from "../sender/queue.ts";
import { findLeakingProxy } from "../sender/proxy.ts";
import { type Destination, readAuthorities, readWriteKey } from "../sender/transport.ts";
import { ExitCode, type Invocation, type OptionRule, printJson } from "./command.ts";
import { readInput } from "./input.ts";
import { makeReport, passCaller, type Recording } from "./make_report.ts";

/** What became of a report. `dropped`: it could neither be kept nor delivered. */
export type Outcome = "delivered" | "queued" | "held" | "disabled" | "debug" | "no_write_key" | "rejected" | "dropped";

/** What `--json` prints of a report. */
export interface RecordResult {
  readonly outcome: Outcome;
  /** Null where no report was made. */
  readonly messageId: string | null;
  /** Paths of the catalogue whose values did not pass. */
  readonly withheld: readonly string[];
  /** How many keys are not in the catalogue, or repeat another. They are only counted: a key can be a secret too. */
  readonly withheldUnknown: number;
  /** In debug mode the report exactly as it would leave; elsewhere missing. */
  readonly report?: Report;
}

/** How long recording and delivering may take in all, in seconds, unless the caller says otherwise. */
const DEFAULT_TIMEOUT_S = 10;

/** The option that says how long. */
export const TIMEOUT_OPTION: OptionRule = {
  kind: "seconds",
  help: `how long delivering may take in all (${DEFAULT_TIMEOUT_S} unless given; 0: only queue)`,
};

/** Consent, redaction, context, report, queue, delivery: the one way of every report. Prints what `--json` or debug mode asks for. */
export async function record(
  host: Host,
  build: BuildConfig,
  invocation: Invocation,
  recording: Recording,
  purpose: string,
): Promise<ExitCode> {
  const timeoutS = invocation.numbers.get("timeout") ?? DEFAULT_TIMEOUT_S;
  const result = await recordOnce(host, build, recording, purpose, timeoutS);
  if (invocation.switches.has("json")) printJson(host, result);
  else if (result.report !== undefined) printJson(host, result.report);
  return ExitCode.Done;
}

async function recordOnce(
  host: Host,
  build: BuildConfig,
  recording: Recording,
  purpose: string,
  timeoutS: number,
): Promise<RecordResult> {
  const until = host.elapsed() + timeoutS * 1000;
  const consent = await readConsent(host, build);
  const debug = isDebug(host);
  if (!consent.enabled || !allowsTraits(consent, recording)) {
    if (debug) host.stderr(`rasa-telemetry: telemetry is off (${consent.decidedBy}): no report is made\n`);
    return { outcome: "disabled", messageId: null, withheld: [], withheldUnknown: 0 };
  }
  sayOverruled(host, consent);
  const input = await readInput(host, purpose, [recording.root, "context"]);
  const passed = await passCaller(recording, input.values[recording.root], input.values["context"]);
  const { withheld } = passed;
  const withheldUnknown = passed.withheldUnknown + input.duplicates;
  const writeKey = readWriteKey(host, build);
  if (!debug && writeKey === undefined) return { outcome: "no_write_key", messageId: null, withheld, withheldUnknown };
  const identity = debug ? identifyForDebug(host, consent) : await identify(host, consent);
  const machine = await gatherContext(host, consent.licence);
  const report = makeReport(host, recording, passed, machine, identity.machineId, host.now());
  const result = (outcome: Outcome): RecordResult => ({
    outcome,
    messageId: report.messageId,
    withheld,
    withheldUnknown,
  });
  if (debug) return { ...result("debug"), report };
  const written = writeReport(report);
  if (isTooLarge(written)) return result("rejected");
  const destination: Destination = {
    endpoint: build.endpoint,
    writeKey: writeKey ?? "",
    authorities: readAuthorities(host),
  };
  const kept = keep(host, consent, { choice: identity.choice, report: written });
  if (kept === "withdrawn") return { ...result("disabled"), messageId: null };
  if (kept === "unkept") return await sendUnkept(host, consent, destination, written, until, result);
  if (!consent.told) return result("held");
  if (timeoutS === 0 || consent.home === undefined || findLeakingProxy(host, build.endpoint)) return result("queued");
  host.relinquish();
  const permit = () => readPermit(host, consent, identity.machineId);
  const delivery = await deliver(host, { home: consent.home, destination, permit, until, patient: true });
  if (delivery.delivered.has(report.messageId)) return result("delivered");
  return result(delivery.rejected.has(report.messageId) ? "rejected" : "queued");
}

/** Says once that the licence comes before the variable that says off. */
export function sayOverruled(host: Host, consent: Consent): void {
  if (consent.overruled === undefined) return;
  host.stderr(`rasa-telemetry: ${consent.overruled} says off, but the licence doesn't allow that; see ${TERMS_URL}\n`);
}

/** Traits have a switch of their own in `global.yml`, which counts where nothing above it decides. */
export function allowsTraits(consent: Consent, recording: Recording): boolean {
  if (recording.root !== "traits" || consent.byEnvironment || consent.configuration?.kind !== "stored") return true;
  return consent.configuration.stored.traitsEnabled;
}

/** Queues a report, and takes it back where telemetry was switched off meanwhile. */
function keep(host: Host, consent: Consent, queued: QueuedReport): "kept" | "unkept" | "withdrawn" {
  const { home } = consent;
  if (home === undefined) return "unkept";
  try {
    const file = enqueue(host, home, queued);
    if (mayKeep(host, consent)) return "kept";
    removeQueued(host, home, [file]);
    return "withdrawn";
  } catch (error) {
    if (error instanceof FileFault) return "unkept";
    throw error;
  }
}

/** No folder can be written: off, unless the environment says on. Then there is one attempt. */
async function sendUnkept(
  host: Host,
  consent: Consent,
  destination: Destination,
  report: WrittenReport,
  until: number,
  result: (outcome: Outcome) => RecordResult,
): Promise<RecordResult> {
  if (!consent.byEnvironment || !consent.told) return { ...result("disabled"), messageId: null };
  const left = until - host.elapsed();
  if (left <= 0 || findLeakingProxy(host, destination.endpoint)) return result("dropped");
  host.relinquish();
  const verdict = await deliverDirectly(host, destination, report, Math.min(REQUEST_TIMEOUT_MS, left));
  return result(verdict === "retry" ? "dropped" : verdict === "delivered" ? "delivered" : "rejected");
}
