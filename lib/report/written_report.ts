import type { Report } from "./report.ts";

/** Largest single report, in bytes. Source: the HTTP tracking API's documented limit. */
export const MAX_REPORT_BYTES = 32 * 1024;

/**
 * A report as the JSON in which it waits, leaves and is logged, with what must be known of it on the way. It is written once,
 * and text alone is a tenth of what its objects take.
 */
export interface WrittenReport {
  readonly json: string;
  /** Bytes of the JSON as UTF-8. */
  readonly bytes: number;
  readonly kind: "event" | "traits";
  readonly messageId: string;
  /** Whether there is a machine id in it. There is none while the user hasn't been told. */
  readonly identified: boolean;
}

/** Nearly every report is ASCII alone: then it is as many bytes as characters. */
const BEYOND_ASCII = /[^ -~]/;

/** Writes a report. */
export function writeReport(report: Report): WrittenReport {
  const json = JSON.stringify(report);
  return {
    json,
    bytes: BEYOND_ASCII.test(json) ? new TextEncoder().encode(json).length : json.length,
    kind: "event" in report ? "event" : "traits",
    messageId: report.messageId,
    identified: report.userId !== null,
  };
}

/** The report with the machine id in it, where it was made before there was one. */
export function withMachineId(written: WrittenReport, machineId: string): WrittenReport {
  if (written.identified) return written;
  // What `writeReport` wrote.
  const report = JSON.parse(written.json) as Report;
  if (!("event" in report)) return writeReport({ ...report, userId: machineId });
  return writeReport({ ...report, userId: machineId, properties: { ...report.properties, metrics_id: machineId } });
}

/** Whether the server would refuse it for its size. */
export function isTooLarge({ bytes }: WrittenReport): boolean {
  return bytes > MAX_REPORT_BYTES;
}
