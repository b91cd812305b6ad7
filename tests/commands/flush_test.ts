import { assertEquals } from "@std/assert";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { CONFIG_FILE, runHere, runJson, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";

const told = (): MemoryHost => new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });

async function queueOne(host: MemoryHost): Promise<void> {
  await runHere(host, "track", "Shell Started", "--timeout", "0");
}

Deno.test("flush sends no traits that wait once traits are switched off", async () => {
  const host = told();
  await runHere(host, "identify", "--timeout", "0");
  host.files.plant(CONFIG_FILE, STORED_ON.replace(/(traits:\n {2}enabled: )true/, "$1false"));
  assertEquals([(await runJson(host, "flush"))["delivered"], host.requests], [0, []]);
});

Deno.test("flush gives up the environment and the system before the first request", async () => {
  const host: MemoryHost = new MemoryHost({
    files: { [CONFIG_FILE]: STORED_ON },
    respond: (): number => host.relinquished ? 200 : 500,
  });
  await queueOne(host);
  assertEquals((await runJson(host, "flush"))["delivered"], 1);
});

Deno.test("flush makes the machine id that held reports need once the environment says on", async () => {
  const host = new MemoryHost();
  await runHere(host, "track", "Shell Started");
  host.variables.RASA_TELEMETRY_ENABLED = "true";
  assertEquals(await runJson(host, "flush"), { delivered: 1, rejected: 0, left: 0 });
});

Deno.test("flush shows people how far it is, and programs nothing of it", async () => {
  for (const stderr of [true, false]) {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON }, terminal: { stderr } });
    for (let count = 0; count < 600; count++) await queueOne(host);
    await runHere(host, "flush");
    const steps = [
      ".".repeat(30) + "] 0 of 600",
      "#".repeat(25) + ".....] 500 of 600",
      "#".repeat(30) + "] 600 of 600",
    ];
    // Taken off the screen at the end.
    const bar = steps.map((step) => `\r[${step}`).join("") + `\r${" ".repeat(43)}\r`;
    assertEquals(host.err, `${stderr ? bar : ""}600 delivered, 0 rejected, 0 left\n`);
  }
});

Deno.test("flush ends with 0, and says why, where telemetry is switched off while it runs", async () => {
  const host: MemoryHost = new MemoryHost({
    files: { [CONFIG_FILE]: STORED_ON },
    respond: () => {
      host.files.plant(CONFIG_FILE, STORED_OFF);
      return 200;
    },
  });
  for (let count = 0; count < 501; count++) await queueOne(host);
  assertEquals([await runHere(host, "flush"), host.err], [
    0,
    "500 delivered, 0 rejected, 1 left: telemetry was switched off while this ran\n",
  ]);
});
