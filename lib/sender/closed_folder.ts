import type { Home } from "../home.ts";
import { FileFault, type Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { printable } from "../terminal/printable.ts";

/**
 * Whose the folder of telemetry is where this user may not look into it, for people; undefined where it may, and where
 * there is none. `effect` is what comes of that.
 */
export function describeClosedFolder(host: Host, { telemetryDirectory }: Home, effect: string): string | undefined {
  try {
    host.files.list(telemetryDirectory);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    if (error.code !== "EACCES" && error.code !== "EPERM") return undefined;
  }
  const stat = orElse(() => host.files.stat(telemetryDirectory), undefined);
  const whose = stat?.uid === undefined ? "" : ` (it is user ${stat.uid}'s, with mode ${stat.mode?.toString(8)})`;
  return `${printable(telemetryDirectory)} is closed to this user${whose}${effect}; give it to this user, ` +
    "or set RASA_TELEMETRY_HOME";
}
