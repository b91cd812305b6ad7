import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { newMachineId } from "../machine_id.ts";
import { type Consent, judge } from "./consent.ts";
import { readGlobalYml } from "./global_yml/parse.ts";
import { hasOwnFileSystem } from "./place.ts";
import type { ConsentRecord } from "./record.ts";
import { changeRecord, type RecordFile, type Stored, tryToChangeRecord } from "./record_file.ts";
import type { Configuration } from "./rules.ts";
import { findingsOf, recordNow } from "./settle.ts";

/** What must be in the record before anything is recorded under it. */
export type Need = "nothing new" | "a record" | "an id";

/** A consent whose record is kept, or why it can't be. */
export interface Kept {
  readonly consent: Consent;
  /** Whether the record's file says what `consent` says. */
  readonly isKept: boolean;
}

/**
 * Keeps what was found out about the record, so that whoever looks next finds it too, and adds what is needed. Waits
 * for other processes that are changing it. Never throws for what the disk does.
 */
export async function keepConsent(host: Host, consent: Consent, need: Need): Promise<Kept> {
  const { home } = consent;
  if (home === undefined || isComplete(consent, need)) return { consent, isKept: home !== undefined };
  return afterwards(host, home, consent, await changeRecord(host, home, changeFor(host, home, consent, need)));
}

/** The same without waiting: for a process that asks before each request. */
export function tryToKeepConsent(host: Host, consent: Consent): Kept {
  const { home } = consent;
  if (home === undefined || isComplete(consent, "nothing new")) return { consent, isKept: home !== undefined };
  const change = changeFor(host, home, consent, "nothing new");
  return afterwards(host, home, consent, tryToChangeRecord(host, home, change));
}

/**
 * The record with a machine id: the one that Rasa keeps in `global.yml`, where this is the machine that it was made on,
 * or a new one.
 */
export function completeId(
  host: Host,
  record: ConsentRecord,
  configuration: Configuration,
): ConsentRecord & { readonly machineId: string } {
  return { ...record, machineId: record.machineId ?? adoptedId(record, configuration) ?? newMachineId(host) };
}

/** Rasa's own id, where it may become this machine's; undefined where there is none, or it came with an image. */
export function adoptedId({ adoptsId, place }: ConsentRecord, configuration: Configuration): string | undefined {
  if (!adoptsId || hasOwnFileSystem(place) || configuration.kind !== "stored") return undefined;
  return configuration.stored.machineId;
}

function isComplete({ file, changed, standing: { record } }: Consent, need: Need): boolean {
  if (file?.kind !== "record") return need === "nothing new";
  return !changed && (need !== "an id" || record.machineId !== null);
}

/** The change of the record's file, judged anew under the lock: another process may have been there meanwhile. */
function changeFor(
  host: Host,
  home: Home,
  { ground }: Consent,
  need: Need,
): (file: RecordFile) => ConsentRecord | undefined {
  return (file) => {
    if (file.kind === "closed" || (file.kind === "none" && need === "nothing new")) return undefined;
    const configuration = readGlobalYml(host, home);
    const record = recordNow(file, findingsOf(ground, configuration, host.now()), () => host.uuid());
    if (need === "an id" && record.machineId === null) return completeId(host, record, configuration);
    return file.kind === "record" && record === file.record ? undefined : record;
  };
}

function afterwards(host: Host, home: Home, consent: Consent, stored: Stored): Kept {
  if (stored === "busy" || stored === "unwritable" || stored.kind === "closed") return { consent, isKept: false };
  const now = judge(host, consent.ground, consent.policy, readGlobalYml(host, home));
  return { consent: now, isKept: !now.changed };
}
