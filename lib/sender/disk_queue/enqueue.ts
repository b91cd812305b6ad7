import { FileFault, type Host } from "../../host/host.ts";
import { removeQuietly, replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import { type QueuedReport, queuedText } from "./content.ts";
import { listQueue, messageIdOf, nextFile, type QueuedFile, removeQueued } from "./files.ts";
import { trimQueue } from "./limits.ts";

/** What became of several reports that were to be queued. */
export interface Enqueued {
  /** The files of those that could be written, in their order. */
  readonly files: readonly QueuedFile[];
  /** The messageIds of what was dropped, of these and of others, because too many waited. */
  readonly dropped: readonly string[];
  /** Whether the files were removed again, because consent was withdrawn meanwhile. */
  readonly withdrawn: boolean;
}

/** How reports are kept. */
export interface EnqueueOptions {
  /** Whether they may be kept: asked before and after, as a no may come meanwhile. Always, unless given. */
  readonly mayKeep?: () => boolean;
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
  { mayKeep = () => true, syncUntil = Infinity }: EnqueueOptions = {},
): Enqueued {
  if (!mayKeep()) return { files: [], dropped: [], withdrawn: true };
  host.files.makeDirectory(home.telemetryDirectory);
  const waiting = listQueue(host, home);
  const alone = reports.length === 1;
  const files = writeAll(host, home, reports, waiting.at(-1), alone ? "content" : "nothing");
  for (const { path } of alone ? [] : files) {
    if (host.elapsed() >= syncUntil) break;
    syncQuietly(host, path);
  }
  syncQuietly(host, home.telemetryDirectory);
  const dropped = trimQueue(host, home, [...waiting, ...files]).dropped.map(messageIdOf);
  if (mayKeep()) return { files, dropped, withdrawn: false };
  removeQueued(host, home, files);
  return { files, dropped, withdrawn: true };
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
    const file = nextFile(host, home, queued.report.messageId, files.at(-1) ?? last);
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
