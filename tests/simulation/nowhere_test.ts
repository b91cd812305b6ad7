import { assertEquals } from "@std/assert";
import { eventLines } from "../support/inputs/numbered_events.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { TimedHost } from "../support/machine/timed_host.ts";
import { ASKED, queued, recordIn, runHere, runJson, TOLD } from "../support/scenes/scene.ts";
import { done, streamAll } from "../support/scenes/stream_scene.ts";

/** A container of which nobody can tell whether it is the one that something was written in. */

const CONTAINER = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
const ON = { RASA_TELEMETRY_ENABLED: "true" };

const CASES: readonly (readonly [
  what: string,
  options: MemoryHostOptions,
  outcome: "delivered" | "held",
])[] = [
  ["whose user said yes", { files: ASKED, env: CONTAINER }, "delivered"],
  ["whose variable says on", { env: { ...CONTAINER, ...ON } }, "delivered"],
  ["whose user was told elsewhere", { files: TOLD, env: CONTAINER }, "held"],
  ["whose user was never told", { env: CONTAINER }, "held"],
];

for (const [what, options, outcome] of CASES) {
  Deno.test(`track in a container that can't be told, ${what}: ${outcome}`, async () => {
    const host = new MemoryHost(options);
    assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], outcome);
  });

  Deno.test(`stream in a container that can't be told, ${what}: ${outcome}`, async () => {
    const host = new TimedHost(options);
    const counts = outcome === "held" ? { queued: 3 } : { delivered: 3 };
    assertEquals(await streamAll(host, eventLines(0, 3)), done({ accepted: 3, ...counts }));
  });
}

Deno.test("what one process kept in a container that can't be told counts for no other", async () => {
  const host = new MemoryHost({ files: ASKED, env: CONTAINER, respond: 503 });
  const ids = [];
  for (let run = 0; run < 2; run++) {
    await runHere(host, "track", "Shell Started");
    ids.push(recordIn(host)?.machineId);
  }
  // The second one has deleted what the first one could not deliver, and has an id of its own.
  assertEquals([queued(host).length, new Set(ids).size], [1, 2]);
});

Deno.test("init tells nobody in a container that can't be told, because no other process would know", async () => {
  const host = new MemoryHost({ env: CONTAINER });
  assertEquals((await runJson(host, "init"))["shown"], false);
  assertEquals(host.files.names("/home/ada"), []);
});
