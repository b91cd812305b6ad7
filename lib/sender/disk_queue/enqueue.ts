import { FileFault, type Host } from "../../host/host.ts";
import { removeQuietly, replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import { type QueuedReport, queuedText } from "./content.ts";
import {
  type DroppedBy,
  dropQueued,
  eventInName,
  listQueue,
  messageIdOf,
  namedIn,
  nextFile,
  noteDropped,
  type QueuedFile,
} from "./files.ts";
import { MOST_HELD, trimQueue } from "./limits.ts";

/** What became of several reports that were to be queued. */
export interface Enqueued {
  /** The files of those that could be written, in their order. */
  readonly files: readonly QueuedFile[];
  /** The messageIds of what was dropped, of these and of others, because too many waited. */
  readonly dropped: readonly string[];
  /** How many of these were not kept, because enough of their event are held. */
  readonly surplus: number;
  /** Whether the files were removed again, because consent was withdrawn meanwhile. */
  readonly withdrawn: boolean;
}

/** How reports are kept. */
export interface EnqueueOptions {
  /** Whether they may be kept: asked once they are written, as a no may come meanwhile. Always, unless given. */
  readonly mayKeep?: () => boolean;
  /** Why what waits in a file never leaves; undefined where it may. All may, unless given. */
  readonly hopeless?: (file: QueuedFile) => DroppedBy | undefined;
  /** Whether a report may not leave yet, so that few of its event are kept. No, unless given. */
  readonly isHeld?: (queued: QueuedReport) => boolean;
  /** Until when, by `host.elapsed()`, they are made safe from power cuts one by one. Without end, unless given. */
  readonly syncUntil?: number;
}

/**
 * Keeps reports on disk, in their order, up to the first that can't be kept. Throws `FileFault` where that is the first
 * of all. First all are written, which makes them safe from a crash. Then each is synced, which makes it safe from a
 * power cut and takes a disk's own time. Drops the oldest reports over the limits.
 */
export function enqueue(
  host: Host,
  home: Home,
  reports: readonly QueuedReport[],
  { mayKeep = () => true, hopeless = () => undefined, isHeld = () => false, syncUntil = Infinity }: EnqueueOptions = {},
): Enqueued {
  host.files.makeDirectory(home.telemetryDirectory);
  const waiting = withoutHopeless(host, home, listQueue(host, home), hopeless);
  const wanted = withoutSurplus(waiting, reports, isHeld);
  const surplus = reports.length - wanted.length;
  noteDropped(host, home, surplus, "limits");
  const alone = wanted.length === 1;
  const files = writeAll(host, home, wanted, waiting.at(-1), alone ? "content" : "nothing");
  for (const { path } of alone ? [] : files) {
    if (host.elapsed() >= syncUntil) break;
    syncQuietly(host, path);
  }
  syncQuietly(host, home.telemetryDirectory);
  const dropped = trimQueue(host, home, [...waiting, ...files]).dropped.map(messageIdOf);
  if (mayKeep()) return { files, dropped, surplus, withdrawn: false };
  // What went over the limits is gone and counted already.
  dropQueued(host, home, files, "withdrawn");
  syncQuietly(host, home.telemetryDirectory);
  return { files, dropped, surplus, withdrawn: true };
}

/** The files that wait, once those were dropped that never leave. */
function withoutHopeless(
  host: Host,
  home: Home,
  waiting: readonly QueuedFile[],
  hopeless: (file: QueuedFile) => DroppedBy | undefined,
): readonly QueuedFile[] {
  return waiting.filter((file) => {
    const reason = hopeless(file);
    if (reason !== undefined) dropQueued(host, home, [file], reason);
    return reason === undefined;
  });
}

/** The reports less those that are held and of whose event enough are held already. */
function withoutSurplus(
  waiting: readonly QueuedFile[],
  reports: readonly QueuedReport[],
  isHeld: (queued: QueuedReport) => boolean,
): readonly QueuedReport[] {
  if (!reports.some(isHeld)) return reports;
  const counts = new Map<string, number>();
  const count = (event: string) => {
    const number = (counts.get(event) ?? 0) + 1;
    counts.set(event, number);
    return number;
  };
  // Where one of them is held, so is all that waits.
  for (const file of waiting) count(namedIn(file).event);
  return reports.filter((queued) => count(eventInName(queued.report.name)) <= MOST_HELD || !isHeld(queued));
}

/** One report alone is synced before it has its name: even after a power cut a listed file is a whole report. */
function writeAll(
  host: Host,
  home: Home,
  reports: readonly QueuedReport[],
  last: QueuedFile | undefined,
  sync: "content" | "nothing",
): QueuedFile[] {
  const files: QueuedFile[] = [];
  for (const queued of reports) {
    const { report: { messageId, name }, label: { permission } } = queued;
    const named = { messageId, permission, event: eventInName(name) };
    const file = nextFile(host, home, named, files.at(-1) ?? last);
    try {
      replaceFile(host, file.path, queuedText(queued), { sync });
      files.push(file);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      // A network file system may report a failure of what was done: the report would be sent twice.
      removeQuietly(host, file.path);
      if (files.length === 0) throw error;
      break;
    }
  }
  return files;
}
