import type { BuildConfig } from "../build_config.ts";
import { identify, identifyForDebug } from "../consent/identity.ts";
import { type Consent, isDebug } from "../consent/consent.ts";
import { mayKeep } from "../consent/permit.ts";
import { gatherContext } from "../context/context.ts";
import { FileFault, type Host } from "../host/host.ts";
import { TRAITS } from "../report/catalogue.ts";
import type { Withheld } from "../report/withheld.ts";
import { isTooLarge, writeReport, type WrittenReport } from "../report/written_report.ts";
import { REQUEST_TIMEOUT_MS } from "../sender/batch.ts";
import { type Destination, readAuthorities, readWriteKey } from "../sender/route.ts";
import { prepareDelivery } from "../sender/server_state.ts";
import { findLeakingProxy } from "../sender/proxy.ts";
import { enqueue, noteDropped, type QueuedFile, type QueuedReport, removeQueued } from "../sender/disk_queue/files.ts";
import { requireEvent } from "../cli/event_names.ts";
import { readInput } from "./input/document.ts";
import { makeReport, passCaller, type Recording } from "./make_report.ts";
import { sayOverruled } from "./overruled.ts";
import type { Outcome, RecordResult } from "./outcome.ts";

/**
 * Makes the report, keeps it and tries to deliver what waits, by `until` (of `host.elapsed()`). Only where telemetry is on.
 * Throws `UsageError` for an event that isn't in the catalogue, and for bad input.
 */
export async function recordReport(
  host: Host,
  build: BuildConfig,
  consent: Consent,
  event: string | undefined,
  until: number | "only queue",
): Promise<RecordResult> {
  sayOverruled(host, consent);
  const recording = recordingOf(event);
  const debug = isDebug(host);
  const writeKey = readWriteKey(host, build);
  const sends = !debug && writeKey !== undefined && until !== "only queue" && consent.told &&
    findLeakingProxy(host, build.endpoint) === undefined;
  if (sends) prepareDelivery(host, build.endpoint, consent.home);
  const purpose = `Cannot record ${event === undefined ? "traits" : `"${event}"`}`;
  const input = await readInput(host, purpose, [recording.root, "context"]);
  const passed = await passCaller(recording, input.values[recording.root], input.values["context"]);
  const held: Withheld = { withheld: passed.withheld, withheldUnknown: passed.withheldUnknown + input.duplicates };
  if (!debug && writeKey === undefined) return { outcome: "no_write_key", messageId: null, ...held };
  const identity = debug ? identifyForDebug(host, consent) : await identify(host, consent);
  const machine = await gatherContext(host, consent.licence);
  const report = makeReport(host, recording, passed, machine, identity.machineId, host.now());
  const result = (outcome: Outcome): RecordResult => ({ outcome, messageId: report.messageId, ...held });
  if (debug) return { ...result("debug"), report };
  const written = writeReport(report, held);
  if (isTooLarge(written)) {
    if (consent.home !== undefined) noteDropped(host, consent.home, 1);
    return result("rejected");
  }
  const destination: Destination = {
    endpoint: build.endpoint,
    writeKey: writeKey ?? "",
    authorities: readAuthorities(host),
  };
  const queued: QueuedReport = { choice: identity.choice, report: written };
  const kept = keep(host, consent, queued);
  if (kept === "withdrawn") return { ...result("disabled"), messageId: null };
  const sendUntil = sends ? until : host.elapsed();
  if (kept === "unkept") return await sendUnkept(host, consent, destination, written, sendUntil, result);
  if (!consent.told) return result("held");
  if (!sends || consent.home === undefined) return result("queued");
  const [{ deliver }, { readPermit }] = await Promise.all([
    import("../sender/flush_queue.ts"),
    import("../consent/permit.ts"),
  ]);
  host.relinquish();
  const permit = () => readPermit(host, consent, identity.machineId);
  const own = { file: kept, queued };
  const delivery = await deliver(host, { home: consent.home, destination, permit, until, patient: true, own });
  if (delivery.delivered.has(report.messageId)) return result("delivered");
  return result(delivery.rejected.has(report.messageId) ? "rejected" : "queued");
}

function recordingOf(event: string | undefined): Recording {
  if (event === undefined) return { event, root: "traits", rules: TRAITS };
  const { name, properties } = requireEvent(event);
  return { event: name, root: "properties", rules: properties };
}

/** Queues a report, and takes it back where telemetry was switched off meanwhile. */
function keep(
  host: Host,
  consent: Consent,
  queued: QueuedReport,
): QueuedFile | "unkept" | "withdrawn" {
  const { home } = consent;
  if (home === undefined) return "unkept";
  try {
    const file = enqueue(host, home, queued);
    if (mayKeep(host, consent)) return file;
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
  if (left <= 0) return result("dropped");
  const { deliverDirectly } = await import("../sender/flush_queue.ts");
  host.relinquish();
  const verdict = await deliverDirectly(host, destination, report, Math.min(REQUEST_TIMEOUT_MS, left));
  return result(verdict === "retry" ? "dropped" : verdict === "delivered" ? "delivered" : "rejected");
}
