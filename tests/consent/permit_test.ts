import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { mayKeep, readChoice, readDecision, readPermit } from "../../lib/consent/permit.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { BUILD, CONFIG_FILE, MACHINE_ID, QUEUE, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";

const DATE = "2025-05-03T10:12:13.123Z";

/** What is asked before a request, on a machine whose `global.yml` says something else since consent was read. */
const CHANGES: readonly (readonly [name: string, text: string | undefined, leaves: boolean, kept: boolean])[] = [
  ["as it was", STORED_ON, true, true],
  ["with a comment, so that it needs the parser of YAML", `${STORED_ON}# mine\n`, true, true],
  ["off", STORED_OFF, false, false],
  ["broken", "metrics: [", false, false],
  ["empty", "", false, true],
  ["gone", undefined, false, true],
];

for (const [name, text, leaves, kept] of CHANGES) {
  Deno.test(`readPermit gives ${leaves ? "a" : "no"} permit, and mayKeep says ${kept}, where global.yml is ${name}`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
    const consent = await readConsent(host, BUILD);
    if (text === undefined) host.files.remove(CONFIG_FILE);
    else host.files.plant(CONFIG_FILE, text);
    host.relinquished = true;
    assertEquals(readPermit(host, consent, MACHINE_ID) !== undefined, leaves);
    assertEquals(mayKeep(host, consent), kept);
  });
}

Deno.test("readPermit accepts what was recorded under the stored choice, or before it where the notice led to it", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  const consent = await readConsent(host, BUILD);
  const accepted = () =>
    [DATE, "2020-01-01T00:00:00.000Z", null].map((choice) =>
      readPermit(host, consent, undefined)?.accepts("event", choice)
    );
  assertEquals(accepted(), [true, false, false]);
  host.files.plant(`${QUEUE}/notice`, DATE);
  assertEquals(accepted(), [true, false, true]);
  assertEquals([readPermit(host, consent, undefined)?.machineId, readChoice(host, consent)], [MACHINE_ID, DATE]);
});

Deno.test("readDecision says unwritable where consent says on and nothing can be kept", async () => {
  for (const [text, decidedBy] of [[STORED_ON, "unwritable"], [STORED_OFF, "configuration"]] as const) {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: text } });
    host.files.before = ({ action }) => {
      if (action === "create") throw new FileFault("create a file", "ENOSPC");
    };
    assertEquals(readDecision(host, await readConsent(host, BUILD)), { enabled: false, decidedBy });
  }
});
