import type { Home } from "../home.ts";
import { FileFault, type FileLock, type Host } from "../host/host.ts";

/** The longest wait for another process that is changing the choice or the record, in milliseconds. */
const LOCK_WAIT_MS = 2_000;
const LOCK_RETRY_MS = 20;

/** What stands for a lock where there can be none: a file system without locks, or no folder to keep the file in. */
const UNLOCKED: FileLock = { release() {} };

/**
 * Takes the lock on changes of the choice and the record, waiting for it. Undefined where another process keeps it.
 * Where there can be no lock, comparing a file before it is replaced has to do.
 */
export async function takeConfigLock(host: Host, home: Home): Promise<FileLock | undefined> {
  const since = host.elapsed();
  for (;;) {
    const lock = tryConfigLock(host, home);
    if (lock !== undefined || host.elapsed() - since >= LOCK_WAIT_MS) return lock;
    await host.sleep(LOCK_RETRY_MS);
  }
}

/** The same without waiting. */
export function tryConfigLock(host: Host, home: Home): FileLock | undefined {
  try {
    return host.files.lock(home.configLock);
  } catch (error) {
    // A machine on which nothing was kept yet has no folder for it, and nobody to wait for.
    if (error instanceof FileFault) return UNLOCKED;
    throw error;
  }
}
