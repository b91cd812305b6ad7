import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { parseConfiguration } from "../../lib/consent/global_yml/parse.ts";
import { FileFault } from "../../lib/host/host.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { BUILD, CONFIG_FILE, MACHINE_ID, QUEUE, queued, runHere, runJson, STORED_ON } from "../support/scenes/scene.ts";

const ISSUER = await makeKeyPair();
const LICENSED = { ...BUILD, licenceKey: await pemOf(ISSUER.publicKey) };
const LOCKING = await signToken(ISSUER.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));

const stored = (host: MemoryHost) => parseConfiguration(host.files.text(CONFIG_FILE) ?? "");
const choice = (enabled: boolean, machineId: string, date = NOON.toISOString()) => ({
  kind: "stored" as const,
  stored: { enabled, traitsEnabled: enabled, machineId, date },
});

Deno.test("disable stores the choice, deletes what waits and sends nothing", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  await runHere(host, "track", "Shell Started", "--timeout", "0");
  assertEquals(await runHere(host, "disable"), 0);
  assertEquals([stored(host), queued(host), host.requests], [choice(false, MACHINE_ID), [], []]);
  assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
  assertEquals((await runJson(host, "status"))["decidedBy"], "configuration");
});

Deno.test("disable makes the file, and a machine id, where there is none", async () => {
  const host = new MemoryHost();
  assertEquals(await runHere(host, "disable"), 0);
  assertEquals(stored(host), choice(false, "00000000000040008000000000000001"));
});

Deno.test("disable under a locking licence ends with 3, says why and changes nothing", async () => {
  const host = new MemoryHost({ env: { RASA_PRO_LICENSE: LOCKING }, files: { [CONFIG_FILE]: STORED_ON } });
  await run(["track", "Shell Started", "--timeout", "0"], host, LICENSED);
  // Each command is a process of its own.
  host.relinquished = false;
  assertEquals(await run(["disable"], host, LICENSED), 3);
  assertStringIncludes(host.err, "Cannot switch telemetry off: a Developer Edition Extended licence doesn't allow it");
  assertEquals([host.files.text(CONFIG_FILE), queued(host).length], [STORED_ON, 1]);
});

const UNCHANGEABLE: readonly (readonly [name: string, text: string])[] = [
  ["broken", "metrics: ["],
  ["in flow style", `{metrics: {enabled: true, rasa_user_id: ${MACHINE_ID}}, foo: 1}\n`],
  ["with an alias into its section", `base: &b\n  enabled: true\nmetrics: *b\n`],
  ["with a value on a line of its own", "metrics:\n  enabled:\n    true\n"],
  ["with an explicit end", "foo: 1\n...\n"],
];

for (const [name, text] of UNCHANGEABLE) {
  Deno.test(`disable switches telemetry off beside a global.yml ${name}, which stays as it is, and enable takes that back`, async () => {
    const host = new MemoryHost({ files: { [CONFIG_FILE]: text } });
    const before = (await runJson(host, "status"))["enabled"];
    await runHere(host, "track", "Shell Started", "--timeout", "0");
    assertEquals(await runJson(host, "disable"), { enabled: false, decidedBy: "configuration" });
    assertStringIncludes(host.err, `the choice is kept in ${QUEUE} instead\n`);
    assertEquals([host.files.text(CONFIG_FILE), queued(host)], [text, []]);
    assertEquals((await runJson(host, "track", "Shell Started"))["outcome"], "disabled");
    await runHere(host, "enable");
    assertEquals([(await runJson(host, "status"))["enabled"], host.files.text(CONFIG_FILE)], [before, text]);
    assertEquals(host.requests, []);
  });
}

Deno.test("disable keeps a no beside global.yml where something stands in the place of its lock", async () => {
  const host = new MemoryHost({ files: { [CONFIG_FILE]: STORED_ON } });
  host.files.before = ({ action }) => {
    if (action === "lock") throw new FileFault("lock a file", "NotAFile");
  };
  assertEquals([await runHere(host, "disable"), host.files.text(CONFIG_FILE)], [0, STORED_ON]);
  const { enabled, decidedBy } = await runJson(host, "status");
  assertEquals([enabled, decidedBy], [false, "configuration"]);
});
