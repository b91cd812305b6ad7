import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import type { Consent } from "./ground.ts";
import { findingsAt, readConfigurationEarly } from "./judge.ts";
import { ConfigurationError } from "./global_yml/configuration_error.ts";
import { removeVeto, storeChoice, storeVeto } from "./global_yml/store.ts";
import { completeId } from "./keep.ts";
import { takeConfigLock } from "./lock.ts";
import type { ConsentRecord } from "./record.ts";
import { readRecord, replaceRecord } from "./record_file.ts";
import type { Configuration } from "./rules.ts";
import { nameOfChoice, recordNow } from "./settle.ts";
import { keptLocal, saidNo, saidYes } from "./transitions.ts";

/** The choices that a person makes: no, yes, and to keep everything here. Each stores all that it takes, or fails. */

/** What a stored no came to. */
export interface StoredNo {
  /** Why the no stands beside `global.yml`; undefined where it is in it. */
  readonly beside: ConfigurationError | undefined;
}

/**
 * Stores a no: in `global.yml`, or beside it where that can't be changed, because a no must always be possible. What
 * was recorded before never leaves: the record gets a new epoch, if there is one. Throws `ConfigurationError` where a
 * no can be stored nowhere.
 */
export async function chooseNo(host: Host, home: Home, consent: Consent): Promise<StoredNo> {
  const lock = await takeConfigLock(host, home);
  try {
    const before = await readConfigurationEarly(host, home);
    const file = readRecord(host, home);
    const beside = await putNo(host, home, lock, file.kind === "record" && file.record.local);
    const after = nameOfChoice(await readConfigurationEarly(host, home));
    if (file.kind === "record") {
      const record = recordNow(file, await findingsAt(host, consent, before), () => host.uuid());
      const stopped = saidNo(record, { before: nameOfChoice(before), after, wasNo: isOff(before), epoch: host.uuid() });
      // Whoever looks next finds another choice than the record has, and begins a new epoch by itself.
      orElse(() => replaceRecord(host, home, stopped), undefined);
    }
    return { beside };
  } finally {
    lock?.release();
  }
}

/** Stores a yes, given to the notice of that number. Throws `ConfigurationError`; then telemetry is as it was. */
export async function chooseYes(host: Host, home: Home, consent: Consent, notice: number): Promise<ConsentRecord> {
  return await choose(host, home, consent, async (record) => {
    const at = host.now().toISOString();
    await storeChoice(host, home, { enabled: true, date: at });
    // Comes last: while it stands, telemetry is off.
    removeVeto(host, home);
    return saidYes(record, {
      at,
      notice,
      addressee: consent.ground.addressee,
      choice: nameOfChoice(await readConfigurationEarly(host, home)),
    });
  });
}

/** Stores that reports are kept on this machine and never sent. Throws `ConfigurationError`. */
export async function chooseLocal(host: Host, home: Home, consent: Consent): Promise<ConsentRecord> {
  return await choose(host, home, consent, async (record, before) => {
    await storeChoice(host, home, { enabled: false, date: host.now().toISOString() }, !record.local);
    const names = { before: nameOfChoice(before), after: nameOfChoice(await readConfigurationEarly(host, home)) };
    return keptLocal(record, { ...names, wasNo: isOff(before), epoch: host.uuid() });
  });
}

/** Stores again a no that was written over by a program that hadn't seen it. Where it can't be, it still holds. */
export async function restoreNo(host: Host, home: Home): Promise<void> {
  const lock = await takeConfigLock(host, home);
  try {
    await putNo(host, home, lock);
    const file = readRecord(host, home);
    const choice = nameOfChoice(await readConfigurationEarly(host, home));
    if (file.kind === "record" && choice !== undefined && choice !== file.record.overwritten) {
      replaceRecord(host, home, { ...file.record, choice });
    }
  } catch (error) {
    if (!(error instanceof ConfigurationError || error instanceof FileFault)) throw error;
  } finally {
    lock?.release();
  }
}

/** Why a no stands beside the file; undefined where it is in it. Throws `ConfigurationError`. */
async function putNo(
  host: Host,
  home: Home,
  lock: FileLock | undefined,
  wasLocal = false,
): Promise<ConfigurationError | undefined> {
  try {
    if (lock === undefined) throw busy(home);
    await storeChoice(host, home, { enabled: false, date: host.now().toISOString() }, wasLocal);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    if (isOff(await readConfigurationEarly(host, home))) return undefined;
    try {
      storeVeto(host, home);
    } catch (fault) {
      throw fault instanceof FileFault ? error : fault;
    }
    return error;
  }
}

/**
 * Changes choice and record together. The record is written before the choice too, because a yes that only half of
 * them know would be none.
 */
async function choose(
  host: Host,
  home: Home,
  consent: Consent,
  change: (record: ConsentRecord, before: Configuration) => Promise<ConsentRecord>,
): Promise<ConsentRecord> {
  // Comes before the lock, whose file is in it: or two processes at a first run would each begin an epoch.
  makeFolder(host, home);
  const lock = await takeConfigLock(host, home);
  if (lock === undefined) throw busy(home);
  try {
    const before = await readConfigurationEarly(host, home);
    const findings = await findingsAt(host, consent, before);
    const file = readRecord(host, home);
    if (file.kind === "closed") throw unwritable(home, file.problem);
    const complete = completeId(host, recordNow(file, findings, () => host.uuid()), before);
    replaceRecord(host, home, complete);
    const record = await change(complete, before);
    replaceRecord(host, home, record);
    return record;
  } catch (error) {
    if (error instanceof FileFault) throw unwritable(home, error.code, error);
    throw error;
  } finally {
    lock.release();
  }
}

/** Throws `ConfigurationError`. */
function makeFolder(host: Host, home: Home): void {
  try {
    host.files.makeDirectory(home.telemetryDirectory);
  } catch (error) {
    throw error instanceof FileFault ? unwritable(home, error.code, error) : error;
  }
}

function isOff(configuration: Configuration): boolean {
  return configuration.kind === "stored" && !configuration.stored.enabled;
}

function busy(home: Home): ConfigurationError {
  return new ConfigurationError(
    "busy",
    `Cannot change ${home.configFile}: another process has been changing it for 2 s; try again`,
  );
}

function unwritable(home: Home, why: string, cause?: unknown): ConfigurationError {
  return new ConfigurationError("unwritable", `Cannot write in ${home.telemetryDirectory}: ${why}`, cause);
}
