import { basename, join } from "@std/path";
import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import { newMachineId } from "../machine_id.ts";
import type { Consent } from "./ground.ts";
import { findingsAt, readConfigurationEarly } from "./judge.ts";
import { adoptedId } from "./keep.ts";
import { takeConfigLock } from "./lock.ts";
import type { ConsentRecord } from "./record.ts";
import { readRecord, replaceRecord } from "./record_file.ts";
import { recordNow } from "./settle.ts";
import { withNewId } from "./transitions.ts";

/** A new machine id, and those before it. Null: the next one is made when it is needed. */
export interface NewId {
  readonly machineId: string | null;
  readonly formerIds: readonly string[];
}

/**
 * Gives the machine a new id, and begins a new epoch: nothing that was recorded before leaves. Returns why it can't be
 * done where it can't, in a sentence.
 */
export async function resetId(host: Host, home: Home, consent: Consent): Promise<NewId | string> {
  return await replaceId(host, home, consent, (record) => {
    replaceRecord(host, home, record);
    return record;
  });
}

/** The same, and removes everything else that is kept, former ids too, but for the choice. Returns these once more. */
export async function forgetAll(host: Host, home: Home, consent: Consent): Promise<NewId | string> {
  return await replaceId(host, home, consent, (record) => {
    const { consentRecord, vetoFile, configLock, noticeLock, sendingLock, deliveryLock, requestFile } = home;
    // Notes of requests stay, because people are told next which may still arrive. A delivery sweeps them.
    const isNote = (name: string) => name.startsWith(`${basename(requestFile)}-`);
    // Locks hold nothing. A process that has one open must find it again, or `disable` would not wait for it.
    // The record goes last and in one step: were it missing for a moment, a yes would be lost, and Rasa's id taken.
    const kept = [consentRecord, vetoFile, configLock, noticeLock, sendingLock, deliveryLock].map((path) =>
      basename(path)
    );
    for (const { name, kind } of host.files.list(home.telemetryDirectory)) {
      if (kind === "directory" || kept.includes(name) || isNote(name)) continue;
      // A process that is at work may have removed it by now.
      orIfMissing(() => host.files.remove(join(home.telemetryDirectory, name)), undefined);
    }
    replaceRecord(host, home, { ...record, machineId: null, formerIds: [] });
    return { ...record, machineId: null };
  });
}

/** Throws nothing for what the disk does. */
async function replaceId(
  host: Host,
  home: Home,
  consent: Consent,
  store: (record: ConsentRecord) => NewId,
): Promise<NewId | string> {
  const problem = (why: string) => `Cannot make a new machine id in ${home.telemetryDirectory}: ${why}`;
  orElse(() => host.files.makeDirectory(home.telemetryDirectory), undefined);
  const lock = await takeConfigLock(host, home);
  if (lock === undefined) return problem("another process has been changing it for 2 s; try again");
  try {
    const configuration = await readConfigurationEarly(host, home);
    const findings = await findingsAt(host, consent, configuration);
    const file = readRecord(host, home);
    if (file.kind === "closed") return problem(file.problem);
    const before = recordNow(file, findings, () => host.uuid());
    const old = before.machineId ?? adoptedId(before, configuration) ?? null;
    const { machineId, formerIds } = store(
      withNewId(before, { machineId: newMachineId(host), old, epoch: host.uuid() }),
    );
    return { machineId, formerIds };
  } catch (error) {
    if (error instanceof FileFault) return problem(error.code);
    throw error;
  } finally {
    lock.release();
  }
}
