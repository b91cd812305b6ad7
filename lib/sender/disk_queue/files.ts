import { join } from "@std/path";
import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { removeQuietly, replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import { isObject } from "../../json_object.ts";
import { isReport } from "../../report/report.ts";
import { parseWithheld, withheldMembers } from "../../report/withheld.ts";
import { MAX_REPORT_BYTES, writeReport, type WrittenReport } from "../../report/written_report.ts";
import { sizeOf } from "../../host/size_of.ts";

/** The most that waits. Beyond it the oldest go first, and are counted. */
export const QUEUE_LIMITS = { reports: 1_000, bytes: 4 * 1024 * 1024, days: 30 } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
/** What looks older than so many days was written under another clock, so that its age is unknown: it is kept. */
const BELIEVABLE_DAYS = 90;
/** Largest file of a report, in bytes, with what stands round it: the choice, and what was withheld. */
const MAX_FILE_BYTES = MAX_REPORT_BYTES + 16 * 1024;
/** A place in the order, which begins with the time in milliseconds, and the messageId. */
const NAME = /^(\d{15})-([0-9a-f-]{36})\.json$/;

/** Faults that say that what stands there never was a report of ours. */
const NO_REPORT: ReadonlySet<string> = new Set(["TooLarge", "NotAFile", "ELOOP"]);

/** What a crash or a file that is no report leaves behind. */
const LEFTOVER = /\.(tmp|broken)$/;
/** A file that has been in the making for so long, in milliseconds, has lost its maker. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;
/** How many files that were set aside are kept for somebody to look at. */
const MAX_BROKEN = 20;

/** A report that waits, with the choice it was recorded under; null where none was stored yet. */
export interface QueuedReport {
  readonly choice: string | null;
  readonly report: WrittenReport;
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
export function enqueue(host: Host, home: Home, queued: QueuedReport): QueuedFile {
  const [file] = enqueueAll(host, home, [queued]).files;
  if (file === undefined) throw new FileFault("queue a report", "Unknown");
  return file;
}

/** What became of several reports that were to be queued. */
export interface Enqueued {
  /** The files of those that could be kept, in their order. */
  readonly files: readonly QueuedFile[];
  /** The messageIds of what was dropped, of these and of others, because too many waited. */
  readonly dropped: readonly string[];
}

/**
 * The same for several, in their order, up to the first that can't be kept. Throws `FileFault` where that is the first of all.
 * All are on disk, safe from the end of this process, before the first is made safe from a power cut, which is gone on with
 * until `syncUntil` (of `host.elapsed()`): that takes a disk's own time for each.
 */
export function enqueueAll(
  host: Host,
  home: Home,
  reports: readonly QueuedReport[],
  syncUntil = Infinity,
): Enqueued {
  const directory = home.telemetryDirectory;
  host.files.makeDirectory(directory);
  const waiting = listQueue(host, home);
  const files: QueuedFile[] = [];
  // One alone is made safe first: whoever lists the folder, also after a power cut, sees a whole report or none.
  const sync = reports.length === 1 ? "content" : "nothing";
  for (const queued of reports) {
    const name = `${nextPlace(host, files.at(-1) ?? waiting.at(-1))}-${queued.report.messageId}.json`;
    const file = { name, path: join(directory, name) };
    try {
      replaceFile(host, file.path, textOf(queued), { sync });
      files.push(file);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      // A network may say that something failed which was done: then it would go twice.
      removeQuietly(host, file.path);
      if (files.length === 0) throw error;
      break;
    }
  }
  for (const { path } of sync === "nothing" ? files : []) {
    if (host.elapsed() >= syncUntil) break;
    syncQuietly(host, path);
  }
  syncQuietly(host, directory);
  const { dropped } = trimQueue(host, home, [...waiting, ...files]);
  return { files, dropped: dropped.map(({ name }) => NAME.exec(name)?.[2] ?? "") };
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

/** How many reports wait; none where there is no home or its folder can't be listed. */
export function countQueued(host: Host, home: Home | undefined): number {
  if (home === undefined) return 0;
  try {
    return listQueue(host, home).length;
  } catch (error) {
    if (error instanceof FileFault) return 0;
    throw error;
  }
}

/**
 * A waiting report; undefined where another process removed it, where it can't be read just now (it stays), or where the file
 * is not a report (it is set aside).
 */
export function readQueued(host: Host, file: QueuedFile): QueuedReport | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(host.files.read(file.path, MAX_FILE_BYTES));
    const queued = parseQueued(text);
    if (queued !== undefined && file.name.includes(queued.report.messageId)) return queued;
  } catch (error) {
    // A disk that fails for a moment must not cost a report.
    if (error instanceof FileFault && !NO_REPORT.has(error.code)) return undefined;
    // TypeError: not UTF-8; SyntaxError: not JSON.
    if (!(error instanceof FileFault || error instanceof TypeError || error instanceof SyntaxError)) throw error;
  }
  setAside(host, file);
  return undefined;
}

/** Removes files, and gives those that are still there because they can't be removed. */
export function removeQueued(host: Host, home: Home, files: readonly QueuedFile[]): readonly QueuedFile[] {
  if (files.length === 0) return [];
  const { stuck } = removeEach(host, files);
  syncQuietly(host, home.telemetryDirectory);
  return stuck;
}

/** Removes and counts what is over the limits. */
export function trimQueue(
  host: Host,
  home: Home,
  waiting: readonly QueuedFile[],
): { kept: readonly QueuedFile[]; dropped: readonly QueuedFile[] } {
  const now = host.now().getTime();
  const young = waiting.filter((file) => !isExpired(file, now));
  const keepFrom = Math.max(young.length - QUEUE_LIMITS.reports, firstWithinBytes(host, young), 0);
  const kept = new Set(young.slice(keepFrom));
  const dropped = waiting.filter((file) => !kept.has(file));
  dropQueued(host, home, dropped);
  return { kept: [...kept], dropped };
}

/** Removes reports unsent. Each is counted by the one process that removed it. */
export function dropQueued(host: Host, home: Home, files: readonly QueuedFile[]): void {
  if (files.length > 0) noteDropped(host, home, removeEach(host, files).removed);
}

/** Deletes everything that waits, was set aside or was being written, and gives how many files could not be deleted. */
export function clearQueue(host: Host, home: Home): number {
  const files = listEntries(host, home).filter(({ name }) => NAME.test(name) || LEFTOVER.test(name));
  return removeQueued(host, home, files).length;
}

/** Deletes the waiting reports that were recorded under another choice, and gives how many could not be deleted. */
export function clearOthers(host: Host, home: Home, choice: string): number {
  const files = listEntries(host, home).filter((file) => {
    if (!NAME.test(file.name)) return false;
    const queued = readQueued(host, file);
    return queued !== undefined && queued.choice !== choice;
  });
  return removeQueued(host, home, files).length;
}

/** Goes on where one can't be removed: each that is gone can't be sent. */
function removeEach(host: Host, files: readonly QueuedFile[]): { removed: number; stuck: QueuedFile[] } {
  let removed = 0;
  const stuck: QueuedFile[] = [];
  for (const file of files) {
    try {
      host.files.remove(file.path);
      removed++;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      if (!isMissing(error)) stuck.push(file);
    }
  }
  return { removed, stuck };
}

function listEntries(host: Host, home: Home): QueuedFile[] {
  try {
    return host.files.list(home.telemetryDirectory).filter((entry) => entry.kind !== "directory")
      .map(({ name }) => ({ name, path: join(home.telemetryDirectory, name) }));
  } catch (error) {
    if (error instanceof FileFault) return [];
    throw error;
  }
}

/** Sweeps what crashes left behind: old temporaries, and all but the newest files that were set aside. For the holder of the lock. */
export function sweepLeftovers(host: Host, home: Home): void {
  const leftovers = listEntries(host, home).filter(({ name }) => LEFTOVER.test(name));
  const broken = leftovers.filter(({ name }) => name.endsWith(".broken")).sort((left, right) =>
    left.name < right.name ? -1 : 1
  );
  const surplus = new Set(broken.slice(0, Math.max(0, broken.length - MAX_BROKEN)));
  for (const file of leftovers) {
    try {
      const modified = host.files.stat(file.path).modified?.getTime() ?? 0;
      const abandoned = file.name.endsWith(".tmp") && Math.abs(host.now().getTime() - modified) > ABANDONED_AFTER_MS;
      if (abandoned || surplus.has(file)) host.files.remove(file.path);
    } catch (error) {
      // It is gone already, or stays: it never leaves this machine either way.
      if (!(error instanceof FileFault)) throw error;
    }
  }
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

/** Counts reports that were dropped unsent. Two processes at a time both count: the file grows by a byte for each report. */
export function noteDropped(host: Host, home: Home, count: number): void {
  if (count === 0) return;
  try {
    host.files.makeDirectory(home.telemetryDirectory);
    host.files.append(droppedPath(home), new Uint8Array(count).fill(0x2e));
  } catch (error) {
    // The count is for people to see; the reports are gone either way.
    if (!(error instanceof FileFault)) throw error;
  }
}

/** Behind everything that waits, whatever the clock says: it may have been set back. */
function nextPlace(host: Host, last: QueuedFile | undefined): string {
  const before = Number(NAME.exec(last?.name ?? "")?.[1] ?? 0);
  const place = Math.min(Math.max(host.now().getTime(), before + 1), 999_999_999_999_999);
  return String(place).padStart(15, "0");
}

/** Waiting for too long, by a clock that can be believed. */
function isExpired({ name }: QueuedFile, now: number): boolean {
  const days = (now - Number(name.slice(0, 15))) / DAY_MS;
  return days > QUEUE_LIMITS.days && days <= BELIEVABLE_DAYS;
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

function textOf({ choice, report }: QueuedReport): string {
  return `{"choice":${JSON.stringify(choice)},${withheldMembers(report.withheld)}"report":${report.json}}`;
}

/** Undefined where it isn't one. Throws `SyntaxError` where the text is no JSON. */
function parseQueued(text: string): QueuedReport | undefined {
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return undefined;
  const { choice, report } = value;
  if ((choice !== null && typeof choice !== "string") || !isReport(report)) return undefined;
  return { choice, report: writeReport(report, parseWithheld(value)) };
}

function setAside(host: Host, file: QueuedFile): void {
  try {
    host.files.rename(file.path, `${file.path}.broken`);
  } catch (error) {
    // It stays where it is and is set aside the next time; it never leaves.
    if (!(error instanceof FileFault)) throw error;
  }
}

function droppedPath(home: Home): string {
  return join(home.telemetryDirectory, "dropped");
}
