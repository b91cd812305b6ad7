import type { Host } from "../../host/host.ts";

/** How often the program checks that the process that started it still runs, in milliseconds. */
const PARENT_EVERY_MS = 1_000;
/**
 * Once the parent is gone, or somebody asked the program to end, what was written before is still taken: until nothing
 * has come for this long, in milliseconds.
 */
const QUIET_MS = 250;
/** How long that may take at most, in milliseconds: others may go on writing. */
const MOST_MS = { parentGone: 10_000, endRequest: 1_000 } as const;

/**
 * Standard input, chunk by chunk, until it ends, the parent is gone or somebody asks the program to end. `onEndRequest`
 * is called at that request. An input that can't be read has ended.
 */
export function readUntilEnd(host: Host, onEndRequest: () => void): AsyncGenerator<Uint8Array> {
  const reader = host.stdin.getReader();
  const over = new AbortController();
  /** Since when a read waits, by `host.elapsed()`; undefined while a chunk is being worked on. */
  let waitsSince: number | undefined;
  const finish = async (mostMs: number) => {
    const since = host.elapsed();
    while (!over.signal.aborted && host.elapsed() - since < mostMs) {
      if (waitsSince !== undefined && host.elapsed() - Math.max(since, waitsSince) >= QUIET_MS) break;
      await host.sleep(QUIET_MS, over.signal);
    }
    // A read that is under way ends as if the input had ended.
    await reader.cancel().catch(() => {});
  };
  host.onEndRequest(() => {
    onEndRequest();
    void finish(MOST_MS.endRequest);
  });
  void watchParent(host, over.signal, () => finish(MOST_MS.parentGone));
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

/**
 * Compares the parent's number with the one at the start. In a container the parent may be the first process of all.
 */
async function watchParent(host: Host, signal: AbortSignal, gone: () => Promise<void>): Promise<void> {
  const first = host.parent();
  while (first !== undefined && !signal.aborted) {
    await host.sleep(PARENT_EVERY_MS, signal);
    if (!signal.aborted && host.parent() !== first) return await gone();
  }
}
