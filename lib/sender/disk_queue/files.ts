import { join } from "@std/path";
import { FileFault, type Host, isFull, isMissing } from "../../host/host.ts";
import { orElse, orIfMissing } from "../../host/or_else.ts";
import { removeQuietly, syncQuietly } from "../../host/replace_file.ts";
import { type DropReason, type Permission, PERMISSIONS } from "../../consent/permission.ts";
import type { Home } from "../../home.ts";

/** The queue's files, whatever is in them: their names and order, and how they are listed, counted and removed. */

/**
 * A place in the order, which begins with the time in milliseconds, the messageId, the permission and the event. The
 * last two are for those who look into the folder, and to pass by a file without reading it; its content decides.
 */
const NAME = new RegExp(
  `^(\\d{15})-([0-9a-f-]{36})\\.(${Object.keys(PERMISSIONS).join("|")})\\.([a-z0-9-]{1,80})\\.json$`,
);
/** What a crash leaves of a report (`.tmp`), and what was set aside because it is no report (`.broken`). */
const LEFT_OF_REPORT = /^\d{15}-[0-9a-f-]{36}\.[a-z]+\.[a-z0-9-]{1,80}\.json\.([0-9a-f-]{36}\.tmp|broken)$/;
/** What a crash leaves of the folder's other files: the record, the answer, the state, a no, a told file, a probe. */
const LEFT_OF_OTHERS = new RegExp(
  "^(((consent|answer|delivery)\\.json|disabled|told-[0-9a-f]{32}(-terminal)?)\\.|" +
    "\\.rasa-telemetry-)[0-9a-f-]{36}\\.tmp$",
);
/** A temporary file this old, in milliseconds, was left by a process that died. */
const ABANDONED_AFTER_MS = 60 * 60 * 1000;
/** How many files that were set aside are kept for somebody to look at. */
const MAX_BROKEN = 20;

/** The file of a report. */
export interface QueuedFile {
  readonly name: string;
  readonly path: string;
}

/** What a file's name says of the report in it, beside its place in the order. */
export interface NamedReport {
  readonly messageId: string;
  readonly permission: Permission;
  /** The event in lower case with hyphens, or `identify`. */
  readonly event: string;
}

/** A new file for a report, behind `last` in the order, whatever the clock says: it may have been set back. */
export function nextFile(host: Host, home: Home, named: NamedReport, last: QueuedFile | undefined): QueuedFile {
  const before = Number(NAME.exec(last?.name ?? "")?.[1] ?? 0);
  const place = Math.min(Math.max(host.now().getTime(), before + 1), 999_999_999_999_999);
  const { messageId, permission, event } = named;
  return fileNamed(home, `${String(place).padStart(15, "0")}-${messageId}.${permission}.${event}.json`);
}

/** What the file's name says of its report. */
export function namedIn({ name }: QueuedFile): NamedReport {
  const [, , messageId = "", permission, event = ""] = NAME.exec(name) ?? [];
  // The pattern lets no other word through.
  return { messageId, permission: permission as Permission, event };
}

/** An event's name as names of files have it. */
export function eventInName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80);
}

/** When the report was queued, in milliseconds since 1970, by the clock of that moment. */
export function queuedAt({ name }: QueuedFile): number {
  return Number(NAME.exec(name)?.[1]);
}

/** The messageId of the report in a file, as its name has it. */
export function messageIdOf({ name }: QueuedFile): string {
  return NAME.exec(name)?.[2] ?? "";
}

/** The files of the reports that wait, oldest first. A missing folder holds none. Throws `FileFault`. */
export function listQueue(host: Host, home: Home): QueuedFile[] {
  return orIfMissing(() => host.files.list(home.telemetryDirectory), [])
    .filter(({ kind, name }) => kind === "file" && NAME.test(name))
    .map(({ name }) => fileNamed(home, name))
    .sort(byName);
}

/** How many reports wait; 0 where there is no home or its folder can't be listed. */
export function countQueued(host: Host, home: Home | undefined): number {
  return home === undefined ? 0 : orElse(() => listQueue(host, home).length, 0);
}

/** Removes files, and returns those that are still there because they can't be removed. */
export function removeQueued(host: Host, home: Home, files: readonly QueuedFile[]): readonly QueuedFile[] {
  if (files.length === 0) return [];
  const { left } = removeEach(host, files);
  syncQuietly(host, home.telemetryDirectory);
  return left;
}

/** Throws `FileFault` where nothing can be removed from the folder: what is sent would be sent again each time. */
export function requireChangeable(host: Host, home: Home): void {
  const probe = join(home.telemetryDirectory, `${host.uuid()}.tmp`);
  try {
    host.files.makeDirectory(probe);
    host.files.remove(probe);
  } catch (error) {
    // From a full disk everything can be removed.
    if (!isFull(error)) throw error;
  }
}

/** Removes reports unsent. Each is counted by the one process that removed it. */
export function dropQueued(host: Host, home: Home, files: readonly QueuedFile[], reason: DroppedBy): void {
  if (files.length > 0) noteDropped(host, home, removeEach(host, files).removed, reason);
}

/** What came of clearing the queue. */
export interface Cleared {
  /** How many reports were deleted. */
  readonly deleted: number;
  /** How many files could not be deleted. */
  readonly left: number;
}

/** Deletes everything that waits, was set aside or was being written, and counts the reports among it. */
export function clearQueue(host: Host, home: Home): Cleared {
  const reports = removeEach(host, listEntries(host, home, NAME));
  const others = removeEach(host, listEntries(host, home, LEFT_OF_REPORT));
  const left = reports.left.length + others.left.length;
  if (reports.removed + others.removed + left > 0) syncQuietly(host, home.telemetryDirectory);
  noteDropped(host, home, reports.removed, "withdrawn");
  return { deleted: reports.removed, left };
}

/**
 * Sweeps what crashes left behind: old temporary files, and all but the newest files that were set aside. For the
 * holder of the delivery lock.
 */
export function sweepLeftovers(host: Host, home: Home): void {
  const leftovers = listEntries(host, home, LEFT_OF_REPORT, LEFT_OF_OTHERS);
  const broken = leftovers.filter(isSetAside).sort(byName);
  const surplus = new Set(broken.slice(0, Math.max(0, broken.length - MAX_BROKEN)));
  for (const file of leftovers) {
    const modified = orElse(() => host.files.stat(file.path).modified?.getTime() ?? 0, undefined);
    if (modified === undefined) continue;
    const isAbandoned = file.name.endsWith(".tmp") && Math.abs(host.now().getTime() - modified) > ABANDONED_AFTER_MS;
    if (surplus.has(file) || isAbandoned) removeQuietly(host, file.path);
  }
}

/** How many files were set aside because they are no reports. */
export function countSetAside(host: Host, home: Home): number {
  return listEntries(host, home, LEFT_OF_REPORT).filter(isSetAside).length;
}

/** Renames a file that is no report, so that nobody reads it again. */
export function setAside(host: Host, file: QueuedFile): void {
  // Where that fails it stays where it is and is set aside the next time; it never leaves.
  orElse(() => host.files.rename(file.path, `${file.path}.broken`), undefined);
}

/**
 * The rules by which reports are dropped unsent, each with its letter in the file that counts them, and in words for
 * people, behind a number of reports.
 */
export const DROPS = {
  limits: { letter: "l", words: "because too many waited" },
  age: { letter: "a", words: "because they waited for more than 30 days" },
  size: { letter: "s", words: "because they were over 32 KB" },
  unknown: { letter: "n", words: "because the catalogue has no such event" },
  untold: { letter: "u", words: "because nobody was told within an hour" },
  disk: { letter: "d", words: "because the disk was full" },
  withdrawn: { letter: "w", words: "because of a no, a new machine id or another machine" },
  environment: {
    letter: "e",
    words: "because they were recorded under RASA_TELEMETRY_ENABLED, which doesn't say on now",
  },
} as const satisfies Record<DropReason, unknown> & Record<string, { letter: string; words: string }>;

/** The rule by which a report was dropped. */
export type DroppedBy = keyof typeof DROPS;

/** How many reports were dropped by each rule. */
export type DroppedCounts = Readonly<Record<DroppedBy, number>>;

/** The most that is read of the file that counts, in bytes: one for each report. */
const MAX_COUNTED_BYTES = 4 * 1024 * 1024;

/** How many reports were dropped so far, by rule. */
export function countDropped(host: Host, home: Home | undefined): DroppedCounts {
  const bytes = home === undefined
    ? new Uint8Array()
    : orElse(() => host.files.readOwn(home.droppedFile, MAX_COUNTED_BYTES), new Uint8Array());
  const letters = new TextDecoder().decode(bytes);
  const entries = Object.entries(DROPS).map(([rule, { letter }]) => [rule, letters.split(letter).length - 1]);
  // The names are those of the table, which `fromEntries` forgets.
  return Object.fromEntries(entries) as DroppedCounts;
}

/** How many were dropped between two counts. */
export function droppedSince(before: DroppedCounts, now: DroppedCounts): DroppedCounts {
  // Whoever deletes the file begins the count anew.
  const entries = Object.entries(now).map(([rule, count]) => [rule, Math.max(0, count - before[rule as DroppedBy])]);
  return Object.fromEntries(entries) as DroppedCounts;
}

/** The sum of such counts. */
export function sumOfDropped(counts: DroppedCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** How many reports were dropped, and why, for people; `"none were"` where there were none. */
export function droppedInWords(counts: DroppedCounts): string {
  const entries = Object.entries(DROPS).flatMap(([rule, { words }]) => {
    // The table's own names.
    const count = counts[rule as DroppedBy];
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return entries.join("; ") || "none were";
}

/**
 * Counts reports dropped unsent. The file grows by a byte for each, so that two processes at a time both count. The
 * count is for people to see; where it can't be kept, which false says, the reports are gone all the same.
 */
export function noteDropped(host: Host, home: Home, count: number, by: DroppedBy): boolean {
  if (count === 0) return true;
  return orElse(() => {
    host.files.makeDirectory(home.telemetryDirectory);
    host.files.append(home.droppedFile, new TextEncoder().encode(DROPS[by].letter.repeat(count)));
    return true;
  }, false);
}

/** The files whose names fit one of the patterns; none where the folder can't be listed. */
function listEntries(host: Host, home: Home, ...patterns: readonly RegExp[]): QueuedFile[] {
  return orElse(() => host.files.list(home.telemetryDirectory), [])
    .filter(({ kind, name }) => kind !== "directory" && patterns.some((pattern) => pattern.test(name)))
    .map(({ name }) => fileNamed(home, name));
}

/** Goes on where one can't be removed: each that is gone can't be sent. */
function removeEach(host: Host, files: readonly QueuedFile[]): { removed: number; left: QueuedFile[] } {
  let removed = 0;
  const left: QueuedFile[] = [];
  for (const file of files) {
    try {
      host.files.remove(file.path);
      removed++;
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      if (!isMissing(error)) left.push(file);
    }
  }
  return { removed, left };
}

function fileNamed(home: Home, name: string): QueuedFile {
  return { name, path: join(home.telemetryDirectory, name) };
}

function isSetAside({ name }: QueuedFile): boolean {
  return name.endsWith(".broken");
}

function byName(left: QueuedFile, right: QueuedFile): number {
  return left.name < right.name ? -1 : 1;
}
