import { assertEquals } from "@std/assert";
import { readConsent } from "../../lib/consent/consent.ts";
import { readPermit } from "../../lib/consent/permit.ts";
import { MemoryHost, type MemoryHostOptions } from "../support/machine/memory_host.ts";
import { LICENSED, LOCKING } from "../support/scenes/licensed.ts";
import {
  ASKED,
  BUILD,
  choiceOf,
  CONFIG_FILE,
  EPOCH,
  MACHINE_ID,
  OTHER_EPOCH,
  QUEUE,
  RECORD_FILE,
  recordIn,
  recordOf,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";

/** What holds after a change: whether anything may leave, and whether that is the same epoch as before, as it is kept. */
type Holds = readonly [kind: "on" | "off" | "unclear", sameEpoch: boolean];

/** What somebody does to a machine whose user said yes, after a process has read consent there. */
const CHANGES: readonly (readonly [name: string, change: (host: MemoryHost) => void, holds: Holds])[] = [
  ["nothing changed", () => {}, ["on", true]],
  [
    "global.yml got a comment, so that it needs the parser of YAML",
    ({ files }) => files.plant(CONFIG_FILE, `${STORED_ON}# mine\n`),
    ["on", true],
  ],
  ["global.yml says off", ({ files }) => files.plant(CONFIG_FILE, STORED_OFF), ["off", false]],
  ["global.yml is broken", ({ files }) => files.plant(CONFIG_FILE, "metrics: ["), ["unclear", true]],
  ["global.yml is empty", ({ files }) => files.plant(CONFIG_FILE, ""), ["on", false]],
  ["global.yml is gone", ({ files }) => files.remove(CONFIG_FILE), ["on", false]],
  [
    "Rasa wrote its own yes anew",
    ({ files }) => files.plant(CONFIG_FILE, STORED_ON.replaceAll("2025", "2026")),
    ["on", false],
  ],
  ["a no stands beside global.yml", ({ files }) => files.plant(`${QUEUE}/disabled`, ""), ["off", false]],
  ["the machine has a policy", ({ files }) => files.plant("/etc/rasa/telemetry.yml", ""), ["off", true]],
  ["the project has a policy", ({ files }) => files.plant("/project/.rasa-telemetry.yml", "x"), ["off", true]],
  [
    "somebody chose local mode",
    ({ files }) => {
      files.plant(CONFIG_FILE, STORED_OFF);
      const choice = `off 2025-05-03T10:12:13.123Z ${MACHINE_ID}`;
      files.plant(RECORD_FILE, recordOf({ local: true, choice }));
    },
    ["off", true],
  ],
  ["somebody got a new id", ({ files }) => files.plant(RECORD_FILE, recordOf({ epoch: OTHER_EPOCH })), ["on", false]],
  ["the record is gone", ({ files }) => files.remove(RECORD_FILE), ["on", false]],
  ["a newer version wrote the record", ({ files }) => files.plant(RECORD_FILE, '{"format": 9}'), ["unclear", true]],
];

for (const [name, change, [kind, sameEpoch]] of CHANGES) {
  Deno.test(`readPermit says ${kind} where ${name}`, async () => {
    const host = new MemoryHost({ files: ASKED });
    const consent = await readConsent(host, BUILD);
    change(host);
    // By then the environment can't be read.
    host.relinquished = true;
    const permit = readPermit(host, consent);
    const now = permit.kind === "unclear" ? undefined : permit.consent;
    assertEquals([permit.kind, (now?.standing.record.epoch ?? EPOCH) === EPOCH], [kind, sameEpoch]);
    // What it found out is kept, for whoever looks next.
    const kept = recordIn(host);
    if (kept !== undefined && now !== undefined) assertEquals(kept, now.standing.record);
    assertEquals(host.files.held, []);
  });
}

Deno.test("readPermit says off where telemetry was off before, and looks at nothing", async () => {
  const host = new MemoryHost({ files: ASKED, env: { DO_NOT_TRACK: "1" } });
  const consent = await readConsent(host, BUILD);
  assertEquals([readPermit(host, consent), host.files.operations], [{ kind: "off" }, []]);
});

/** What keeps telemetry on, whatever global.yml says by now. */
const KEPT_ON: readonly (readonly [name: string, options: MemoryHostOptions, change: string, kind: string])[] = [
  ["a licence", { files: ASKED, env: { RASA_LICENSE: LOCKING } }, STORED_OFF, "on"],
  ["a licence, a broken file", { files: ASKED, env: { RASA_LICENSE: LOCKING } }, "[", "on"],
  ["a variable, a broken file", { env: { RASA_TELEMETRY_ENABLED: "1" } }, "[", "on"],
  ["a variable", { env: { RASA_TELEMETRY_ENABLED: "1" } }, STORED_OFF, "off"],
];

for (const [name, options, change, kind] of KEPT_ON) {
  Deno.test(`readPermit says ${kind} under ${name}, where global.yml changed to ${JSON.stringify(change.slice(0, 20))}`, async () => {
    const host = new MemoryHost(options);
    const consent = await readConsent(host, LICENSED);
    host.files.plant(CONFIG_FILE, change);
    host.relinquished = true;
    assertEquals(readPermit(host, consent).kind, kind);
  });
}

/** Noes that a licence overrules until it expires, also in a process that began under it. */
const AFTER_EXPIRY: readonly (readonly [no: string, files: Readonly<Record<string, string>>, kind: string])[] = [
  ["a stored no", { [CONFIG_FILE]: STORED_OFF }, "off"],
  ["a policy", { "/etc/rasa/telemetry.yml": "" }, "off"],
  ["no no", {}, "on"],
];

for (const [no, files, kind] of AFTER_EXPIRY) {
  Deno.test(`readPermit says ${kind} once a licence has expired, with ${no}`, async () => {
    const host = new MemoryHost({ files: { ...ASKED, ...files }, env: { RASA_LICENSE: LOCKING } });
    const consent = await readConsent(host, LICENSED);
    host.relinquished = true;
    assertEquals(readPermit(host, consent).kind, "on");
    host.clock = (consent.licence?.lockedUntil ?? 0) - 1;
    assertEquals(readPermit(host, consent).kind, "on");
    host.clock++;
    const permit = readPermit(host, consent);
    assertEquals(permit.kind, kind);
    if (permit.kind === "on") assertEquals(permit.consent.standing.byLicence, false);
  });
}

Deno.test("readPermit doesn't look for policies under a licence", async () => {
  const host = new MemoryHost({ files: ASKED, env: { RASA_LICENSE: LOCKING } });
  const consent = await readConsent(host, LICENSED);
  host.files.plant("/etc/rasa/telemetry.yml", "");
  host.files.operations.length = 0;
  const { kind } = readPermit(host, consent);
  assertEquals([kind, host.files.reads.filter((path) => path.endsWith("telemetry.yml"))], ["on", []]);
});

Deno.test("readPermit without a home goes by the environment, at the time that it is now", async () => {
  const host = new MemoryHost({ env: { HOME: "", RASA_TELEMETRY_ENABLED: "1" } });
  const consent = await readConsent(host, BUILD);
  host.clock += 60_000;
  const permit = readPermit(host, consent);
  assertEquals([permit.kind, permit.kind === "on" && permit.consent.standing.now], ["on", host.now()]);
});

Deno.test("readPermit waits 100 ms at most for a file that somebody is writing", async () => {
  const host = new MemoryHost({ files: ASKED });
  const consent = await readConsent(host, BUILD);
  host.files.plant(CONFIG_FILE, "");
  let reads = 0;
  host.files.before = ({ action, path }) => {
    // Rasa empties the file before it writes.
    if (action === "read" && path === CONFIG_FILE && ++reads === 3) host.files.plant(CONFIG_FILE, STORED_ON);
  };
  const permit = readPermit(host, consent);
  assertEquals([permit.kind, recordIn(host)?.epoch], ["on", EPOCH]);
});

Deno.test("readPermit doesn't wait for a lock, and goes by what it found", async () => {
  const host = new MemoryHost({ files: ASKED });
  const consent = await readConsent(host, BUILD);
  host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`);
  host.files.plant(CONFIG_FILE, STORED_OFF);
  const since = host.elapsed();
  assertEquals([readPermit(host, consent).kind, recordIn(host)?.epoch, host.elapsed() - since], ["off", EPOCH, 0]);
});

Deno.test("readPermit says unclear while another process has stored half of a yes, and on once it has all of it", async () => {
  const host = new MemoryHost({ files: ASKED });
  const consent = await readConsent(host, BUILD);
  host.files.lockedElsewhere.add(`${QUEUE}/configuration.lock`);
  host.files.plant(CONFIG_FILE, STORED_ON.replaceAll("2025", "2026"));
  const half = readPermit(host, consent).kind;
  host.files.plant(
    RECORD_FILE,
    recordOf({ ...recordIn(host), choice: choiceOf(STORED_ON.replaceAll("2025", "2026")) }),
  );
  host.files.lockedElsewhere.clear();
  const whole = readPermit(host, consent);
  const epoch = whole.kind === "on" && whole.consent.standing.record.epoch;
  assertEquals([half, whole.kind, epoch], ["unclear", "on", EPOCH]);
});

for (const env of [{ RASA_TELEMETRY_ENABLED: "1" }, { RASA_LICENSE: LOCKING }, {}]) {
  const [name = "a yes"] = Object.keys(env);
  Deno.test(`readPermit under ${name} says unclear while the record can't be read, and on once it can`, async () => {
    const host = new MemoryHost({ files: ASKED, env });
    const consent = await readConsent(host, LICENSED);
    host.files.foreign.add(RECORD_FILE);
    const before = readPermit(host, consent).kind;
    host.files.foreign.clear();
    assertEquals([before, readPermit(host, consent).kind, recordIn(host)?.epoch], ["unclear", "on", EPOCH]);
  });
}

Deno.test("readPermit under a variable says on where the record could not be read from the beginning", async () => {
  const host = new MemoryHost({ files: ASKED, env: { RASA_TELEMETRY_ENABLED: "1" } });
  host.files.foreign.add(RECORD_FILE);
  assertEquals(readPermit(host, await readConsent(host, BUILD)).kind, "on");
});
