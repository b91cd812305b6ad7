import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import type { Consent } from "./consent.ts";
import { parseConfiguration } from "./global_yml/parse.ts";
import { readConfiguration } from "./global_yml/read.ts";
import { completeId } from "./keep.ts";
import type { ConsentRecord, Telling } from "./record.ts";
import { changeRecord, forgetTold } from "./record_file.ts";
import { freshRecord, nameOfChoice, settle } from "./settle.ts";
import { leaveTold } from "./told.ts";
import { wasTold } from "./transitions.ts";

/**
 * Shows the notice and keeps that it was shown, with a machine id for what follows. Returns whether both were possible:
 * what can't be kept isn't shown, and what could not be shown is not kept. Throws `FileFault`.
 */
export async function tell(
  host: Host,
  home: Home,
  consent: Consent,
  telling: Telling,
  show: () => boolean,
): Promise<boolean> {
  const before = consent.standing.record.told;
  const kept = await keepTelling(host, home, consent, telling);
  if (kept === undefined) return false;
  if (!show()) {
    await changeRecord(host, home, (file) => {
      return file.kind === "record" && file.record.told?.at === telling.at
        ? { ...file.record, told: before }
        : undefined;
    });
    return false;
  }
  forgetTold(host, home);
  await leaveTold(host, home, { ...telling, place: kept.place }, telling.terminal);
  return true;
}

async function keepTelling(
  host: Host,
  home: Home,
  { ground }: Consent,
  told: Telling,
): Promise<ConsentRecord | undefined> {
  const stored = await changeRecord(host, home, (file) => {
    if (file.kind === "closed") return undefined;
    const configuration = readConfiguration(host, home, parseConfiguration);
    const findings = { ...ground, now: host.now(), choice: nameOfChoice(configuration) };
    const record = file.kind === "none"
      ? freshRecord(findings, host.uuid())
      : settle(file.record, findings, () => host.uuid()).record;
    return wasTold(completeId(host, record, configuration), told);
  });
  return stored !== "busy" && stored !== "unwritable" && stored.kind === "record" ? stored.record : undefined;
}
