import type { Report } from "../report/report.ts";
import type { Withheld } from "../report/withheld.ts";

/** What became of a report. `dropped`: it could neither be kept nor delivered. */
export type Outcome = "delivered" | "queued" | "held" | "disabled" | "debug" | "no_write_key" | "rejected" | "dropped";

/** What `--json` prints of a report. */
export interface RecordResult extends Withheld {
  readonly outcome: Outcome;
  /** Null where no report was made. */
  readonly messageId: string | null;
  /** In debug mode the report exactly as it would leave; elsewhere missing. */
  readonly report?: Report;
}
