import type { Host } from "../host/host.ts";
import { sizeOf } from "../host/size_of.ts";

/** Size at which a log becomes the older one and a new one begins, in bytes. */
export const MAX_LOG_BYTES = 1024 * 1024;

/** The two files of a log: the one that is written to, and its older half. */
export interface LogFiles {
  readonly newer: string;
  readonly older: string;
}

/** Adds lines to a log, each with its end. Throws `FileFault`. */
export function appendLines(host: Host, files: LogFiles, lines: readonly string[]): void {
  for (let from = 0; from < lines.length;) from += appendSome(host, files, lines.slice(from));
}

/** Adds lines up to the one that fills the file, and returns how many they were. */
function appendSome(host: Host, { newer, older }: LogFiles, lines: readonly string[]): number {
  let size = sizeOf(host, newer);
  if (size >= MAX_LOG_BYTES) {
    host.files.rename(newer, older);
    size = 0;
  }
  let count = 0;
  // The entry begins a new line: a crash may have torn the last one.
  let text = size > 0 ? "\n" : "";
  do text += lines[count++]; while (count < lines.length && size + text.length < MAX_LOG_BYTES);
  host.files.append(newer, new TextEncoder().encode(text));
  return count;
}
