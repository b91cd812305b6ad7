import type { Consent } from "../consent/consent.ts";
import type { Decision } from "../consent/rules.ts";
import type { Report } from "../report/report.ts";
import type { Withheld } from "../report/withheld.ts";
import type { LastDelivery } from "../sender/server_state.ts";
import type { SentEntry } from "../sender/sent_log.ts";

/** Everything that a page is made of. Nothing in it is trusted to be fit for one. */
export interface PageData {
  readonly madeAt: Date;
  readonly version: string;
  readonly endpoint: string;
  /** Without a write key nothing is queued or sent. */
  readonly hasWriteKey: boolean;
  readonly consent: Consent;
  /** What consent comes to here: what it says, or off on a machine on which nothing can be kept. */
  readonly decision: Decision;
  readonly environment: EnvironmentWord;
  /** Whether reports are printed instead of queued and sent. */
  readonly debug: boolean;
  /** What people should know and repair, in sentences. */
  readonly warnings: readonly string[];
  readonly machineId: string | undefined;
  /** The event (or `identify`) whose own properties stand among the fields; undefined for none. */
  readonly event: string | undefined;
  readonly fields: readonly PageField[];
  /** Oldest first; undefined for a file that can't be read as a report. */
  readonly waiting: readonly (WaitingReport | undefined)[];
  /** Oldest first, as the sent log has them. */
  readonly sent: readonly SentEntry[];
  /** The sent log's path, or undefined where no home is known. */
  readonly sentLog: string | undefined;
  readonly lastDelivery: LastDelivery | null;
  /** Reports that were dropped so far, unsent. */
  readonly dropped: number;
  /** Files of the queue that were no reports, and were set aside. */
  readonly setAside: number;
}

/** What two variables of the environment say. Their values are not shown, because they could be anything. */
export interface EnvironmentWord {
  /** Whether RASA_TELEMETRY_ENABLED says on; undefined where it isn't set. */
  readonly enabled: boolean | undefined;
  /** What DO_NOT_TRACK says. `"nothing"`: it is set, but leaves the decision to the next rule. */
  readonly doNotTrack: "unset" | "off" | "nothing";
}

/** One field of a report: this machine's value, or null where it is unknown or comes with the report. */
export interface PageField {
  readonly field: string;
  readonly value: unknown;
  readonly source: string;
  readonly purpose: string;
}

/** A report that waits, with what was held back when it was made. */
export interface WaitingReport extends Withheld {
  readonly report: Report;
}
