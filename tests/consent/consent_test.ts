import { assertEquals } from "@std/assert";
import { type Consent, readConsent } from "../../lib/consent/consent.ts";
import { freshRecord } from "../../lib/consent/fresh_record.ts";
import { homeAt } from "../../lib/home.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { LICENSED, LOCKING } from "../support/scenes/licensed.ts";
import {
  ASKED,
  BUILD,
  CONFIG_FILE,
  MACHINE_ID,
  QUEUE,
  RECORD_FILE,
  recordIn,
  recordOf,
  STORED_OFF,
  STORED_ON,
  TOLD,
} from "../support/scenes/scene.ts";

const HOME = homeAt("/home/ada/.config/rasa");
const MACHINE = { kind: "machine", hash: null } as const;
const NOWHERE = { kind: "container", hash: null, own: null } as const;

Deno.test("readConsent gives the decision and everything it read", async () => {
  const host = new MemoryHost({ files: TOLD });
  const record = recordIn(host)!;
  const expected: Consent = {
    enabled: true,
    decidedBy: "default",
    rule: "default",
    ground: {
      home: HOME,
      licence: undefined,
      settings: { locked: false, enabledVariable: undefined, doNotTrack: undefined, misplaced: false },
      policies: ["/etc/rasa/telemetry.yml", "/project/.rasa-telemetry.yml", "/.rasa-telemetry.yml"],
      place: MACHINE,
      isPlaceKnown: true,
      addressee: "Rasa",
      offByDefault: false,
      builtAt: new Date(BUILD.date),
    },
    home: HOME,
    licence: undefined,
    overruled: [],
    policy: undefined,
    configuration: {
      kind: "stored",
      stored: { enabled: true, traitsEnabled: true, machineId: MACHINE_ID, date: "2025-05-03T10:12:13.123Z" },
    },
    file: { kind: "record", record },
    standing: { record, now: NOON, byVariable: false, byLicence: false },
    changed: false,
    overwritten: false,
  };
  assertEquals([await readConsent(host, BUILD), host.files.writes], [expected, []]);
});

Deno.test("readConsent opens no file where the environment says off", async () => {
  const host = new MemoryHost({ env: { DO_NOT_TRACK: "1" }, files: ASKED });
  const expected: Consent = {
    enabled: false,
    decidedBy: "DO_NOT_TRACK",
    rule: "DO_NOT_TRACK",
    ground: {
      home: HOME,
      licence: undefined,
      settings: { locked: false, enabledVariable: undefined, doNotTrack: "1", misplaced: false },
      policies: [],
      place: NOWHERE,
      isPlaceKnown: false,
      addressee: "Rasa",
      offByDefault: false,
      builtAt: new Date(BUILD.date),
    },
    home: HOME,
    licence: undefined,
    overruled: [],
    policy: undefined,
    configuration: undefined,
    file: undefined,
    standing: {
      record: freshRecord({ place: NOWHERE, choice: undefined }, ""),
      now: NOON,
      byVariable: false,
      byLicence: false,
    },
    changed: false,
    overwritten: false,
  };
  assertEquals([await readConsent(host, BUILD), host.files.operations], [expected, []]);
});

Deno.test("readConsent reads neither global.yml nor the record where a policy says off", async () => {
  const policy = "/project/.rasa-telemetry.yml";
  const host = new MemoryHost({ files: { ...ASKED, [policy]: "enabled: false\n" } });
  const { enabled, decidedBy, policy: found, configuration, file } = await readConsent(host, BUILD);
  assertEquals([enabled, decidedBy, found, configuration, file], [false, "policy", policy, undefined, undefined]);
  assertEquals(host.files.reads.filter((path) => [CONFIG_FILE, RECORD_FILE].includes(path)), []);
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

const POLICY = { "/etc/rasa/telemetry.yml": "" };
const ON = { RASA_TELEMETRY_ENABLED: "1" };
/** `STORED_ON`, which a program that had not seen the no put back. */
const OVERWRITTEN = {
  [CONFIG_FILE]: STORED_ON,
  [RECORD_FILE]: recordOf({ choice: `off x ${MACHINE_ID}`, overwritten: `on 2025-05-03T10:12:13.123Z ${MACHINE_ID}` }),
};
const LOCAL = {
  [CONFIG_FILE]: STORED_OFF,
  [RECORD_FILE]: recordOf({ local: true, choice: `off 2025-05-03T10:12:13.123Z ${MACHINE_ID}` }),
};

/** Machines, what is decided on each, and by which rule. Any no wins; only a licence is above it. */
const DECISIONS: readonly (readonly [
  name: string,
  options: MemoryHostOptions,
  decision: readonly [enabled: boolean, decidedBy: string, rule: string],
])[] = [
  ["nothing is stored", {}, [true, "default", "default"]],
  ["Rasa wrote a bare yes", { files: { [CONFIG_FILE]: STORED_ON } }, [true, "default", "default"]],
  ["the user said yes", { files: ASKED }, [true, "configuration", "stored yes"]],
  ["the user said no", { files: { [CONFIG_FILE]: STORED_OFF } }, [false, "configuration", "stored no"]],
  ["a yes, and then a no by Rasa", { files: { ...ASKED, [CONFIG_FILE]: STORED_OFF } }, [
    false,
    "configuration",
    "stored no",
  ]],
  ["a no was written over", { files: OVERWRITTEN }, [false, "configuration", "stored no"]],
  ["local mode", { files: LOCAL }, [true, "local", "local"]],
  ["local mode, and a variable says on", { files: LOCAL, env: ON }, [true, "local", "local"]],
  ["a variable says on", { env: ON }, [true, "RASA_TELEMETRY_ENABLED", "variable on"]],
  ["a variable says on, against a stored no", { files: { [CONFIG_FILE]: STORED_OFF }, env: ON }, [
    false,
    "configuration",
    "stored no",
  ]],
  ["a variable says on, against DO_NOT_TRACK", { env: { ...ON, DO_NOT_TRACK: "1" } }, [
    false,
    "DO_NOT_TRACK",
    "DO_NOT_TRACK",
  ]],
  ["a variable says on, against a policy", { env: ON, files: POLICY }, [false, "policy", "policy"]],
  ["a variable says on, and global.yml is broken", { env: ON, files: { [CONFIG_FILE]: "[" } }, [
    true,
    "RASA_TELEMETRY_ENABLED",
    "variable on",
  ]],
  ["global.yml is broken", { files: { [CONFIG_FILE]: "[" } }, [false, "configuration", "broken"]],
  ["a policy, against a yes", { files: { ...ASKED, ...POLICY } }, [false, "policy", "policy"]],
  ["a policy without opinion", { files: { ...ASKED, "/etc/rasa/telemetry.yml": "enabled: true\n" } }, [
    true,
    "configuration",
    "stored yes",
  ]],
  ["no home is known", { env: { HOME: "" } }, [false, "unwritable", "unwritable"]],
  ["no home is known, and a variable says on", { env: { HOME: "", ...ON } }, [
    true,
    "RASA_TELEMETRY_ENABLED",
    "variable on",
  ]],
  ...["~", "~/x", "home/ada", "./"].map((HOME) =>
    [`HOME is ${HOME}, and a variable says on`, { env: { HOME, ...ON } }, [false, "unwritable", "home"]] as const
  ),
  ["HOME is relative, and another home isn't", { env: { HOME: "x", RASA_TELEMETRY_HOME: "/state" } }, [
    true,
    "default",
    "default",
  ]],
  ["RASA_TELEMETRY_HOME is relative, and a variable says on", { env: { RASA_TELEMETRY_HOME: "x", ...ON } }, [
    false,
    "unwritable",
    "home",
  ]],
  ["the record must be left alone", { files: { ...ASKED, [RECORD_FILE]: '{"format": 9}' } }, [
    false,
    "unwritable",
    "unwritable",
  ]],
  ["the record is none", { files: { ...ASKED, [RECORD_FILE]: "{" } }, [true, "default", "default"]],
  ["a licence", { env: { RASA_LICENSE: LOCKING } }, [true, "licence", "licence"]],
];

for (const [name, options, [enabled, decidedBy, rule]] of DECISIONS) {
  Deno.test(`readConsent says ${enabled} by "${rule}" where ${name}`, async () => {
    const consent = await readConsent(new MemoryHost(options), LICENSED);
    assertEquals([consent.enabled, consent.decidedBy, consent.rule], [enabled, decidedBy, rule]);
    assertEquals(consent.overruled, []);
  });
}

Deno.test("readConsent names every no that the licence overrules", async () => {
  const files = { ...POLICY, [CONFIG_FILE]: STORED_OFF };
  const env = { RASA_LICENSE: LOCKING, RASA_TELEMETRY_ENABLED: "false", DO_NOT_TRACK: "1" };
  const { enabled, decidedBy, overruled } = await readConsent(new MemoryHost({ files, env }), LICENSED);
  assertEquals([enabled, decidedBy, overruled], [
    true,
    "licence",
    ["RASA_TELEMETRY_ENABLED", "DO_NOT_TRACK", "policy", "configuration"],
  ]);
});

Deno.test("readConsent takes a telling that named somebody else for none, and leaves it in the record", async () => {
  const host = new MemoryHost({ files: TOLD });
  const { standing: { record }, file, changed } = await readConsent(host, { ...BUILD, recipient: "Example Ltd" });
  const stored = recordIn(host)!;
  assertEquals([record, file, changed], [{ ...stored, told: null }, { kind: "record", record: stored }, false]);
});
