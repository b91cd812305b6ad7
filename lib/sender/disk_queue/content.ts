import { FileFault, type Host } from "../../host/host.ts";
import { orElse } from "../../host/or_else.ts";
import type { Home } from "../../home.ts";
import { isObject } from "../../json_object.ts";
import { isReport } from "../../report/report.ts";
import { parseWithheld, withheldMembers } from "../../report/withheld.ts";
import { MAX_REPORT_BYTES, writeReport, type WrittenReport } from "../../report/written_report.ts";
import { listQueue, type QueuedFile, removeQueued, setAside } from "./files.ts";

/** What is in the queue's files: a report, the choice that it was recorded under, and what was withheld from it. */

/** Largest file of a report, in bytes, with what stands round it: the choice, and what was withheld. */
export const MAX_FILE_BYTES: number = MAX_REPORT_BYTES + 16 * 1024;

/** These faults mean that the file was never one of our reports. */
const NO_REPORT: ReadonlySet<string> = new Set(["TooLarge", "NotAFile", "ELOOP"]);

/** A report that waits, with the choice that it was recorded under; null where none was stored yet. */
export interface QueuedReport {
  readonly choice: string | null;
  readonly report: WrittenReport;
}

/** The text of a report's file. */
export function queuedText({ choice, report }: QueuedReport): string {
  return `{"choice":${JSON.stringify(choice)},${withheldMembers(report.withheld)}"report":${report.json}}`;
}

/**
 * A waiting report, or why there is none: `"unreadable"` where the file is gone or can't be read just now, `"broken"`
 * where it is no report of ours. Changes nothing.
 */
export function peekQueued(host: Host, file: QueuedFile): QueuedReport | "unreadable" | "broken" {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(host.files.read(file.path, MAX_FILE_BYTES));
    const queued = parseQueued(text);
    return queued !== undefined && file.name.includes(queued.report.messageId) ? queued : "broken";
  } catch (error) {
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

/** Deletes the waiting reports that were recorded under another choice, and returns how many could not be deleted. */
export function clearOthers(host: Host, home: Home, choice: string): number {
  const others = orElse(() => listQueue(host, home), []).filter((file) => {
    const queued = readQueued(host, file);
    return queued !== undefined && queued.choice !== choice;
  });
  return removeQueued(host, home, others).length;
}

/** Undefined where it isn't one. Throws `SyntaxError` where the text is no JSON. */
function parseQueued(text: string): QueuedReport | undefined {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return undefined;
  const { choice, report } = value;
  if ((choice !== null && typeof choice !== "string") || !isReport(report)) return undefined;
  return { choice, report: writeReport(report, parseWithheld(value)) };
}
