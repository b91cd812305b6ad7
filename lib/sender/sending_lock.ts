import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";

/**
 * The lock that says that a request is under way. Every sender takes it shared, and only then asks for consent, for
 * each request. Whoever stores a no takes it alone afterwards: then no request is under way, and none will begin.
 */

/** How often a lock is tried that another process holds, in milliseconds. */
const RETRY_MS = 20;
/** The longest wait for requests that are under way, in milliseconds: as long as a request may take. */
const REQUESTS_END_MS = 5_000;

/** Takes the lock for a request, within `leftMs`. `"none"` where it can't be had: then no request may be made. */
export async function takeSendingLock(host: Host, home: Home, leftMs: number): Promise<FileLock | "none"> {
  return await takeLock(host, home, "shared", leftMs);
}

/** Whether there can be such a lock, whoever has it. */
export function canLock(host: Host, home: Home): boolean {
  return orElse(() => {
    host.files.lock(home.sendingLock, "shared")?.release();
    return true;
  }, false);
}

/**
 * Waits until no request is under way, and keeps others from beginning while `work` runs. Returns whether that is
 * certain: a file system may have no locks, and a process that was stopped never answers.
 */
export async function afterRequests(host: Host, home: Home, work: () => void): Promise<boolean> {
  const lock = await takeLock(host, home, "exclusive", REQUESTS_END_MS);
  try {
    work();
    return lock !== "none";
  } finally {
    if (lock !== "none") lock.release();
  }
}

async function takeLock(
  host: Host,
  home: Home,
  kind: "exclusive" | "shared",
  longestMs: number,
): Promise<FileLock | "none"> {
  const since = host.elapsed();
  try {
    for (;;) {
      const lock = host.files.lock(home.sendingLock, kind);
      if (lock !== undefined) return lock;
      if (host.elapsed() - since >= longestMs) return "none";
      await host.sleep(RETRY_MS);
    }
  } catch (error) {
    if (error instanceof FileFault) return "none";
    throw error;
  }
}
