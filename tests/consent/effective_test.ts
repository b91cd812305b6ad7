import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { isEffective, readDecision } from "../../lib/consent/effective.ts";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { BUILD, CONFIG_FILE, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";

/** What is decided on a full disk: off, unless the environment says on, or something else says off already. */
const FULL: readonly (readonly [MemoryHostOptions, enabled: boolean, decidedBy: string, rule: string])[] = [
  [{ files: { [CONFIG_FILE]: STORED_ON } }, false, "unwritable", "unwritable"],
  [{ files: { [CONFIG_FILE]: STORED_OFF } }, false, "configuration", "stored no"],
  [{ env: { RASA_TELEMETRY_ENABLED: "1" } }, true, "RASA_TELEMETRY_ENABLED", "variable on"],
  [{ env: { DO_NOT_TRACK: "1" } }, false, "DO_NOT_TRACK", "DO_NOT_TRACK"],
];

for (const [options, enabled, decidedBy, rule] of FULL) {
  Deno.test(`readDecision says ${enabled} by "${rule}" where nothing can be kept`, async () => {
    const host = new MemoryHost(options);
    host.files.before = ({ action }) => {
      if (action === "create") throw new FileFault("create a file", "ENOSPC");
    };
    assertEquals(readDecision(host, await readConsent(host, BUILD)), { enabled, decidedBy, rule });
  });
}

Deno.test("isEffective tries the disk, and leaves no file there", async () => {
  const host = new MemoryHost();
  const consent = await readConsent(host, BUILD);
  const files = [...host.files.nodes].filter(([, { kind }]) => kind === "file");
  assertEquals([isEffective(host, consent), [...host.files.nodes].filter(([, { kind }]) => kind === "file")], [
    true,
    files,
  ]);
});
