import { FileFault, type Host, isMissing } from "../../host/host.ts";
import { replaceFile, syncQuietly } from "../../host/replace_file.ts";
import type { Home } from "../../home.ts";

/** Whether somebody said no beside `global.yml`. Undefined where that can't be told. */
export function isVetoed(host: Host, home: Home): boolean | undefined {
  try {
    host.files.stat(home.vetoFile);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}

/**
 * Switches telemetry off beside a `global.yml` that can't be changed with certainty, because a no must always be possible.
 * Throws `FileFault` where that can't be stored either.
 */
export function storeVeto(host: Host, home: Home): void {
  host.files.makeDirectory(home.telemetryDirectory);
  replaceFile(host, home.vetoFile, "Telemetry was switched off; rasa-telemetry enable switches it on again.\n");
}

/** Removes the no beside `global.yml`. Returns whether there was one. Throws `FileFault` where it can't be removed. */
export function removeVeto(host: Host, home: Home): boolean {
  try {
    host.files.remove(home.vetoFile);
    syncQuietly(host, home.telemetryDirectory);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
