import type { Place } from "./place.ts";
import type { ConsentRecord } from "./record.ts";

/** The place of a process that doesn't know, because it has no home. It isn't even the same as itself. */
export const UNKNOWN_PLACE: Place = { kind: "container", hash: null, own: null };

/** A record in which nobody was told anything yet. */
export function freshRecord(
  { place, choice }: { readonly place: Place; readonly choice: string | undefined },
  epoch: string,
): ConsentRecord {
  return {
    epoch,
    place,
    told: null,
    asked: null,
    local: false,
    choice: choice ?? "silent",
    overwritten: null,
    machineId: null,
    adoptsId: true,
    formerIds: [],
  };
}
