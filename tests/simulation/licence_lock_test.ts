import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../lib/cli.ts";
import { claimsAt, LOCKING_SCOPE, makeKeyPair, pemOf, signToken } from "../support/inputs/licence.ts";
import { MemoryHost, NOON } from "../support/machine/memory_host.ts";
import { ASKED, BUILD, choiceOf, CONFIG_FILE, queued, STORED_OFF, TOLD, toldAt } from "../support/scenes/scene.ts";

/** What each command does under a licence that doesn't allow switching telemetry off. */

const ISSUER = await makeKeyPair();
const LICENSED = { ...BUILD, licenceKey: await pemOf(ISSUER.publicKey) };
const LOCKING = await signToken(ISSUER.privateKey, claimsAt(NOON, { scope: LOCKING_SCOPE }));
const PLAIN = await signToken(ISSUER.privateKey, claimsAt(NOON));

const OVERRULED = "off, but the licence doesn't allow that; see https://rasa.com/developer-terms\n";

/** A user who said no, and was told all the same: under this licence the notice offers no switch. */
const TOLD_AFTER_NO = {
  ...toldAt("2026-02-01T00:00:00.000Z", { choice: choiceOf(STORED_OFF) }),
  [CONFIG_FILE]: STORED_OFF,
};
const POLICY = { "/project/.rasa-telemetry.yml": "enabled: false\n" };
const VARIABLE = "RASA_TELEMETRY_ENABLED";

for (
  const [names, env, files] of [
    [[VARIABLE], { RASA_TELEMETRY_ENABLED: "false" }, TOLD],
    [["DO_NOT_TRACK"], { DO_NOT_TRACK: "1" }, TOLD],
    [["a policy file"], {}, { ...TOLD, ...POLICY }],
    [["the stored choice"], {}, TOLD_AFTER_NO],
    [
      [VARIABLE, "DO_NOT_TRACK", "a policy file", "the stored choice"],
      { RASA_TELEMETRY_ENABLED: "", DO_NOT_TRACK: "1" },
      { ...TOLD_AFTER_NO, ...POLICY },
    ],
  ] as const
) {
  Deno.test(`track and status under a locking licence overrule ${names.join(", ")}, and say so once`, async () => {
    const host = new MemoryHost({ env: { ...env, RASA_LICENSE: LOCKING }, files });
    assertEquals(await run(["track", "Shell Started", "--json"], host, LICENSED), 0);
    const said = `rasa-telemetry: ${names.join(" and ")} ${names.length === 1 ? "says" : "say"} ${OVERRULED}`;
    assertEquals([JSON.parse(host.out).outcome, host.err], ["delivered", said]);
    const status = new MemoryHost({ env: { ...env, RASA_LICENSE: LOCKING }, files });
    await run(["status", "--json"], status, LICENSED);
    const { enabled, decidedBy, permission } = JSON.parse(status.out);
    assertEquals([enabled, decidedBy, permission, status.err], [true, "licence", "licence", said]);
  });
}

Deno.test("a no of Rasa's own under a locking licence needs a new telling, and what waited from before it is gone", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING }, files: TOLD });
  await run(["track", "Shell Started", "--json", "--timeout", "0"], host, LICENSED);
  host.files.plant(CONFIG_FILE, STORED_OFF);
  host.out = "";
  host.relinquished = false;
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.requests, queued(host).length], ["held", [], 1]);
});

Deno.test("what was recorded under a locking licence waits where the licence is gone, and goes once it is there again", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING }, files: TOLD });
  await run(["track", "Shell Started", "--timeout", "0"], host, LICENSED);
  for (const [env, left] of [[{}, 1], [{ RASA_LICENSE: LOCKING }, 0]] as const) {
    Object.assign(host.variables, { RASA_LICENSE: undefined }, env);
    host.relinquished = false;
    await run(["flush"], host, LICENSED);
    assertEquals(queued(host).length, left);
  }
});

Deno.test("track under a locking licence still sends nothing before the user was told", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.requests], ["held", []]);
});

Deno.test("track reports the licence's hash and company, and not the licence itself", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: PLAIN }, files: ASKED });
  await run(["track", "Shell Started"], host, LICENSED);
  const context = host.requests[0]?.body["context"] as Record<string, unknown>;
  assertMatch(String(context["license_hash"]), /^[0-9a-f]{64}$/);
  assertEquals(context["company"], "Example Ltd");
  assertEquals(JSON.stringify([host.requests, host.out, host.err]).includes(PLAIN.slice(0, 40)), false);
});

Deno.test("track under a locking licence sends at once after the notice: there is nothing to wait for", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING } });
  const outcomes = [];
  for (const args of [["track", "Shell Started", "--json"], ["init"], ["track", "Shell Started", "--json"]]) {
    host.out = "";
    host.relinquished = false;
    assertEquals(await run(args, host, LICENSED), 0);
    outcomes.push(host.out === "" ? "" : JSON.parse(host.out).outcome);
  }
  assertEquals([outcomes, queued(host)], [["held", "", "delivered"], []]);
  // With what was recorded before the notice.
  assertEquals(host.requests.map(({ url }) => new URL(url).pathname), ["/v1/batch"]);
});

Deno.test("init and track under a locking licence work with a broken global.yml, and init shows its notice once", async () => {
  const host = new MemoryHost({ env: { RASA_LICENSE: LOCKING }, files: { [CONFIG_FILE]: "metrics: [" } });
  const shown = [];
  for (let count = 0; count < 2; count++) {
    host.out = "";
    await run(["init", "--json"], host, LICENSED);
    const { leavesFrom, ...result } = JSON.parse(host.out);
    shown.push({ ...result, leavesNow: leavesFrom === host.now().toISOString() });
  }
  assertEquals(shown, [
    { shown: true, answer: null, enabled: true, leavesNow: true },
    { shown: false, answer: null, enabled: true, leavesNow: true },
  ]);
  host.out = "";
  await run(["track", "Shell Started", "--json"], host, LICENSED);
  assertEquals([JSON.parse(host.out).outcome, host.files.text(CONFIG_FILE)], ["delivered", "metrics: ["]);
});
