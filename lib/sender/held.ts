import type { Consent } from "../consent/consent.ts";
import { fateNow } from "../consent/outlook.ts";
import { leavesAfter } from "../consent/permission.ts";
import type { QueuedReport } from "./disk_queue/content.ts";
import type { NoReport } from "./disk_queue/passed_by.ts";

/**
 * How many waiting reports are held, and for what: the hour after the notice, a notice that must be shown first, or a
 * licence, without which what was recorded under one never leaves.
 */
export type HeldBy = Readonly<Record<"hour" | "notice" | "licence", number>>;

const NOTHING_HELD: HeldBy = { hour: 0, notice: 0, licence: 0 };

/** Counts what waits and may not leave yet, of what was found in the queue's files. */
export function countHeldBy(found: readonly (QueuedReport | NoReport)[], consent: Consent): HeldBy {
  const { standing } = consent;
  if (!consent.enabled || consent.decidedBy === "local") return NOTHING_HELD;
  const counts = { ...NOTHING_HELD };
  for (const queued of found) {
    if (typeof queued === "string") continue;
    const fate = fateNow(queued.report.kind, queued.label, consent);
    if (fate.kind !== "waits") continue;
    const isForLicence = queued.label.permission === "licence" && !standing.byLicence;
    counts[fate.until !== null ? "hour" : isForLicence ? "licence" : "notice"]++;
  }
  return counts;
}

/**
 * Counts what waits and never leaves, of what was found in the queue's files: the next delivery deletes it, or sets it
 * aside where it is no report. None where that can't be told.
 */
export function countHopeless(found: readonly (QueuedReport | NoReport)[], consent: Consent): number {
  if (consent.file?.kind === "closed" || consent.configuration?.kind === "broken") return 0;
  const isHopeless = (queued: QueuedReport | NoReport) =>
    typeof queued === "string"
      ? queued === "broken"
      : fateNow(queued.report.kind, queued.label, consent).kind === "dropped";
  return found.filter(isHopeless).length;
}

/** How many are held in all. */
export function sumOfHeld({ hour, notice, licence }: HeldBy): number {
  return hour + notice + licence;
}

/** Until when they are held, behind "held". `inWords` spells a moment to come. */
export function heldInWords(heldBy: HeldBy, { standing }: Consent, inWords: (moment: Date) => string): string {
  const { told } = standing.record;
  const hour = told === null ? "the hour after the notice is over" : inWords(new Date(leavesAfter(told.at)));
  const parts = ([
    [heldBy.hour, `until ${hour}`],
    [heldBy.notice, "until the notice was shown"],
    [heldBy.licence, "until a licence keeps telemetry on again"],
  ] as const).filter(([count]) => count > 0);
  // Its hour ended while somebody looked.
  if (parts.length === 0) return "until just now";
  if (parts.length === 1) return parts.map(([, until]) => until).join();
  return parts.map(([count, until]) => `${count} ${until}`).join(", ");
}
