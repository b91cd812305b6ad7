import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { BUILD, CONFIG_FILE, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";

/** What each command does under a licence that doesn't allow switching telemetry off. */

const ISSUER = await makeKeyPair();
const LICENSED = { ...BUILD, licenceKey: await pemOf(ISSUER.publicKey) };
const LOCKING = await signToken(ISSUER.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));
const PLAIN = await signToken(ISSUER.privateKey, claimsAt(NOON));

const OVERRULED = "says off, but the licence doesn't allow that; see https://rasa.com/developer-terms\n";

Deno.test("track and status under a locking licence overrule every no, and say so once", async () => {
  for (const variables of [{ RASA_TELEMETRY_ENABLED: "false" }, { DO_NOT_TRACK: "1" }] as const) {
    const [name] = Object.keys(variables);
    const host = new MemoryHost({ env: { ...variables, RASA_LICENSE: LOCKING }, files: { [CONFIG_FILE]: STORED_OFF } });
    assertEquals(await run(["track", "Shell Started", "--json"], host, LICENSED), 0);
    assertEquals([JSON.parse(host.out).outcome, host.err], ["delivered", `rasa-telemetry: ${name} ${OVERRULED}`]);
    const status = new MemoryHost({ env: { ...variables, RASA_LICENSE: LOCKING } });
    await run(["status", "--json"], status, LICENSED);
    const { enabled, decidedBy } = JSON.parse(status.out);
    assertEquals([enabled, decidedBy, status.err], [true, "license", `rasa-telemetry: ${name} ${OVERRULED}`]);
  }
});

Deno.test("track under a locking licence still sends nothing before the user was told", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.requests], ["held", []]);
});

Deno.test("track reports the licence's hash and company, and not the licence itself", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: PLAIN }, files: { [CONFIG_FILE]: STORED_ON } });
  await run(["track", "Shell Started"], host, LICENSED);
  const context = host.requests[0]?.body["context"] as Record<string, unknown>;
  assertMatch(String(context["license_hash"]), /^[0-9a-f]{64}$/);
  assertEquals(context["company"], "Example Ltd");
  assertEquals(JSON.stringify([host.requests, host.out, host.err]).includes(PLAIN.slice(0, 40)), false);
});

Deno.test("init and track under a locking licence work with a broken global.yml, and init shows its notice once", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING }, files: { [CONFIG_FILE]: "metrics: [" } });
  const shown = [];
  for (let count = 0; count < 2; count++) {
    host.out = "";
    await run(["init", "--json"], host, LICENSED);
    shown.push(JSON.parse(host.out));
  }
  assertEquals(shown, [{ shown: true, answer: null, enabled: true, noticeDate: NOON.toISOString() }, {
    shown: false,
    answer: null,
    enabled: true,
    noticeDate: NOON.toISOString(),
  }]);
  host.out = "";
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.files.text(CONFIG_FILE)], ["delivered", "metrics: ["]);
});
