import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfiguration } from "../../lib/consent/global_yml/parse.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { CONFIG_FILE, MACHINE_ID, QUEUE, runHere, runJson, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";

/** What `enable` and `disable` do alike. */

const stored = (host: MemoryHost) => parseConfiguration(host.files.text(CONFIG_FILE) ?? "");
const choice = (enabled: boolean, machineId: string, date = NOON.toISOString()) => ({
  kind: "stored" as const,
  stored: { enabled, traitsEnabled: enabled, machineId, date },
});

for (const command of ["enable", "disable"]) {
  Deno.test(`${command} says so where the environment decides otherwise`, async () => {
    const value = command === "enable" ? "false" : "true";
    const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: value } });
    assertEquals(await runHere(host, command), 0);
    assertStringIncludes(
      host.err,
      `RASA_TELEMETRY_ENABLED says ${command === "enable" ? "off" : "on"}, and comes first`,
    );
  });

  Deno.test(`${command} says what to do where nothing can be written`, async () => {
    const host = new MemoryHost();
    host.files.before = ({ action }) => {
      if (action === "makeDirectory") throw new FileFault("make a folder", "EROFS");
    };
    assertEquals(await runHere(host, command), 2);
    const way = "set RASA_TELEMETRY_ENABLED or RASA_TELEMETRY_HOME instead";
    assertEquals(host.err, `rasa-telemetry: Cannot write in /home/ada/.config/rasa: EROFS; ${way}\n`);
  });

  Deno.test(`${command} loses nothing that another writer stores at the same moment`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: command === "enable" ? STORED_OFF : STORED_ON } });
    let foreign = 2;
    host.files.before = ({ action }) => {
      // Rasa's own tools take no lock: they write between our reading and our renaming.
      if (action !== "create" || foreign-- <= 0) return;
      host.files.plant(CONFIG_FILE, `${host.files.text(CONFIG_FILE)}foreign${foreign}: 1\n`);
    };
    assertEquals(await runHere(host, command), 0);
    const text = host.files.text(CONFIG_FILE) ?? "";
    assertEquals([text.includes("foreign1: 1\n"), text.includes("foreign0: 1\n")], [true, true]);
    assertEquals(stored(host), choice(command === "enable", MACHINE_ID));
    assertEquals(host.files.names("/home/ada/.config/rasa"), ["global.yml", "telemetry"]);
  });
}

for (const command of ["enable", "disable"]) {
  Deno.test(`${command} waits a bounded time for another writer; then it says so, and a no is kept beside`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
    host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`);
    assertEquals(await runHere(host, command), command === "disable" ? 0 : 2);
    assertStringIncludes(host.err, "another process has been changing it for 2 s");
    assertEquals(host.files.text(CONFIG_FILE), STORED_ON);
    assertEquals((await runJson(host, "status"))["enabled"], command === "enable");
  });
}

Deno.test("two writers at a time both count: the second waits for the first", async () => {
  const host = new MemoryHost({ env: { RASA_TELEMETRY_ENABLED: "1" }, respond: 503 });
  const results = await Promise.all([
    runHere(host, "track", "Shell Started"),
    runHere(host, "disable"),
    runHere(host, "enable"),
  ]);
  assertEquals(results, [0, 0, 0]);
  assertEquals(stored(host).kind, "stored");
});

Deno.test("RASA_TELEMETRY_HOME moves everything", async () => {
  for (const home of ["/var/rasa", "state"]) {
    const host = new MemoryHost({ env: { RASA_TELEMETRY_HOME: home } });
    const folder = home.startsWith("/") ? home : `/project/${home}`;
    await runHere(host, "track", "Shell Started");
    await runHere(host, "disable");
    assertEquals(host.files.names(folder), ["global.yml", "telemetry"]);
    assertEquals(host.files.names("/home/ada"), []);
  }
});
