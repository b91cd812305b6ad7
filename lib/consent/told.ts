import { join } from "@std/path";
import { FileFault, type Host } from "../host/host.ts";
import { removeQuietly, replaceFile } from "../host/replace_file.ts";
import type { Home } from "../home.ts";

/** Longest date that is read, in bytes. */
const MAX_MARKER_BYTES = 100;

/**
 * Keeps the date under which the notice's default is stored, before it is: reports that were held until then go under it too.
 * Throws `FileFault` where nothing can be written.
 */
export function writeNoticeDate(host: Host, home: Home, date: string): void {
  host.files.makeDirectory(home.telemetryDirectory);
  replaceFile(host, markerPath(home), date);
}

/** Stands in the place of the date where the notice was shown, but `global.yml` could not be changed. */
export const UNSTORED = "unstored";

/** Takes the date back: the notice could not be shown after all. */
export function removeNoticeDate(host: Host, home: Home): void {
  removeQuietly(host, markerPath(home));
}

/** The date that the notice's default was stored under, or undefined where `init` never did. */
export function readNoticeDate(host: Host, home: Home): string | undefined {
  try {
    return new TextDecoder().decode(host.files.read(markerPath(home), MAX_MARKER_BYTES));
  } catch (error) {
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}

function markerPath(home: Home): string {
  return join(home.telemetryDirectory, "notice");
}
