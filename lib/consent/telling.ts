import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import type { Consent } from "./consent.ts";
import { readGlobalYml } from "./global_yml/parse.ts";
import type { ConsentRecord, Telling } from "./record.ts";
import { changeRecord, forgetTold } from "./record_file.ts";
import { findingsOf, recordNow } from "./settle.ts";
import { leaveTold } from "./told.ts";
import { wasTold } from "./transitions.ts";

/**
 * Shows the notice and keeps that it was shown. Returns whether it was shown: where nothing can be kept it isn't. A
 * process that dies in between has kept nothing: users are told again, and nothing leaves because of a notice that
 * nobody saw. Throws `FileFault`.
 */
export async function tell(
  host: Host,
  home: Home,
  consent: Consent,
  telling: Omit<Telling, "first">,
  show: () => boolean,
): Promise<boolean> {
  // The record as it is, written once more: that shows whether it can be.
  if (await keepRecord(host, home, consent, (record) => record) === undefined || !show()) return false;
  const kept = await keepRecord(host, home, consent, (record) => wasTold(record, telling));
  if (kept === undefined) return true;
  forgetTold(host, home);
  await leaveTold(host, home, { ...telling, place: consent.ground.place }, telling.terminal);
  return true;
}

/** Writes the record as it is now, with a change. Undefined where that can't be done. */
async function keepRecord(
  host: Host,
  home: Home,
  { ground }: Consent,
  change: (record: ConsentRecord) => ConsentRecord,
): Promise<ConsentRecord | undefined> {
  const stored = await changeRecord(host, home, (file) => {
    if (file.kind === "closed") return undefined;
    const findings = findingsOf(ground, readGlobalYml(host, home), host.now());
    return change(recordNow(file, findings, () => host.uuid()));
  });
  return stored !== "busy" && stored !== "unwritable" && stored.kind === "record" ? stored.record : undefined;
}
