import type { Host } from "../../host/host.ts";

/**
 * Once somebody asked the program to end, what was written before is still taken: until nothing has come for this long,
 * in milliseconds.
 */
const QUIET_MS = 250;
/** How long that may take at most, in milliseconds: others may go on writing. */
const MOST_MS = 1_000;
/** How long an input that was idle is still read once the writer was told, in milliseconds. */
const DRAIN_MS = 1_000;

/** Who is told, and when the input counts as idle. */
export interface Reading {
  /** Somebody asked the program to end. What was written before is still read. */
  onEndRequest(): void;
  /** Nothing came for `idleMs`. What is written within the next second is still read. */
  onIdle(): void;
  /** How long nothing may come, in milliseconds. `Infinity`: the input is never idle. */
  readonly idleMs: number;
}

/**
 * Standard input, chunk by chunk, until it ends, is idle, or somebody asks the program to end. An input that can't be
 * read has ended.
 */
export function readUntilEnd(host: Host, { onEndRequest, onIdle, idleMs }: Reading): AsyncGenerator<Uint8Array> {
  const reader = host.stdin.getReader();
  const over = new AbortController();
  /** Since when a read waits, by `host.elapsed()`; undefined while a chunk is being worked on. */
  let waitsSince: number | undefined;
  // A read that is under way ends as if the input had ended.
  const stop = () => reader.cancel().catch(() => {});
  const finish = async () => {
    const since = host.elapsed();
    while (!over.signal.aborted && host.elapsed() - since < MOST_MS) {
      if (waitsSince !== undefined && host.elapsed() - Math.max(since, waitsSince) >= QUIET_MS) break;
      await host.sleep(QUIET_MS, over.signal);
    }
    await stop();
  };
  const watchIdle = async () => {
    for (;;) {
      const leftMs = waitsSince === undefined ? idleMs : waitsSince + idleMs - host.elapsed();
      if (leftMs <= 0) break;
      await host.sleep(leftMs, over.signal);
      if (over.signal.aborted) return;
    }
    onIdle();
    await host.sleep(DRAIN_MS, over.signal);
    if (!over.signal.aborted) await stop();
  };
  host.onEndRequest(() => {
    onEndRequest();
    void finish();
  });
  if (idleMs !== Infinity) void watchIdle();
  return readChunks();

  async function* readChunks(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        waitsSince = host.elapsed();
        const { done, value } = await reader.read();
        waitsSince = undefined;
        if (done) return;
        yield value;
      }
    } catch {
      // Standard input is a folder, or a terminal that went away: there is nothing more to read.
    } finally {
      over.abort();
    }
  }
}
