import type { Report } from "../report/report.ts";

/** What became of a report. `dropped`: it could neither be kept nor delivered. */
export type Outcome = "delivered" | "queued" | "held" | "disabled" | "debug" | "no_write_key" | "rejected" | "dropped";

/** What `--json` prints of a report. */
export interface RecordResult {
  readonly outcome: Outcome;
  /** Null where no report was made. */
  readonly messageId: string | null;
  /** Paths of the catalogue whose values did not pass. */
  readonly withheld: readonly string[];
  /** How many keys are not in the catalogue, or repeat another. They are only counted: a key can be a secret too. */
  readonly withheldUnknown: number;
  /** In debug mode the report exactly as it would leave; elsewhere missing. */
  readonly report?: Report;
}
