import { assertEquals } from "@std/assert";
import { FileFault } from "../../../lib/host/host.ts";
import { QUEUE_LIMITS } from "../../../lib/sender/disk_queue/limits.ts";
import { MemoryHost, NOON } from "../../support/machine/memory_host.ts";
import { ASKED, QUEUE, queued, RECORD_FILE, runJson } from "../../support/scenes/scene.ts";

const saidYes = (): MemoryHost => new MemoryHost({ files: ASKED });
/** Queues a report and gives its messageId. */
const queueOne = async (host: MemoryHost): Promise<unknown> =>
  (await runJson(host, "track", "Shell Started", "--timeout", "0"))["messageId"];
const waitingIds = (host: MemoryHost): unknown[] => queued(host).map(({ report }) => report["messageId"]);
/** How the name of a file ends. */
const KIND = ".asked.shell-started.json";
const DAY_MS = 86_400_000;
const names = (host: MemoryHost): string[] => host.files.names(QUEUE).filter((name) => /^\d{15}-/.test(name));

Deno.test("enqueue writes under a temporary name, syncs, renames, and syncs the folder", async () => {
  const host = saidYes();
  const id = await queueOne(host);
  const path = `${QUEUE}/${String(NOON.getTime()).padStart(15, "0")}-${id}.asked.shell-started.json`;
  const isOfQueue = ({ path }: { readonly path: string }) => path.startsWith(QUEUE) && path !== RECORD_FILE;
  assertEquals(host.files.operations.filter((operation) => isOfQueue(operation) && operation.action !== "stat"), [
    { action: "makeDirectory", path: QUEUE },
    { action: "list", path: QUEUE },
    { action: "create", path: `${path}.00000000-0000-4000-8000-000000000002.tmp` },
    { action: "rename", path },
    { action: "sync", path: QUEUE },
  ]);
});

Deno.test("enqueue keeps the order where the clock is set back", async () => {
  const host = saidYes();
  const ids = [await queueOne(host)];
  host.clock -= 365 * 86_400_000;
  ids.push(await queueOne(host), await queueOne(host));
  assertEquals(waitingIds(host), ids);
});

Deno.test("enqueue drops the oldest over the limit of reports, and counts them", async () => {
  const host = saidYes();
  const ids = [];
  for (let index = 0; index < QUEUE_LIMITS.reports + 3; index++) ids.push(await queueOne(host));
  assertEquals(waitingIds(host), ids.slice(3));
  assertEquals((await runJson(host, "status"))["dropped"], 3);
});

Deno.test("enqueue drops the oldest over the limit of bytes", async () => {
  const host = saidYes();
  const large = "x".repeat(32_000);
  for (let index = 0; index < 140; index++) {
    host.files.plant(
      `${QUEUE}/${String(index).padStart(15, "0")}-00000000-0000-4000-8000-${String(index).padStart(12, "a")}${KIND}`,
      large,
    );
  }
  host.clock = 1_000;
  await queueOne(host);
  const bytes = names(host).reduce((sum, name) => sum + (host.files.text(`${QUEUE}/${name}`)?.length ?? 0), 0);
  assertEquals([bytes <= QUEUE_LIMITS.bytes, bytes > QUEUE_LIMITS.bytes - 33_000], [true, true]);
});

Deno.test("enqueue drops what has waited for more than 30 days, and flush doesn't send it", async () => {
  const host = saidYes();
  await queueOne(host);
  host.clock += 31 * DAY_MS;
  assertEquals([await queueOne(host)], waitingIds(host));
  host.clock += 31 * DAY_MS;
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 0 });
  assertEquals([host.requests, (await runJson(host, "status"))["dropped"]], [[], 2]);
});

for (const years of [-50, -1, 1, 50]) {
  Deno.test(`nothing expires where the clock jumps by ${years} years, or back again`, async () => {
    const host = saidYes();
    const ids = [await queueOne(host)];
    host.clock += years * 365 * DAY_MS;
    ids.push(await queueOne(host));
    host.clock -= years * 365 * DAY_MS;
    ids.push(await queueOne(host));
    assertEquals(waitingIds(host), ids);
    assertEquals((await runJson(host, "flush"))["delivered"], 3);
  });
}

Deno.test("a report that two processes drop at once is counted by the one that removed it", async () => {
  const host = saidYes();
  await queueOne(host);
  const [name] = names(host);
  host.clock += 31 * DAY_MS;
  host.files.before = ({ action, path }) => {
    // Another process was quicker by a moment.
    if (action === "remove" && path.endsWith(name ?? "")) host.files.nodes.delete(path);
  };
  await queueOne(host);
  assertEquals([names(host).length, (await runJson(host, "status"))["dropped"]], [1, 0]);
});

Deno.test("enqueue has kept a report whose folder can't be synced", async () => {
  const host = saidYes();
  host.files.before = ({ action }) => {
    if (action === "sync") throw new FileFault("sync a folder", "EINVAL");
  };
  const result = await runJson(host, "track", "Shell Started", "--timeout", "0");
  assertEquals([result["outcome"], waitingIds(host)], ["queued", [result["messageId"]]]);
});

Deno.test("enqueue leaves nothing behind where it fails at any step", async () => {
  for (const step of ["create", "rename"]) {
    const host = saidYes();
    host.files.before = ({ action, path }) => {
      if (action === step && path.startsWith(QUEUE)) throw new FileFault(step, "ENOSPC");
    };
    assertEquals((await runJson(host, "track", "Shell Started", "--timeout", "0"))["outcome"], "disabled");
    assertEquals(host.files.names(QUEUE), ["consent.json"]);
  }
});

Deno.test("the queue's files are for their owner alone", async () => {
  // A new machine, so that the folder is made here.
  const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "true" } });
  await queueOne(host);
  const modes = [QUEUE, ...names(host).map((name) => `${QUEUE}/${name}`)].map((path) => host.files.stat(path).mode);
  assertEquals(modes, [0o700, 0o600]);
});
