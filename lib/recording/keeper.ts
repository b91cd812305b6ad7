import type { QueuedReport } from "../sender/disk_queue/content.ts";
import type { Soon } from "../soon.ts";
import type { Outcome } from "./outcome.ts";

/** Where finished reports go. */
export interface Keeper {
  /** Takes a report, and returns what became of it. */
  keep(queued: QueuedReport): Soon<KeptOutcome>;
}

/** What became of a report, and until when it is held; null where it isn't, or no date is known. */
export interface KeptOutcome {
  readonly outcome: Outcome;
  readonly heldUntil: string | null;
}
