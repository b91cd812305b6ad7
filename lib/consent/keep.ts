import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { newMachineId } from "../machine_id.ts";
import type { Consent } from "./ground.ts";
import { conclude } from "./judge.ts";
import { readGlobalYml } from "./global_yml/parse.ts";
import { hasOwnFileSystem } from "./place.ts";
import type { ConsentRecord } from "./record.ts";
import { changeRecord, type RecordFile, type Stored, tryToChangeRecord } from "./record_file.ts";
import type { Configuration } from "./rules.ts";
import { findingsOf, recordNow } from "./settle.ts";

/** What must be in the record before anything is recorded under it. */
export type Need = "nothing new" | "a record" | "an id";

/** What a process that records or sends needs. No id is made before somebody was told, said yes or switched it on. */
export function needOf({ decidedBy, standing: { record, byVariable } }: Consent): Need {
  const isKnown = record.told !== null || record.asked !== null || byVariable || decidedBy === "local";
  return isKnown ? "an id" : "a record";
}

/** A consent whose record is kept, or why it can't be. */
export interface Kept {
  readonly consent: Consent;
  /** Whether the record's file says what `consent` says. */
  readonly isKept: boolean;
  /** Whether it isn't kept because another process is changing it. */
  readonly isBusy: boolean;
}

/**
 * Keeps what was found out about the record, so that whoever looks next finds it too, and adds what is needed. Waits
 * for other processes that are changing it. Never throws for what the disk does.
 */
export async function keepConsent(host: Host, consent: Consent, need: Need): Promise<Kept> {
  const { home } = consent;
  if (home === undefined || isComplete(consent, need)) return unchanged(consent);
  const judging = judgeAnew(host, home, consent, need);
  return judging.conclude(await changeRecord(host, home, judging.change));
}

/** The same without waiting: for a process that asks before each request. */
export function tryToKeepConsent(host: Host, consent: Consent): Kept {
  const { home } = consent;
  if (home === undefined || isComplete(consent, "nothing new")) return unchanged(consent);
  const judging = judgeAnew(host, home, consent, "nothing new");
  return judging.conclude(tryToChangeRecord(host, home, judging.change));
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

/**
 * What consent comes to under the lock: another process may have been there meanwhile. Without it nobody sees both
 * files as they are at one moment. `change` is the change of the record's file, `conclude` what it all comes to.
 */
function judgeAnew(host: Host, home: Home, consent: Consent, need: Need) {
  const { ground, policy } = consent;
  const makeEpoch = () => host.uuid();
  let configuration: Configuration | undefined;
  return {
    change(file: RecordFile): ConsentRecord | undefined {
      configuration = readGlobalYml(host, home);
      if (file.kind === "closed" || (file.kind === "none" && need === "nothing new")) return undefined;
      const record = recordNow(file, findingsOf(ground, configuration, host.now()), makeEpoch);
      if (need === "an id" && record.machineId === null) return completeId(host, record, configuration);
      return file.kind === "record" && record === file.record ? undefined : record;
    },
    conclude(stored: Stored): Kept {
      if (stored === "busy") return { consent: inKeptEpoch(consent), isKept: false, isBusy: true };
      if (stored === "unwritable" || stored.kind === "closed" || configuration === undefined) {
        return { consent, isKept: false, isBusy: false };
      }
      const now = conclude({ ground, policy, configuration, file: stored, now: host.now() }, makeEpoch);
      return { consent: now, isKept: !now.changed, isBusy: false };
    },
  };
}

/**
 * The consent with the epoch that is kept. Whoever is changing the record may have stored half of a choice: what looks
 * like a new epoch may be none, and if it is one, what is recorded meanwhile goes with the old one.
 */
function inKeptEpoch(consent: Consent): Consent {
  const { file, standing } = consent;
  if (file?.kind !== "record") return consent;
  return { ...consent, standing: { ...standing, record: { ...standing.record, epoch: file.record.epoch } } };
}

function unchanged(consent: Consent): Kept {
  return { consent, isKept: consent.home !== undefined, isBusy: false };
}
