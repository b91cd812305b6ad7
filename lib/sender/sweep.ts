import type { Consent } from "../consent/consent.ts";
import { keepConsent, type Kept, type Need } from "../consent/keep.ts";
import { fateOf } from "../consent/permission.ts";
import type { ConsentRecord } from "../consent/record.ts";
import type { Host } from "../host/host.ts";
import type { Home } from "../home.ts";
import { orElse } from "../host/or_else.ts";
import { dropOtherEpochs, readQueued } from "./disk_queue/content.ts";
import { dropQueued, listQueue } from "./disk_queue/files.ts";

/**
 * Keeps what was found out about consent, with what is needed in the record, and deletes what waits from before a
 * change of it. A no that was written over is stored again.
 */
export async function keepAndSweep(host: Host, consent: Consent, need: Need): Promise<Kept> {
  if (consent.overwritten && consent.home !== undefined) {
    const { restoreNo } = await import("../consent/choose.ts");
    await restoreNo(host, consent.home);
  }
  const kept = await keepConsent(host, consent, need);
  const { home, standing } = kept.consent;
  const isNew = standing.record.epoch !== "" && (consent.changed || consent.file?.kind === "none");
  if (kept.isKept && isNew && home !== undefined) dropOtherEpochs(host, home, standing.record.epoch);
  return kept;
}

/** Deletes and counts what waits and never may leave under this record, whatever else keeps telemetry off just now. */
export function dropHopeless(host: Host, home: Home, record: ConsentRecord): void {
  const standing = { record, now: host.now(), byVariable: false, byLicence: false };
  for (const file of orElse(() => listQueue(host, home), [])) {
    const queued = readQueued(host, file);
    const fate = queued === undefined ? undefined : fateOf(queued.label, standing);
    if (fate?.kind === "dropped") dropQueued(host, home, [file], fate.reason);
  }
}
