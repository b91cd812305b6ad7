import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";

/**
 * The lock that says that a request is under way. Every sender takes it shared, and only then asks for consent, for
 * each request. Whoever stores a no takes it alone afterwards: then no request is under way, and none will begin.
 */

/** How often a lock is tried that another process holds, in milliseconds. */
const RETRY_MS = 20;
/** The longest wait for requests that are under way, in milliseconds: as long as a request may take. */
const REQUESTS_END_MS = 5_000;

/** The lock, `"busy"` where another process didn't give it back in time, or `"none"` where it can't be asked for. */
export type SendingLock = FileLock | "busy" | "none";

/** Takes the lock for a request, within `leftMs`. */
export async function takeSendingLock(host: Host, home: Home, leftMs: number): Promise<SendingLock> {
  return await takeLock(host, home, "shared", leftMs);
}

/**
 * Waits until no request is under way, and keeps others from beginning while `work` runs. Returns whether that is
 * certain: a file system may have no locks, and a process that was stopped never answers.
 */
export async function afterRequests(host: Host, home: Home, work: () => void): Promise<boolean> {
  const lock = await takeLock(host, home, "exclusive", REQUESTS_END_MS);
  try {
    work();
    return typeof lock === "object";
  } finally {
    if (typeof lock === "object") lock.release();
  }
}

async function takeLock(
  host: Host,
  home: Home,
  kind: "exclusive" | "shared",
  longestMs: number,
): Promise<SendingLock> {
  const since = host.elapsed();
  try {
    for (;;) {
      const lock = host.files.lock(home.sendingLock, kind);
      if (lock !== undefined) return lock;
      if (host.elapsed() - since >= longestMs) return "busy";
      await host.sleep(RETRY_MS);
    }
  } catch (error) {
    if (error instanceof FileFault) return "none";
    throw error;
  }
}
