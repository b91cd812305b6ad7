import { join } from "@std/path";
import { FileFault, type Host, isMissing } from "../host/host.ts";
import type { Home } from "../home.ts";
import { isReport, MAX_REPORT_BYTES, type Report } from "../report/report.ts";

/** The most that waits. Beyond it the oldest go first, and are counted. */
export const QUEUE_LIMITS = { reports: 1_000, bytes: 4 * 1024 * 1024, days: 30 } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Room in a queue file for what stands round its report, in bytes. */
const MAX_FILE_BYTES = MAX_REPORT_BYTES + 1024;
/** A place in the order, which begins with the time in milliseconds, and the messageId. */
const NAME = /^(\d{15})-([0-9a-f-]{36})\.json$/;

/** A report that waits, with the choice it was recorded under; null where none was stored yet. */
export interface QueuedReport {
  readonly choice: string | null;
  readonly report: Report;
}

/** A report's file. */
export interface QueuedFile {
  readonly name: string;
  readonly path: string;
}

/**
 * Keeps a report on disk before anything else happens to it: when this returns, neither a crash nor a power cut loses it.
 * Drops the oldest reports over the limits. Throws `FileFault` where it can't be kept.
 */
export function enqueue(host: Host, home: Home, queued: QueuedReport): void {
  const directory = home.telemetryDirectory;
  host.files.makeDirectory(directory);
  const waiting = listQueue(host, home);
  const name = `${nextPlace(host, waiting)}-${queued.report.messageId}.json`;
  const temporary = join(directory, `${queued.report.messageId}.tmp`);
  const path = join(directory, name);
  try {
    host.files.create(temporary, new TextEncoder().encode(JSON.stringify(queued)));
    // Rename is atomic: whoever lists the folder sees a whole report or none.
    host.files.rename(temporary, path);
    host.files.sync(directory);
  } catch (error) {
    removeQuietly(host, temporary);
    throw error;
  }
  trim(host, home, [...waiting, { name, path }]);
}

/** The files of the reports that wait, oldest first. A folder that isn't there holds none. Throws `FileFault`. */
export function listQueue(host: Host, home: Home): QueuedFile[] {
  try {
    return host.files.list(home.telemetryDirectory)
      .filter((entry) => entry.kind === "file" && NAME.test(entry.name))
      .map(({ name }) => ({ name, path: join(home.telemetryDirectory, name) }))
      .sort((left, right) => left.name < right.name ? -1 : 1);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** A waiting report, `"gone"` where another process removed it, or undefined where the file is not a report: that one is set aside. */
export function readQueued(host: Host, file: QueuedFile): QueuedReport | "gone" | undefined {
  try {
    const queued: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true }).decode(host.files.read(file.path, MAX_FILE_BYTES)),
    );
    if (isQueued(queued) && file.name.includes(queued.report.messageId)) return queued;
  } catch (error) {
    if (isMissing(error)) return "gone";
    // TypeError: not UTF-8; SyntaxError: not JSON.
    if (!(error instanceof FileFault || error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
  setAside(host, file);
  return undefined;
}

/** Removes files; those that are gone already are no fault. Throws `FileFault` for the others. */
export function removeQueued(host: Host, home: Home, files: readonly QueuedFile[]): void {
  for (const { path } of files) {
    try {
      host.files.remove(path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  if (files.length > 0) host.files.sync(home.telemetryDirectory);
}

/** Deletes everything that waits, was set aside or was being written. Throws `FileFault`. */
export function clearQueue(host: Host, home: Home): void {
  let entries;
  try {
    entries = host.files.list(home.telemetryDirectory);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const ours = entries.filter(({ name }) => NAME.test(name) || /\.(tmp|broken)$/.test(name));
  removeQueued(host, home, ours.map(({ name }) => ({ name, path: join(home.telemetryDirectory, name) })));
}

/** How many reports were dropped so far because too many waited for too long, or their choice no longer stood. */
export function countDropped(host: Host, home: Home): number {
  try {
    return host.files.stat(droppedPath(home)).size;
  } catch (error) {
    if (error instanceof FileFault) return 0;
    throw error;
  }
}

/** Counts dropped reports. Two processes at a time both count: the file grows by a byte for each. */
export function noteDropped(host: Host, home: Home, count: number): void {
  if (count === 0) return;
  try {
    host.files.append(droppedPath(home), new Uint8Array(count).fill(0x2e));
  } catch (error) {
    // The count is for people to see; the reports are gone either way.
    if (!(error instanceof FileFault)) throw error;
  }
}

/** Behind everything that waits, whatever the clock says: it may have been set back. */
function nextPlace(host: Host, waiting: readonly QueuedFile[]): string {
  const last = Number(NAME.exec(waiting.at(-1)?.name ?? "")?.[1] ?? 0);
  const place = Math.min(Math.max(host.now().getTime(), last + 1), 999_999_999_999_999);
  return String(place).padStart(15, "0");
}

function trim(host: Host, home: Home, waiting: readonly QueuedFile[]): void {
  const oldest = host.now().getTime() - QUEUE_LIMITS.days * DAY_MS;
  let keepFrom = Math.max(0, waiting.length - QUEUE_LIMITS.reports);
  while (keepFrom < waiting.length - 1 && Number(waiting[keepFrom]!.name.slice(0, 15)) < oldest) keepFrom++;
  keepFrom = Math.max(keepFrom, firstWithinBytes(host, waiting));
  if (keepFrom === 0) return;
  const dropped = waiting.slice(0, keepFrom);
  removeQueued(host, home, dropped);
  noteDropped(host, home, dropped.length);
}

function firstWithinBytes(host: Host, waiting: readonly QueuedFile[]): number {
  // So few can't be too large: no need to look at each.
  if (waiting.length * MAX_FILE_BYTES <= QUEUE_LIMITS.bytes) return 0;
  let bytes = 0;
  for (let index = waiting.length - 1; index >= 0; index--) {
    bytes += sizeOf(host, waiting[index]!.path);
    if (bytes > QUEUE_LIMITS.bytes) return index + 1;
  }
  return 0;
}

function sizeOf(host: Host, path: string): number {
  try {
    return host.files.stat(path).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

function isQueued(value: unknown): value is QueuedReport {
  return typeof value === "object" && value !== null && "choice" in value && "report" in value &&
    (value.choice === null || typeof value.choice === "string") && isReport(value.report);
}

function setAside(host: Host, file: QueuedFile): void {
  try {
    host.files.rename(file.path, `${file.path}.broken`);
  } catch (error) {
    // It stays where it is and is set aside the next time; it never leaves.
    if (!(error instanceof FileFault)) throw error;
  }
}

function removeQuietly(host: Host, path: string): void {
  try {
    host.files.remove(path);
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
  }
}

function droppedPath(home: Home): string {
  return join(home.telemetryDirectory, "dropped");
}
