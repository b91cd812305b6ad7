import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { afterRequests, takeSendingLock } from "../../lib/sender/sending_lock.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import { HOME } from "../support/scenes/memory_queue_scene.ts";
import { QUEUE } from "../support/scenes/scene.ts";

const LOCK = `${QUEUE}/sending.lock`;

function timedHost(): TimedHost {
  const host = new TimedHost();
  host.files.plantFolder(QUEUE);
  return host;
}

Deno.test("takeSendingLock lets any number of requests be under way", async () => {
  const host = timedHost();
  const locks = await Promise.all([1, 2, 3].map(() => takeSendingLock(host, HOME, 0)));
  assertEquals([locks.every((lock) => typeof lock === "object"), host.files.held], [true, [LOCK]]);
  for (const lock of locks) if (typeof lock === "object") lock.release();
  assertEquals(host.files.held, []);
});

Deno.test("afterRequests does its work once the last request is over, and begins none meanwhile", async () => {
  const host = timedHost();
  const events: string[] = [];
  for (const lastsMs of [300, 700]) {
    const lock = await takeSendingLock(host, HOME, 0);
    host.after(lastsMs, () => {
      events.push(`a request ends after ${lastsMs} ms`);
      if (typeof lock === "object") lock.release();
    });
  }
  const work = () => void events.push(`alone: ${host.files.lock(LOCK, "shared") === undefined}`);
  assertEquals(await host.until(afterRequests(host, HOME, work)), true);
  assertEquals(events, ["a request ends after 300 ms", "a request ends after 700 ms", "alone: true"]);
  assertEquals([host.clock - NOON.getTime() <= 720, host.files.held], [true, []]);
});

Deno.test("afterRequests waits for a request as long as one may take, then does its work, and isn't certain", async () => {
  const host = timedHost();
  await takeSendingLock(host, HOME, 0);
  let done = false;
  assertEquals(await host.until(afterRequests(host, HOME, () => void (done = true))), false);
  assertEquals([done, host.clock - NOON.getTime()], [true, 5_000]);
});

Deno.test("takeSendingLock has waited no longer than its caller can", async () => {
  for (const [leftMs, tookMs] of [[0, 0], [50, 60], [1_000, 1_000]] as const) {
    const host = timedHost();
    host.files.lockedElsewhere.add(LOCK);
    assertEquals(await host.until(takeSendingLock(host, HOME, leftMs)), "busy");
    assertEquals(host.clock - NOON.getTime(), tookMs);
  }
});

for (
  const [what, prepare] of [
    ["there are no locks", (host: MemoryHost) => {
      host.files.plantFolder(QUEUE);
      host.files.before = ({ action }) => {
        if (action === "lock") throw new FileFault("lock a file", "ENOLCK");
      };
    }],
    ["there is no folder for it", () => {}],
  ] as const satisfies readonly (readonly [string, (host: MemoryHost) => void])[]
) {
  Deno.test(`nobody has the lock for requests where ${what}, and nobody waits for it`, async () => {
    const host = new MemoryHost();
    prepare(host);
    let done = false;
    assertEquals(await takeSendingLock(host, HOME, 5_000), "none");
    assertEquals(await afterRequests(host, HOME, () => void (done = true)), false);
    assertEquals([done, host.waits], [true, []]);
  });
}

Deno.test("afterRequests releases its lock also where its work fails", async () => {
  const host = timedHost();
  const failing = afterRequests(host, HOME, () => {
    throw new RangeError("wrong");
  });
  assertEquals(await failing.catch((error: unknown) => error instanceof RangeError), true);
  assertEquals(host.files.held, []);
});
