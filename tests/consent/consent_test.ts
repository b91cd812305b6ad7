import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { homeAt } from "../../lib/home.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { BUILD, CONFIG_FILE, MACHINE_ID, QUEUE, STORED_ON } from "../support/scenes/scene.ts";

const HOME = homeAt("/home/ada/.config/rasa");

Deno.test("readConsent gives the decision and everything it read", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  assertEquals(await readConsent(host, BUILD), {
    enabled: true,
    decidedBy: "configuration",
    told: true,
    byEnvironment: false,
    overruled: undefined,
    home: HOME,
    configuration: {
      kind: "stored",
      stored: { enabled: true, traitsEnabled: true, machineId: MACHINE_ID, date: "2025-05-03T10:12:13.123Z" },
    },
    licence: undefined,
  });
});

Deno.test("readConsent opens no file where the environment says off", async () => {
  const host = new MemoryHost({ env: { DO_NOT_TRACK: "1" }, files: { [CONFIG_FILE]: STORED_ON } });
  assertEquals(await readConsent(host, BUILD), {
    enabled: false,
    decidedBy: "DO_NOT_TRACK",
    told: false,
    byEnvironment: true,
    overruled: undefined,
    home: HOME,
    configuration: undefined,
    licence: undefined,
  });
  assertEquals(host.files.operations, []);
});

Deno.test("readConsent says the same of a file that needs the parser of YAML as of one that doesn't", async () => {
  const [plain, commented] = [STORED_ON, `${STORED_ON}# mine\n`].map((text) =>
    new MemoryHost({ files: { [CONFIG_FILE]: text } })
  ) as [MemoryHost, MemoryHost];
  assertEquals(await readConsent(commented, BUILD), await readConsent(plain, BUILD));
});

Deno.test("readConsent says off where a no stands beside global.yml, whatever the file says", async () => {
  for (const text of [STORED_ON, `${STORED_ON}# mine\n`, "other: 1\n"]) {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: text, [`${QUEUE}/disabled`]: "" } });
    const { enabled, decidedBy } = await readConsent(host, BUILD);
    assertEquals([enabled, decidedBy], [false, "configuration"]);
  }
});

Deno.test("readConsent says off without a home, unless the environment says on", async () => {
  const decisions = [];
  for (const env of [{ HOME: "" }, { HOME: "", RASA_TELEMETRY_ENABLED: "1" }]) {
    const { enabled, decidedBy } = await readConsent(new MemoryHost({ env }), BUILD);
    decisions.push([enabled, decidedBy]);
  }
  assertEquals(decisions, [[false, "unwritable"], [true, "RASA_TELEMETRY_ENABLED"]]);
});
