import type { Consent } from "../consent/consent.ts";
import { leavesAfter } from "../consent/permission.ts";
import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { listQueue, namedIn, type QueuedFile } from "./disk_queue/files.ts";
import { waitsByName } from "./keep_reports.ts";

/** The reports that wait and may not leave yet, as far as their files' names tell. */
export function listHeld(host: Host, consent: Consent): QueuedFile[] {
  const { home } = consent;
  if (home === undefined || !consent.enabled) return [];
  return orElse(() => listQueue(host, home), []).filter((file) => waitsByName(file, { kind: "on", consent }));
}

/** Until when reports are held that wait, and for what. `inWords` spells a moment to come. */
export function describeHeld(
  held: readonly QueuedFile[],
  { standing: { record: { told }, byLicence, now } }: Consent,
  inWords: (moment: Date) => string,
): string {
  const forLicence = held.filter((file) => namedIn(file).permission === "licence" && !byLicence);
  const reasons: string[] = [];
  if (forLicence.length < held.length) {
    const until = told === null ? undefined : new Date(leavesAfter(told.at));
    const isToCome = until !== undefined && until > now;
    reasons.push(isToCome ? inWords(until) : "the notice was shown; rasa-telemetry init shows it");
  }
  if (forLicence.length > 0) reasons.push("the licence that they were recorded under is in the environment again");
  return `held until ${reasons.join(", or until ")}`;
}
