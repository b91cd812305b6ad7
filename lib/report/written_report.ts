// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { nameOf, type Report } from "./report.ts";
import { NOTHING_WITHHELD, type Withheld } from "./withheld.ts";

/** Largest single report, in bytes. Source: the HTTP tracking API's documented limit. */
export const MAX_REPORT_BYTES = 32 * 1024;

/** A report as the JSON in which it waits, leaves and is logged. It takes a tenth of the memory of its objects. */
export interface WrittenReport {
  readonly json: string;
  /** Bytes of the JSON as UTF-8. */
  readonly bytes: number;
  readonly kind: "event" | "traits";
  readonly messageId: string;
  /** The event's name, or `identify` for traits. */
  readonly name: string;
  /** Whether it holds a machine id. It holds none while the user hasn't been told. */
  readonly identified: boolean;
  /** What was withheld when it was made. */
  readonly withheld: Withheld;
}

/** Nearly every report is all ASCII, and has as many bytes as characters. */
const BEYOND_ASCII = /[^ -~]/;

/** Writes a report. */
export function writeReport(report: Report, withheld: Withheld = NOTHING_WITHHELD): WrittenReport {
  const json = JSON.stringify(report);
  return {
    json,
    bytes: BEYOND_ASCII.test(json) ? new TextEncoder().encode(json).length : json.length,
    kind: "event" in report ? "event" : "traits",
    messageId: report.messageId,
    name: nameOf(report),
    identified: report.userId !== null,
    withheld,
  };
}

/** The report with this machine id in it. One that holds a machine id already stays as it is. */
export function withMachineId(written: WrittenReport, machineId: string): WrittenReport {
  if (written.identified) return written;
  const { withheld } = written;
  // What `writeReport` wrote.
  const report = JSON.parse(written.json) as Report;
  if (!("event" in report)) return writeReport({ ...report, userId: machineId }, withheld);
  const properties = { ...report.properties, metrics_id: machineId };
  return writeReport({ ...report, userId: machineId, properties }, withheld);
}

/** Whether the server would refuse the report for its size. */
export function isTooLarge({ bytes }: WrittenReport): boolean {
  return bytes > MAX_REPORT_BYTES;
}
