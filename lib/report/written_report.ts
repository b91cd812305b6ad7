// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { confirmRelease, isMadeBy, type Maker } from "./installation.ts";
import { nameOf, type Report } from "./report.ts";
import { NOTHING_WITHHELD, type Withheld, withheldMembers } from "./withheld.ts";

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
  /** What it says of its maker. */
  readonly maker: Maker;
  /** What was withheld when it was made. */
  readonly withheld: Withheld;
}

const ENCODER = new TextEncoder();
/** What is written here is only counted. A larger report is encoded once more, whole. */
const room = new Uint8Array(MAX_REPORT_BYTES);

/** Writes a report. */
export function writeReport(report: Report, withheld: Withheld = NOTHING_WITHHELD): WrittenReport {
  const json = JSON.stringify(report);
  const { userId, context } = report;
  return {
    json,
    bytes: bytesOf(json),
    kind: "event" in report ? "event" : "traits",
    messageId: report.messageId,
    name: nameOf(report),
    maker: {
      machineId: userId,
      licenceHash: context.license_hash,
      company: context.company,
      osRelease: context.os.version,
    },
    withheld,
  };
}

/** How many bytes a text has as UTF-8. To encode it takes less than to look for what isn't ASCII. */
function bytesOf(text: string): number {
  const { read, written } = ENCODER.encodeInto(text, room);
  return read === text.length ? written : ENCODER.encode(text).length;
}

/**
 * The report as this installation sends it. It may have waited where somebody else could write, so what it says of its
 * maker is put right: the ids, the licence and the company are this installation's, and the release is confirmed.
 */
export function withInstallation(written: WrittenReport, installation: Maker): WrittenReport {
  if (isMadeBy(written.maker, installation)) return written;
  // What `writeReport` wrote.
  const report = JSON.parse(written.json) as Report;
  const { machineId: userId, licenceHash: license_hash, company, osRelease } = installation;
  const os = { ...report.context.os, version: confirmRelease(report.context.os.version, osRelease) };
  const context = { ...report.context, os, license_hash, company };
  if (!("event" in report)) return writeReport({ ...report, userId, context }, written.withheld);
  const properties = { ...report.properties, metrics_id: userId };
  return writeReport({ ...report, userId, properties, context }, written.withheld);
}

/** A report as files keep it: the members of `head`, which is a JSON object, what was withheld, and the report. */
export function storedText(head: string, { json, withheld }: WrittenReport): string {
  return `${head.slice(0, -1)},${withheldMembers(withheld)}"report":${json}}`;
}

/** Whether the server would refuse the report for its size. */
export function isTooLarge({ bytes }: WrittenReport): boolean {
  return bytes > MAX_REPORT_BYTES;
}
