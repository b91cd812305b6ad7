import type { Consent } from "../consent/consent.ts";
import type { Outlook } from "../consent/outlook.ts";
import type { Fate } from "../consent/permission.ts";
import type { Decision } from "../consent/rules.ts";
import type { InspectedField } from "../report/fields.ts";
import type { Report } from "../report/report.ts";
import type { Withheld } from "../report/withheld.ts";
import type { DroppedCounts } from "../sender/disk_queue/files.ts";
import type { LastDelivery } from "../sender/server_state.ts";
import type { SentEntry } from "../sender/sent_log.ts";

/** Everything that the page is built from. None of it is trusted: all of it is escaped. */
export interface PageData {
  readonly madeAt: Date;
  readonly version: string;
  readonly endpoint: string;
  /** Who receives reports, as the notice names them. */
  readonly recipient: string;
  /** Without a write key nothing is queued or sent. */
  readonly hasWriteKey: boolean;
  readonly consent: Consent;
  /** What would hold if neither a variable nor a policy said no. */
  readonly stored: Consent;
  /** The decision in effect. It differs from `consent` where nothing can be kept on this machine. */
  readonly decision: Decision;
  readonly environment: EnvironmentWord;
  /** Whether reports are printed instead of queued and sent. */
  readonly debug: boolean;
  /** What people should know or repair, in sentences. */
  readonly warnings: readonly string[];
  readonly machineId: string | undefined;
  /** The event (or `identify`) whose own properties are among the fields, undefined for none. */
  readonly event: string | undefined;
  readonly fields: readonly InspectedField[];
  /** The reports that wait, oldest first; undefined for a file that isn't one. */
  readonly waiting: readonly (WaitingReport | undefined)[];
  /** The entries of the sent log, oldest first. */
  readonly sent: readonly SentEntry[];
  /** The sent log's path, or undefined where no home is known. */
  readonly sentLog: string | undefined;
  readonly lastDelivery: LastDelivery | null;
  /** How many reports were dropped unsent so far, by rule. */
  readonly dropped: DroppedCounts;
  /** What would become of a report that is recorded now. */
  readonly outlook: Outlook;
  /** How many files of the queue were set aside because they were not reports. */
  readonly setAside: number;
}

/** What two variables of the environment say. Their values are not shown, because they could be anything. */
export interface EnvironmentWord {
  /** Whether RASA_TELEMETRY_ENABLED says on; undefined where it isn't set. */
  readonly enabled: boolean | undefined;
  /** What DO_NOT_TRACK says. `"nothing"`: it is set, but leaves the decision to the next rule. */
  readonly doNotTrack: "unset" | "off" | "nothing";
}

/** A report that waits, with what was withheld when it was made. */
export interface WaitingReport extends Withheld {
  readonly report: Report;
  /** What becomes of it now, or would if neither a variable nor a policy said no. */
  readonly fate: Fate;
}
