import { type Asked, type ConsentRecord, type Telling, withFormerId } from "./record.ts";
import { newEpoch } from "./settle.ts";

/** What people do to the record: pure, so that every order of it can be tried. `epoch` names a new one. */

/** A change of the stored choice to one that sends nothing. */
export interface Stop {
  /** The names of the stored choice before and after it; undefined where it can't be told. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether the stored choice was a no already: then what stood before that one is what may come back. */
  readonly wasNo: boolean;
  readonly epoch: string;
}

/** Somebody said no. */
export function saidNo(record: ConsentRecord, { before, after, wasNo, epoch }: Stop): ConsentRecord {
  const overwritten = wasNo ? record.overwritten : before ?? null;
  return { ...newEpoch(record, epoch), asked: null, local: false, choice: after ?? record.choice, overwritten };
}

/** Somebody chose to keep reports on this machine. */
export function keptLocal(record: ConsentRecord, stop: Stop): ConsentRecord {
  return { ...saidNo(record, stop), local: true };
}

/** Somebody said yes to the notice of that number. A yes that says no more than the one before leaves its moment. */
export function saidYes(
  record: ConsentRecord,
  { choice, ...said }: Asked & { readonly choice: string | undefined },
): ConsentRecord {
  const before = record.asked;
  const goesOn = before !== null && before.notice >= said.notice && before.addressee === said.addressee;
  const asked = goesOn ? before : said;
  return { ...record, asked, local: false, choice: choice ?? record.choice, overwritten: null };
}

/** The notice was shown. It begins the hour anew, and takes nothing back from what an earlier one announced. */
export function wasTold(record: ConsentRecord, telling: Omit<Telling, "first">): ConsentRecord {
  const { told } = record;
  const goesOn = told !== null && told.notice >= telling.notice && told.addressee === telling.addressee;
  return { ...record, told: { ...telling, first: goesOn ? told.first : telling.at } };
}

/** Somebody asked for another machine id. `old` is the id until then; null where there was none. A yes still holds. */
export function withNewId(
  record: ConsentRecord,
  { machineId, old, epoch }: { readonly machineId: string; readonly old: string | null; readonly epoch: string },
): ConsentRecord {
  const formerIds = withFormerId(record.formerIds, old);
  return { ...newEpoch(record, epoch), machineId, adoptsId: false, formerIds };
}
