import { freshRecord } from "./fresh_record.ts";
import type { ConsentRecord } from "./record.ts";
import type { RecordFile } from "./record_file.ts";
import { isSamePlace, type Place } from "./place.ts";
import type { Configuration } from "./rules.ts";

/** What a process finds on the machine when it looks at the record. */
export interface Findings {
  readonly place: Place;
  /** What `global.yml` says, as `nameOfChoice` gives it; undefined where that can't be told just now. */
  readonly choice: string | undefined;
  readonly now: Date;
  /** When this build was made. No telling can be older. */
  readonly builtAt: Date;
}

/** The record as it stands now. */
export interface Settled {
  readonly record: ConsentRecord;
  /** Whether the record's file says something else. */
  readonly changed: boolean;
  /** Whether the no of this machine's owner was written over, and must be stored again. It holds all the same. */
  readonly overwritten: boolean;
}

/** A name for what `global.yml` says about telemetry. Two names are equal where nobody has changed it. */
export function nameOfChoice(configuration: Configuration): string | undefined {
  switch (configuration.kind) {
    case "broken":
      return undefined;
    case "silent":
      return "silent";
    case "stored": {
      const { enabled, date, machineId = "" } = configuration.stored;
      return [enabled ? "on" : "off", date, machineId].join(" ");
    }
  }
}

/** What is found at this place, where `global.yml` says this. */
export function findingsOf(
  { place, builtAt }: Pick<Findings, "place" | "builtAt">,
  configuration: Configuration,
  now: Date,
): Findings {
  return { place, builtAt, now, choice: nameOfChoice(configuration) };
}

/** The record with a new epoch, which needs a new telling: what was recorded before never leaves. */
export function newEpoch(record: ConsentRecord, epoch: string): ConsentRecord {
  return { ...record, epoch, told: null };
}

/**
 * Brings a record up to what is found now: on another place, after a change of the stored choice, and where a date
 * can't be right. `makeEpoch` is asked where a new epoch begins.
 */
export function settle(before: ConsentRecord, findings: Findings, makeEpoch: () => string): Settled {
  let record = before;
  if (!isSamePlace(record.place, findings.place)) {
    // A copy: its consent, its id and what waits there are somebody else's. A yes and a no hold (decision 28).
    const { place } = findings;
    record = { ...newEpoch(record, makeEpoch()), place, machineId: null, adoptsId: false, formerIds: [] };
  }
  // A machine that could not be told from others can be told now.
  if (record.place.hash === null && findings.place.hash !== null && record.place.kind === "machine") {
    record = { ...record, place: findings.place };
  }
  const { choice } = findings;
  const overwritten = choice !== undefined && choice !== record.choice && choice === record.overwritten;
  if (choice !== undefined && choice !== record.choice && !overwritten) {
    record = { ...newEpoch(record, makeEpoch()), asked: null, local: false, choice, overwritten: null };
  }
  record = withBelievableDates(record, findings);
  return { record, changed: record !== before, overwritten };
}

/** The record as it stands now, whose file says this: the same one where nothing is new, a fresh one without a file. */
export function recordNow(
  file: Exclude<RecordFile, { kind: "closed" }>,
  findings: Findings,
  makeEpoch: () => string,
): ConsentRecord {
  return file.kind === "none" ? freshRecord(findings, makeEpoch()) : settle(file.record, findings, makeEpoch).record;
}

/** A date that can't be right was written under another clock. It counts from now on, so that no wait is cut short. */
function withBelievableDates(record: ConsentRecord, { now, builtAt }: Findings): ConsentRecord {
  const isBelievable = (at: string) => {
    const moment = new Date(at).getTime();
    return moment <= now.getTime() && moment >= builtAt.getTime();
  };
  let { told, asked } = record;
  const at = now.toISOString();
  if (told !== null && !isBelievable(told.at)) told = { ...told, at };
  if (told !== null && !isBelievable(told.first)) told = { ...told, first: told.at };
  if (asked !== null && !isBelievable(asked.at)) asked = { ...asked, at };
  return told === record.told && asked === record.asked ? record : { ...record, told, asked };
}
