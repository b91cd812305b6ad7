import { assertEquals } from "@std/assert";
import { build } from "#build";
import { readConsent } from "../../../lib/consent/consent.ts";
import { CLOUDS_OF_CONTAINERS } from "../../../lib/host/container.ts";
import { variablesFor } from "../../../lib/host/variables.ts";
import { pythonFacts } from "../../../scripts/docs/python_facts.ts";
import { MemoryHost } from "../../support/machine/memory_host.ts";

Deno.test("the Python module asks anew where a variable that consent reads has changed", async () => {
  const asked = await Promise.all((["Linux", "Windows"] as const).map(async (name) => {
    const host = new MemoryHost({ system: { name } });
    await readConsent(host, build);
    return host.asked;
  }));
  const [, names = ""] = /^CONSENT_VARIABLES = \(\n([^)]*)\)$/m.exec(pythonFacts()) ?? [];
  // What tells of a container is no setting of consent. Another binary may answer otherwise, and in debug mode nobody
  // is asked.
  const machine: readonly string[] = [...variablesFor("container"), ...CLOUDS_OF_CONTAINERS];
  const settings = asked.flat().filter((name) => !machine.includes(name));
  const expected = new Set<string>([...settings, "RASA_TELEMETRY_BINARY", "RASA_TELEMETRY_DEBUG"]);
  assertEquals([...names.matchAll(/"(\w+)"/g)].map(([, name]) => name).sort(), [...expected].sort());
});
