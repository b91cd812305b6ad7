import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { countDropped } from "../../lib/sender/disk_queue/files.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import {
  addAll,
  COUNTS,
  HOME,
  LARGE,
  memoryQueueOf,
  numbersIn,
  waiting,
} from "../support/scenes/memory_queue_scene.ts";
import { range } from "../support/inputs/numbered_events.ts";

/** A machine whose disk is full, and whose server fails, for as long as the test says. */
class FullHost extends TimedHost {
  isFull = true;
  isDown = true;
  readonly taken: number[] = [];

  constructor() {
    super({
      respond: (request) => {
        if (this.isDown) return 503;
        this.taken.push(...numbersIn(request));
        return 200;
      },
    });
    this.files.before = ({ action }) => {
      if (this.isFull && ["create", "append"].includes(action)) throw new FileFault("make something", "ENOSPC");
    };
  }
}

Deno.test("MemoryQueue holds what a full disk refuses while the server fails, and keeps it once there is room", async () => {
  const host = new FullHost();
  const queue = memoryQueueOf(host);
  for (let second = 0; second < 60; second++) {
    await host.until(addAll(queue, [second]));
    await host.pass(1_000);
  }
  assertEquals([waiting(host), host.taken], [[], []]);
  host.isFull = false;
  await host.pass(5_000);
  assertEquals(waiting(host), range(0, 60));
  host.isDown = false;
  await host.pass(300_000);
  const counts = await host.until(queue.close(10_000));
  assertEquals([host.taken, counts], [range(0, 60), { ...COUNTS, delivered: 60 }]);
});

Deno.test("MemoryQueue sends what a full disk refuses once the server is back", async () => {
  const host = new FullHost();
  const queue = memoryQueueOf(host);
  await host.until(addAll(queue, range(0, 20)));
  await host.pass(10_000);
  host.isDown = false;
  await host.pass(60_000);
  assertEquals(host.taken, range(0, 20));
  assertEquals(await host.until(queue.close(0)), { ...COUNTS, delivered: 20 });
});

for (const [name, size, count] of [["small", {}, 5_000], ["large", LARGE, 1_000]] as const) {
  Deno.test(`MemoryQueue keeps nobody waiting for a full disk, and counts what it gives up of ${name} reports`, async () => {
    const host = new FullHost();
    const queue = memoryQueueOf(host);
    const since = host.elapsed();
    await host.until(addAll(queue, range(0, count), size));
    assertEquals(host.elapsed() - since, 0);
    host.isFull = false;
    host.isDown = false;
    const { delivered, dropped, queued, rejected } = await host.until(queue.close(60_000));
    assertEquals([delivered + dropped, queued, rejected, dropped >= count * 0.8], [count, 0, 0, true]);
    assertEquals([host.taken.length, countDropped(host, HOME).disk], [delivered, dropped]);
  });
}

Deno.test("MemoryQueue that only queues holds what a full disk refuses, and gives it up when it must end", async () => {
  const host = new FullHost();
  const queue = memoryQueueOf(host, { queueOnly: true });
  await host.until(addAll(queue, range(0, 7)));
  await host.pass(5_000);
  assertEquals(await host.until(queue.close(1_000)), { ...COUNTS, dropped: 7 });
  assertEquals(host.requests, []);
});
