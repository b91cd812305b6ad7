import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { QUEUE_LIMITS } from "../../lib/sender/queue.ts";
import { MemoryHost, NOON } from "../support/memory_host.ts";
import { CONFIG_FILE, QUEUE, queued, runHere, runJson, STORED_ON } from "../support/scene.ts";

const told = (): MemoryHost => new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
const queueOne = (host: MemoryHost): Promise<number> => runHere(host, "track", "Shell Started", "--timeout", "0");
const names = (host: MemoryHost): string[] => host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));

Deno.test("enqueue writes under a temporary name, syncs, renames, and syncs the folder", async () => {
  const host = told();
  await queueOne(host);
  const id = "00000000-0000-4000-8000-000000000001";
  const name = `${QUEUE}/${String(NOON.getTime()).padStart(15, "0")}-${id}.json`;
  assertEquals(host.files.operations.filter(({ path }) => path.startsWith(QUEUE)), [
    { action: "makeDirectory", path: QUEUE },
    { action: "list", path: QUEUE },
    { action: "create", path: `${QUEUE}/${id}.tmp` },
    { action: "rename", path: name },
    { action: "sync", path: QUEUE },
  ]);
});

Deno.test("enqueue keeps the order where the clock is set back", async () => {
  const host = told();
  await queueOne(host);
  host.clock -= 365 * 86_400_000;
  await queueOne(host);
  await queueOne(host);
  assertEquals(queued(host).map(({ report }) => String(report["messageId"]).at(-1)), ["1", "2", "3"]);
});

Deno.test("enqueue drops the oldest over the limit of reports, and counts them", async () => {
  const host = told();
  for (let index = 0; index < QUEUE_LIMITS.reports + 3; index++) await queueOne(host);
  assertEquals(names(host).length, QUEUE_LIMITS.reports);
  assertEquals(queued(host)[0]?.report["messageId"], "00000000-0000-4000-8000-000000000004");
  assertEquals((await runJson(host, "status"))["dropped"], 3);
});

Deno.test("enqueue drops the oldest over the limit of bytes", async () => {
  const host = told();
  const large = "x".repeat(32_000);
  for (let index = 0; index < 140; index++) {
    host.files.plant(
      `${QUEUE}/${String(index).padStart(15, "0")}-00000000-0000-4000-8000-${String(index).padStart(12, "a")}.json`,
      large,
    );
  }
  host.clock = 1_000;
  await queueOne(host);
  const bytes = names(host).reduce((sum, name) => sum + (host.files.text(`${QUEUE}/${name}`)?.length ?? 0), 0);
  assertEquals([bytes <= QUEUE_LIMITS.bytes, bytes > QUEUE_LIMITS.bytes - 33_000], [true, true]);
});

Deno.test("enqueue drops what has waited for more than 30 days", async () => {
  const host = told();
  await queueOne(host);
  host.clock += 31 * 86_400_000;
  await queueOne(host);
  assertEquals(queued(host).map(({ report }) => String(report["messageId"]).at(-1)), ["2"]);
});

Deno.test("enqueue leaves nothing behind where it fails at any step", async () => {
  for (const step of ["create", "rename"]) {
    const host = told();
    host.files.before = ({ action, path }) => {
      if (action === step && path.startsWith(QUEUE)) throw new FileFault(step, "ENOSPC");
    };
    assertEquals((await runJson(host, "track", "Shell Started", "--timeout", "0"))["outcome"], "disabled");
    assertEquals(host.files.names(QUEUE), []);
  }
});

Deno.test("the queue's files are for their owner alone", async () => {
  const host = told();
  await queueOne(host);
  const modes = [QUEUE, ...names(host).map((name) => `${QUEUE}/${name}`)].map((path) => host.files.stat(path).mode);
  assertEquals(modes, [0o700, 0o600]);
});
