import type { Report } from "../report/report.ts";
import type { Withheld } from "../report/withheld.ts";

/** Everything that can become of a report. `dropped`: it could neither be kept nor delivered. */
export const OUTCOMES = [
  "delivered",
  "queued",
  "held",
  "local",
  "disabled",
  "debug",
  "no_write_key",
  "rejected",
  "dropped",
] as const;

/** What became of a report. */
export type Outcome = typeof OUTCOMES[number];

/** What `--json` prints of a report. */
export interface RecordResult extends Withheld {
  readonly outcome: Outcome;
  /** Null where no report was made. */
  readonly messageId: string | null;
  /** Until when the report is held, in UTC. Null where it isn't, or no date is known: nobody was told yet. */
  readonly heldUntil: string | null;
  /** In debug mode the report exactly as it would leave; elsewhere missing. */
  readonly report?: Report;
}
