import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { orElse } from "../../host/or_else.ts";
import type { Home } from "../../home.ts";
import { isObject } from "../../json_object.ts";
import { type Label, parsePermission } from "../../consent/permission.ts";
import { isEpoch } from "../../consent/record.ts";
import { CATALOGUE_VERSION } from "../../report/catalogue.ts";
import { isReport } from "../../report/check_report.ts";
import { parseWithheld } from "../../report/withheld.ts";
import { MAX_REPORT_BYTES, storedText, writeReport, type WrittenReport } from "../../report/written_report.ts";
import type { NoReport } from "./passed_by.ts";
import { dropQueued, listQueue, namedIn, type QueuedFile, setAside } from "./files.ts";

/** What is in the queue's files: a report, the permission that it was recorded under, and what was withheld from it. */

/** The format of a queued report's file. A higher one is another version's: its file is left where it is. */
const QUEUE_FORMAT = 1;

/** Largest file of a report, in bytes, with what stands round it: the label, and what was withheld. */
export const MAX_FILE_BYTES: number = MAX_REPORT_BYTES + 16 * 1024;

/** These faults mean that the file was never one of our reports. */
const NO_REPORT: ReadonlySet<string> = new Set(["TooLarge", "NotAFile", "ELOOP"]);

/** A report that waits, with what it says of its permission. */
export interface QueuedReport {
  readonly label: Label;
  readonly report: WrittenReport;
}

/** The text of a report's file. */
export function queuedText({ label, report }: QueuedReport): string {
  return storedText(JSON.stringify({ format: QUEUE_FORMAT, catalogue: CATALOGUE_VERSION, ...label }), report);
}

/** A waiting report, or why there is none. Changes nothing. */
export function peekQueued(host: Host, file: QueuedFile): QueuedReport | NoReport {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(host.files.readOwn(file.path, MAX_FILE_BYTES));
    const queued = parseQueued(text);
    if (typeof queued === "string") return queued;
    return namedIn(file).messageId === queued.report.messageId ? queued : "broken";
  } catch (error) {
    if (isMissing(error)) return "gone";
    if (error instanceof FileFault && error.code === "Foreign") return "foreign";
    // A disk that fails for a moment must not cost a report.
    if (error instanceof FileFault) return NO_REPORT.has(error.code) ? "broken" : "unreadable";
    // TypeError: not UTF-8; SyntaxError: not JSON.
    if (error instanceof TypeError || error instanceof SyntaxError) return "broken";
    throw error;
  }
}

/** A waiting report; undefined where there is none to be had. A file that is no report of ours is set aside. */
export function readQueued(host: Host, file: QueuedFile): QueuedReport | undefined {
  const queued = peekQueued(host, file);
  if (queued === "broken") setAside(host, file);
  return typeof queued === "string" ? undefined : queued;
}

/** Deletes and counts the waiting reports of another epoch: none of them may ever leave. */
export function dropOtherEpochs(host: Host, home: Home, epoch: string): void {
  const others = orElse(() => listQueue(host, home), []).filter((file) => {
    const queued = readQueued(host, file);
    return queued !== undefined && queued.label.epoch !== epoch;
  });
  dropQueued(host, home, others, "withdrawn");
}

/** Throws `SyntaxError` where the text is no JSON. */
function parseQueued(text: string): QueuedReport | "newer" | "broken" {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return "broken";
  const { format, catalogue, report } = value;
  // Of a newer format nothing else is known.
  if (typeof format === "number" && format > QUEUE_FORMAT) return "newer";
  if (!Number.isSafeInteger(format) || !Number.isSafeInteger(catalogue)) return "broken";
  if (Number(catalogue) > CATALOGUE_VERSION) return "newer";
  const label = parseLabel(value);
  if (label === undefined || !isReport(report, label.notice)) return "broken";
  return { label, report: writeReport(report, parseWithheld(value)) };
}

function parseLabel({ epoch, permission: named, notice, at }: Record<string, unknown>): Label | undefined {
  const permission = parsePermission(named);
  if (!isEpoch(epoch) || permission === undefined) return undefined;
  if (!Number.isSafeInteger(notice) || Number(notice) < 1) return undefined;
  if (!Number.isSafeInteger(at) || Number(at) < 0) return undefined;
  return { epoch, permission, notice: Number(notice), at: Number(at) };
}
