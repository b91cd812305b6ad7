import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { findObstacle, openRoute, warmUp } from "../../lib/sender/route.ts";
import { FIRST_STATE } from "../../lib/sender/server_state.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { BUILD, CONFIG_FILE, MACHINE_ID, QUEUE, STORED_ON } from "../support/scenes/scene.ts";

const TOLD = { [CONFIG_FILE]: STORED_ON };
const KEYLESS = { ...BUILD, writeKey: undefined };
const OVER_TLS = { ...BUILD, endpoint: "https://collector.example" };
const PASSWORD = "http://ada:secret@proxy.example:3128";

for (
  const [what, options, build, obstacle] of [
    ["nothing", { files: TOLD }, BUILD, undefined],
    [
      "nothing, where the environment has the key",
      {
        files: TOLD,
        env: { RASA_TELEMETRY_WRITE_KEY: "key" },
      },
      KEYLESS,
      undefined,
    ],
    ["a user that hasn't been told", {}, BUILD, { kind: "untold" }],
    ["a build without a key", { files: TOLD }, KEYLESS, { kind: "no write key" }],
    ["a proxy that would cost its password", { files: TOLD, env: { HTTPS_PROXY: PASSWORD } }, OVER_TLS, {
      kind: "proxy",
      variable: "HTTPS_PROXY",
    }],
    [
      "nothing, where the endpoint needs no proxy",
      {
        files: TOLD,
        env: { HTTPS_PROXY: PASSWORD, NO_PROXY: "collector.example" },
      },
      OVER_TLS,
      undefined,
    ],
  ] as const satisfies readonly (readonly [string, MemoryHostOptions, typeof BUILD | typeof KEYLESS, unknown])[]
) {
  Deno.test(`findObstacle finds ${what}`, async () => {
    const host = new MemoryHost(options);
    assertEquals(findObstacle(host, build, await readConsent(host, build)), obstacle);
  });
}

Deno.test("openRoute reads what sending needs, and gives up the environment and questions to the system", async () => {
  const certificate = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----";
  const host = new MemoryHost({ files: { ...TOLD, "/ca.pem": certificate }, env: { SSL_CERT_FILE: "/ca.pem" } });
  const consent = await readConsent(host, BUILD);
  const route = openRoute(host, BUILD, consent, undefined, undefined);
  assertEquals(route.destination, { endpoint: BUILD.endpoint, writeKey: "key", authorities: [certificate] });
  assertEquals([route.home, route.obstacle, host.relinquished], [consent.home, undefined, true]);
  assertEquals([route.permit()?.machineId, route.mayKeep()], [MACHINE_ID, true]);
});

Deno.test("openRoute reads no authorities where nothing may leave", async () => {
  const host = new MemoryHost({ env: { SSL_CERT_FILE: "/ca.pem" }, files: { "/ca.pem": "" } });
  const route = openRoute(host, BUILD, await readConsent(host, BUILD), { kind: "untold" }, undefined);
  assertEquals([route.obstacle, host.files.operations.some(({ path }) => path === "/ca.pem")], [
    { kind: "untold" },
    false,
  ]);
});

for (
  const [what, endpoint, state, backOff, prepared] of [
    ["prepares HTTPS", OVER_TLS.endpoint, {}, true, 1],
    ["prepares nothing for HTTP", BUILD.endpoint, {}, true, 0],
    ["prepares nothing while the back-off lasts", OVER_TLS.endpoint, { notBefore: 1_000 }, true, 0],
    ["prepares HTTPS where the back-off doesn't count", OVER_TLS.endpoint, { notBefore: 1_000 }, false, 1],
    ["prepares nothing while the server asked to wait", OVER_TLS.endpoint, { serverNotBefore: 1_000 }, false, 0],
  ] as const
) {
  Deno.test(`warmUp ${what}`, async () => {
    const host = new MemoryHost({ files: TOLD });
    const later = Object.fromEntries(Object.entries(state).map(([name, wait]) => [name, host.clock + wait]));
    host.files.plant(`${QUEUE}/delivery.json`, JSON.stringify({ ...FIRST_STATE, ...later }));
    const { home } = await readConsent(host, BUILD);
    warmUp(host, endpoint, home, backOff);
    assertEquals(host.prepared, prepared);
  });
}
