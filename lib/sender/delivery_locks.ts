import type { Home } from "../home.ts";
import { FileFault, type Host, isMissing } from "../host/host.ts";

/**
 * Whether a delivery could begin right now: `"busy"` where another process delivers, or waits for requests to end;
 * `"impossible"` where a lock can't be asked for, so that reports wait until somebody has repaired that.
 */
export type DeliveryState = "free" | "busy" | "impossible";

/** What the locks say about deliveries. */
export interface DeliveryLocks {
  readonly state: DeliveryState;
  /** Whether each of them has its file already. */
  readonly isMade: boolean;
  /** What to repair, a sentence each. */
  readonly problems: readonly string[];
}

/** Tries the locks that every delivery takes, and makes none where there is none yet. */
export function tryDeliveryLocks(host: Host, home: Home): DeliveryLocks {
  const found = [home.deliveryLock, home.sendingLock].map((path) => ({ path, state: tryLock(host, path) }));
  const problems = found.flatMap(({ path, state }) => state instanceof FileFault ? [describe(path, state)] : []);
  const isBusy = found.some(({ state }) => state === "busy");
  const isMade = found.every(({ state }) => state !== "missing");
  return { state: problems.length > 0 ? "impossible" : isBusy ? "busy" : "free", isMade, problems };
}

function tryLock(host: Host, path: string): "free" | "busy" | "missing" | FileFault {
  try {
    // Shared, so that it is in the way of no request.
    const lock = host.files.lock(path, "shared", false);
    lock?.release();
    return lock === undefined ? "busy" : "free";
  } catch (error) {
    if (isMissing(error)) return "missing";
    if (error instanceof FileFault) return error;
    throw error;
  }
}

function describe(path: string, { code }: FileFault): string {
  return `${path} can't be locked (${code}): ${REPAIRS[code] ?? "until that is repaired"}, nothing leaves`;
}

/** What to do about a fault, ahead of a comma. */
const REPAIRS: Readonly<Record<string, string>> = {
  NotAFile: "it isn't a file; until it is removed",
  ELOOP: "it is a symbolic link; until it is removed",
  EACCES: "its permissions don't allow it; until they do",
  ENOLCK: "the file system has no locks; until RASA_TELEMETRY_HOME names a folder on another one",
  ENOSYS: "the file system has no locks; until RASA_TELEMETRY_HOME names a folder on another one",
  EOPNOTSUPP: "the file system has no locks; until RASA_TELEMETRY_HOME names a folder on another one",
};
