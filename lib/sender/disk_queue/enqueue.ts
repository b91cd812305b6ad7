import { FileFault, type Host } from "../../host/host.ts";
import { removeQuietly, replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";
import { type QueuedReport, queuedText } from "./content.ts";
import { listQueue, messageIdOf, nextFile, type QueuedFile } from "./files.ts";
import { trimQueue } from "./limits.ts";

/** What became of several reports that were to be queued. */
export interface Enqueued {
  /** The files of those that could be kept, in their order. */
  readonly files: readonly QueuedFile[];
  /** The messageIds of what was dropped, of these and of others, because too many waited. */
  readonly dropped: readonly string[];
}

/**
 * Keeps a report on disk before anything else happens to it: once this returns, neither a crash nor a power cut loses
 * it. Drops the oldest reports over the limits. Throws `FileFault` where it can't be kept.
 */
export function enqueue(host: Host, home: Home, queued: QueuedReport): QueuedFile {
  const [file] = enqueueAll(host, home, [queued]).files;
  if (file === undefined) throw new FileFault("queue a report", "Unknown");
  return file;
}

/**
 * Keeps several reports on disk, in their order, up to the first that can't be kept. Throws `FileFault` where that is
 * the first of all. First all of them are written, which makes them safe from a crash. Then they are synced one by one,
 * which makes them safe from a power cut and takes a disk's own time for each: that ends at `syncUntil` (of
 * `host.elapsed()`).
 */
export function enqueueAll(
  host: Host,
  home: Home,
  reports: readonly QueuedReport[],
  syncUntil = Infinity,
): Enqueued {
  host.files.makeDirectory(home.telemetryDirectory);
  const waiting = listQueue(host, home);
  const alone = reports.length === 1;
  const files = writeAll(host, home, reports, waiting.at(-1), alone ? "content" : "nothing");
  for (const { path } of alone ? [] : files) {
    if (host.elapsed() >= syncUntil) break;
    syncQuietly(host, path);
  }
  syncQuietly(host, home.telemetryDirectory);
  const { dropped } = trimQueue(host, home, [...waiting, ...files]);
  return { files, dropped: dropped.map(messageIdOf) };
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
