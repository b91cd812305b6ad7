import { assertEquals } from "@std/assert";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { CONFIG_FILE, QUEUE, queued, runHere, runJson, STORED_ON } from "../support/scenes/scene.ts";

Deno.test("enable stores the choice and its date, and deletes what was held before", async () => {
  const host = new MemoryHost();
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "held");
  host.clock += 1_000;
  assertEquals(await runHere(host, "enable"), 0);
  assertEquals([queued(host), await runHere(host, "flush"), host.requests], [[], 0, []]);
});

Deno.test("enable changes nothing, and keeps what waits, where telemetry is on already", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertEquals(await runHere(host, "enable"), 0);
  assertEquals([host.files.text(CONFIG_FILE), queued(host).length, host.err], [
    STORED_ON,
    1,
    "Telemetry was on already.\n",
  ]);
});

Deno.test("what was recorded before an opt-out never goes, though somebody put it back", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  const [name] = host.files.names(QUEUE).filter((file) => /^\d{15}-/.test(file));
  const text = host.files.text(`${QUEUE}/${name}`) ?? "";
  await runHere(host, "disable");
  host.clock += 1_000;
  await runHere(host, "enable");
  // A process that had asked for consent before the opt-out may write its report after it.
  host.files.plant(`${QUEUE}/${name}`, text);
  assertEquals(await runJson(host, "flush"), { delivered: 0, rejected: 0, left: 0 });
  assertEquals([host.requests, (await runJson(host, "status"))["dropped"]], [[], 1]);
});

Deno.test("enable never overwrites a file that it can't understand", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: "metrics: [" } });
  assertEquals([await runHere(host, "enable"), host.files.text(CONFIG_FILE)], [2, "metrics: ["]);
  assertEquals(host.err, `rasa-telemetry: Cannot change ${CONFIG_FILE}: it is not a YAML mapping\n`);
});
