import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { findObstacle, openRoute, warmUp, watchPermit } from "../../lib/sender/route.ts";
import { writeReport } from "../../lib/report/written_report.ts";
import { enqueue } from "../../lib/sender/disk_queue/enqueue.ts";
import { countDropped, countQueued } from "../../lib/sender/disk_queue/files.ts";
import { HOME, LABEL, report } from "../support/scenes/memory_queue_scene.ts";
import { FIRST_STATE } from "../../lib/sender/server_state.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  OTHER_EPOCH,
  QUEUE,
  RECORD_FILE,
  recordOf,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";

const KEYLESS = { ...BUILD, writeKey: undefined };
const OVER_TLS = { ...BUILD, endpoint: "https://collector.example" };
const PASSWORD = "http://ada:secret@proxy.example:3128";

for (
  const [what, options, build, obstacle] of [
    ["nothing", { files: ASKED }, BUILD, undefined],
    [
      "nothing, where the environment has the key",
      {
        files: ASKED,
        env: { RASA_TELEMETRY_WRITE_KEY: "key" },
      },
      KEYLESS,
      undefined,
    ],
    ["a build without a key", { files: ASKED }, KEYLESS, { kind: "no write key" }],
    ["a proxy that would cost its password", { files: ASKED, env: { HTTPS_PROXY: PASSWORD } }, OVER_TLS, {
      kind: "proxy",
      variable: "HTTPS_PROXY",
      why: "leaks",
    }],
    [
      "nothing, where the endpoint needs no proxy",
      {
        files: ASKED,
        env: { HTTPS_PROXY: PASSWORD, NO_PROXY: "collector.example" },
      },
      OVER_TLS,
      undefined,
    ],
  ] as const satisfies readonly (readonly [string, MemoryHostOptions, typeof BUILD | typeof KEYLESS, unknown])[]
) {
  Deno.test(`findObstacle finds ${what}`, () => {
    const host = new MemoryHost(options);
    assertEquals(findObstacle(host, build), obstacle);
  });
}

Deno.test("openRoute reads what sending needs, and gives up the environment and questions to the system", async () => {
  const certificate = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----";
  const host = new MemoryHost({ files: { ...ASKED, "/ca.pem": certificate }, env: { SSL_CERT_FILE: "/ca.pem" } });
  const consent = await readConsent(host, BUILD);
  const route = openRoute(host, BUILD, consent, undefined, undefined);
  assertEquals(route.destination, { endpoint: BUILD.endpoint, writeKey: "key", authorities: [certificate] });
  assertEquals([route.home, route.obstacle, host.relinquished], [consent.home, undefined, true]);
  assertEquals([route.permit().kind, route.maker.machineId], ["on", undefined]);
});

Deno.test("openRoute reads no authorities where nothing may leave", async () => {
  const host = new MemoryHost({ env: { SSL_CERT_FILE: "/ca.pem" }, files: { "/ca.pem": "" } });
  const route = openRoute(host, BUILD, await readConsent(host, BUILD), { kind: "no write key" }, undefined);
  assertEquals([route.obstacle, host.files.operations.some(({ path }) => path === "/ca.pem")], [
    { kind: "no write key" },
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
    const host = new MemoryHost({ files: ASKED });
    const later = Object.fromEntries(Object.entries(state).map(([name, wait]) => [name, host.clock + wait]));
    host.files.plant(`${QUEUE}/delivery.json`, JSON.stringify({ ...FIRST_STATE, ...later }));
    const { home } = await readConsent(host, BUILD);
    warmUp(host, endpoint, home, backOff);
    assertEquals(host.prepared, prepared);
  });
}

for (
  const [what, change, left, kind] of [
    ["nothing changed", () => {}, 1, "on"],
    ["Rasa stored a no", (host) => host.files.plant(CONFIG_FILE, STORED_OFF), 0, "off"],
    ["Rasa stored another yes", (host) => host.files.plant(CONFIG_FILE, STORED_ON.replaceAll("2025", "2026")), 0, "on"],
    [
      "another process began an epoch",
      (host) => host.files.plant(RECORD_FILE, recordOf({ epoch: OTHER_EPOCH })),
      0,
      "on",
    ],
    ["global.yml can't be understood", (host) => host.files.plant(CONFIG_FILE, "metrics: ["), 1, "unclear"],
    ["a policy says no", (host) => host.files.plant("/project/.rasa-telemetry.yml", "enabled: false\n"), 1, "off"],
  ] as const satisfies readonly (readonly [string, (host: MemoryHost) => void, number, string])[]
) {
  Deno.test(`watchPermit leaves ${left} of what waits where ${what}, and says ${kind}`, async () => {
    const host = new MemoryHost({ files: ASKED });
    const permit = watchPermit(host, await readConsent(host, BUILD));
    enqueue(host, HOME, [{ label: LABEL, report: writeReport(report(1)) }]);
    change(host);
    assertEquals([permit().kind, countQueued(host, HOME), permit().kind], [kind, left, kind]);
    assertEquals(countDropped(host, HOME).withdrawn, 1 - left);
    // Whoever looks next finds the record as it was left.
    assertEquals((await readConsent(host, BUILD)).changed, false);
  });
}

Deno.test("watchPermit deletes nothing where a new epoch can't be kept", async () => {
  const host = new MemoryHost({ files: ASKED });
  const permit = watchPermit(host, await readConsent(host, BUILD));
  enqueue(host, HOME, [{ label: LABEL, report: writeReport(report(1)) }]);
  host.files.plant(CONFIG_FILE, STORED_OFF);
  host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`);
  assertEquals([permit().kind, countQueued(host, HOME)], ["off", 1]);
  host.files.lockedElsewhere.clear();
  assertEquals([permit().kind, countQueued(host, HOME)], ["off", 0]);
});
