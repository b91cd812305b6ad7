import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import { orIfMissing } from "../host/or_else.ts";
import { isObject } from "../json_object.ts";
import type { Report } from "../report/report.ts";
import { parseWithheld, type Withheld } from "../report/withheld.ts";
import { storedText, type WrittenReport } from "../report/written_report.ts";
import { appendLines, type LogFiles, readLog } from "./rotating_log.ts";

/** One report that was kept on this machine in local mode, exactly as it would have left. */
export interface LocalEntry extends Withheld {
  /** When it was recorded. */
  readonly recordedAt: string;
  readonly report: Report;
}

/** Adds a report. Throws `FileFault`. */
export function writeLocalLog(host: Host, home: Home, report: WrittenReport): void {
  const head = JSON.stringify({ recordedAt: host.now().toISOString() });
  host.files.makeDirectory(home.telemetryDirectory);
  appendLines(host, logOf(home), [`${storedText(head, report)}\n`]);
}

/** What was kept, oldest first. Leaves out lines that a crash tore. */
export function readLocalLog(host: Host, home: Home): LocalEntry[] {
  return readLog(host, logOf(home)).split("\n").flatMap(parseEntry);
}

/** Deletes the log. Throws `FileFault` where that isn't possible. */
export function clearLocalLog(host: Host, home: Home): void {
  for (const path of [home.localLog, home.olderLocalLog]) orIfMissing(() => host.files.remove(path), undefined);
}

function logOf({ localLog, olderLocalLog }: Home): LogFiles {
  return { newer: localLog, older: olderLocalLog };
}

function parseEntry(line: string): LocalEntry[] {
  try {
    const entry: unknown = JSON.parse(line);
    if (!isObject(entry)) return [];
    const { recordedAt, report, ...more } = entry;
    if (typeof recordedAt !== "string" || !isObject(report)) return [];
    // Only shown: it is as this program wrote it, or somebody edited it.
    return [{ recordedAt, ...parseWithheld(more), report: report as unknown as Report }];
  } catch {
    return [];
  }
}
