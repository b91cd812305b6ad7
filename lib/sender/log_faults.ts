import type { Home } from "../home.ts";
import { FileFault, type Host, isMissing } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { MAX_READ_BYTES } from "./rotating_log.ts";
import { filesOf } from "./sent_log.ts";

/** Why the sent log doesn't hold everything that left this machine. */

/** Counts entries that the log can't take. The file grows by a byte for each, so that two processes both count. */
export function noteUnlogged(host: Host, home: Home, count: number): void {
  if (count === 0) return;
  // A full disk still takes an empty file: that at least one is missing is known even then.
  orElse(() => host.files.append(home.unloggedFile, new Uint8Array(count)), undefined);
}

/** How many entries the log lacks; 0 where at least one is missing and no more is known; undefined where none is. */
function countUnlogged(host: Host, home: Home): number | undefined {
  return orElse(() => host.files.stat(home.unloggedFile).size, undefined);
}

/** What to tell people of a log that can't be read or written, or that lacks something, a sentence each. */
export function describeLogFaults(host: Host, home: Home): string[] {
  const faults = filesOf(home).flatMap((path) => faultOfFile(host, path, path === home.sentLog));
  const count = countUnlogged(host, home);
  if (count === undefined) return faults;
  const entries = count === 0 ? "at least 1 entry" : count === 1 ? "1 entry" : `${count} entries`;
  const why = "its file could not be written, the disk was full, or a process was killed while it sent";
  return [...faults, `the log of what was sent lacks ${entries}: ${why}; ${CLEAR}`];
}

const CLEAR = "rasa-telemetry log clear begins a new one";

/** What to tell people of lines of the log that can't be understood, as `readSentLogWhole` counts them, a sentence. */
export function describeUnreadable(unreadable: number): string[] {
  if (unreadable === 0) return [];
  const [lines, them] = unreadable === 1 ? ["1 line", "it"] : [`${unreadable} lines`, "them"];
  const why = `a crash tore ${them}, or somebody changed ${them}`;
  return [`${lines} of the log of what was sent can't be understood: ${why}; ${CLEAR}`];
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
