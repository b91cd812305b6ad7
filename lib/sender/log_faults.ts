import type { Home } from "../home.ts";
import { FileFault, type Host, isMissing } from "../host/host.ts";
import { orElse, orIfMissing } from "../host/or_else.ts";
import { MAX_READ_BYTES } from "./rotating_log.ts";
import { filesOf } from "./sent_log.ts";

/** Why the sent log doesn't hold everything that left this machine. */

/** Counts entries that the log can't take. The file grows by a byte for each, so that two processes both count. */
export function noteUnlogged(host: Host, home: Home, count: number): void {
  if (count === 0) return;
  // A full disk still takes an empty file: that at least one is missing is known even then.
  orElse(() => host.files.append(home.unloggedFile, new Uint8Array(count)), undefined);
}

/** How many entries the log lacks, as far as they could be counted: one where something stands there, at least. */
function countUnlogged(host: Host, home: Home): number {
  return orElse(() => orIfMissing(() => Math.max(1, host.files.stat(home.unloggedFile).size), 0), 0);
}

/** What to tell people of a log that can't be read or written, or that lacks something, a sentence each. */
export function describeLogFaults(host: Host, home: Home): string[] {
  const faults = filesOf(home).flatMap((path) => faultOfFile(host, path, path === home.sentLog));
  const count = countUnlogged(host, home);
  if (count === 0) return faults;
  const lacks = `the log of what was sent lacks ${count} ${count === 1 ? "entry" : "entries"}`;
  const why = "its file could not be written, the disk was full, or a process was killed while it sent";
  return [...faults, `${lacks}: ${why}; rasa-telemetry log clear begins a new one`];
}

function faultOfFile(host: Host, path: string, isWritten: boolean): string[] {
  const way = "repair it, or delete it with rasa-telemetry log clear";
  const unreadable = faultOf(() => host.files.read(path, MAX_READ_BYTES));
  if (unreadable !== undefined) {
    return [`${path} can't be read (${unreadable}): not everything that left is shown; ${way}`];
  }
  const unwritable = isWritten ? faultOf(() => touch(host, path)) : undefined;
  return unwritable === undefined
    ? []
    : [`${path} can't be written (${unwritable}): what leaves now is not in it; ${way}`];
}

/** Opens a file for writing, and leaves it as it is. Throws `FileFault`. */
function touch(host: Host, path: string): void {
  // A missing one is not made.
  host.files.stat(path);
  host.files.append(path, new Uint8Array());
}

/** Why something can't be done with a file that is there; undefined where it can, or where the file is missing. */
function faultOf(work: () => void): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return isMissing(error) ? undefined : error.code;
  }
}
