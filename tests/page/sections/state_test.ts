import { assert, assertEquals } from "@std/assert";
import type { Decision } from "../../../lib/consent/rules.ts";
import type { Consent } from "../../../lib/consent/consent.ts";
import type { PageData } from "../../../lib/page/page_data.ts";
import { stateSection } from "../../../lib/page/sections/state.ts";
import { MACHINE_ID } from "../../support/scenes/scene.ts";
import { QUIET_MACHINE, rowsOf, textOf } from "../page_fixture.ts";

const STORED = QUIET_MACHINE.consent.configuration;

/** A machine on which this was decided. */
function decided(decision: Decision, consent: Partial<Consent> = {}, other: Partial<PageData> = {}): PageData {
  return { ...QUIET_MACHINE, ...other, decision, consent: { ...QUIET_MACHINE.consent, ...decision, ...consent } };
}

function show(data: PageData): { text: string; rules: string[][] } {
  const markup = String(stateSection(data).content);
  return {
    text: textOf(markup),
    rules: rowsOf(markup, "The rules that decide").map((row) => [row[0] ?? "", row[2] ?? ""]),
  };
}

Deno.test("stateSection says on, by which rule, since when, and where reports go", () => {
  const { text, rules } = show(QUIET_MACHINE);
  assertEquals(
    text.slice(0, text.indexOf("The rules")),
    "Telemetry is on. This was decided by the choice stored in global.yml. Reports go to https://collector.example and to nobody else. " +
      "Since 2025-05-03 10:12:13Z, when the choice was stored " +
      "Notice shown, or a choice was stored " +
      `Machine id ${MACHINE_ID}, a random number. Every report carries it, so that Rasa can find those of this machine ` +
      "Reports go to https://collector.example Waiting 0 In the sent log 0 Last delivery none yet " +
      "This page was made 2026-03-01 12:00:00Z ",
  );
  assertEquals(rules, [
    ["A valid Developer Edition Extended licence", "no licence was found"],
    ["RASA_TELEMETRY_ENABLED", "not set"],
    ["DO_NOT_TRACK", "not set"],
    ["The choice stored in global.yml", "says on, since 2025-05-03 10:12:13Z decides"],
    ["Nothing can be kept on this machine", "a folder can be written"],
    ["None of these", "not needed"],
  ]);
});

const LICENCE = { hash: "a", company: null, locksTelemetry: true, problem: undefined };

/** What decided, and what the page then says: in the verdict, as the time since, and of the rule itself. */
const DECISIONS: readonly (readonly [PageData, verdict: string, since: string, rule: number, here: string])[] = [
  [
    decided({ enabled: true, decidedBy: "license" }, { licence: LICENCE }),
    "on. This was decided by a Developer Edition Extended licence, under which it can't be switched off. Reports go to",
    "for as long as the licence is valid",
    0,
    "there is one decides",
  ],
  [
    decided({ enabled: false, decidedBy: "RASA_TELEMETRY_ENABLED" }, { configuration: undefined, told: false }, {
      environment: { enabled: false, doNotTrack: "off" },
    }),
    "off. This was decided by the variable RASA_TELEMETRY_ENABLED. Nothing is recorded, kept or sent.",
    "for as long as the variable is set; when that began is not recorded anywhere",
    1,
    "set: off decides",
  ],
  [
    decided({ enabled: true, decidedBy: "RASA_TELEMETRY_ENABLED" }, {}, {
      environment: { enabled: true, doNotTrack: "unset" },
    }),
    "on. This was decided by the variable RASA_TELEMETRY_ENABLED. Reports go to",
    "for as long as the variable is set",
    1,
    "set: on decides",
  ],
  [
    decided({ enabled: false, decidedBy: "DO_NOT_TRACK" }, { configuration: undefined }, {
      environment: { enabled: undefined, doNotTrack: "off" },
    }),
    "off. This was decided by the variable DO_NOT_TRACK. Nothing is recorded, kept or sent.",
    "for as long as the variable is set",
    2,
    "set: off decides",
  ],
  [
    decided({ enabled: false, decidedBy: "configuration" }, {
      configuration: {
        kind: "stored",
        stored: { enabled: false, traitsEnabled: false, machineId: undefined, date: "" },
      },
    }),
    "off. This was decided by the choice stored in global.yml. Nothing is recorded, kept or sent.",
    "not known: the choice carries no date",
    3,
    "says off decides",
  ],
  [
    decided({ enabled: false, decidedBy: "configuration" }, {
      configuration: { kind: "broken", problem: "it is a link" },
    }),
    "off. The file global.yml can't be understood, and might hold a no. Nothing is recorded, kept or sent.",
    "not known",
    3,
    "can't be used: it is a link decides",
  ],
  [
    decided({ enabled: true, decidedBy: "default" }, {
      configuration: { kind: "silent", fileExists: false },
      told: false,
    }),
    "on. This was decided by the default: nobody has chosen yet. No report leaves before users were told: until the " +
    "notice is shown, reports wait here.",
    "the beginning: no choice was ever stored",
    5,
    "nobody has chosen yet decides",
  ],
  [
    decided({ enabled: false, decidedBy: "unwritable" }, {
      configuration: { kind: "silent", fileExists: true },
      told: false,
    }),
    "off. This was decided by the disk: no folder can be written, so nothing can be kept. Nothing is recorded, kept or sent.",
    "for as long as no folder can be written",
    4,
    "no folder can be written decides",
  ],
];

for (const [data, verdict, since, rule, here] of DECISIONS) {
  Deno.test(`stateSection says why it is ${verdict}`, () => {
    const { text, rules } = show(data);
    assert(text.startsWith(`Telemetry is ${verdict}`), text);
    assert(text.includes(` Since ${since}`), text);
    assertEquals(rules.map(([, state]) => state?.endsWith("decides")), rules.map((_, index) => index === rule));
    assertEquals(rules[rule]?.[1], here);
  });
}

/** What else decides whether anything leaves. */
const EFFECTS: readonly (readonly [string, Partial<PageData>])[] = [
  ["RASA_TELEMETRY_DEBUG is set: reports are printed, and nothing is kept or sent.", { debug: true }],
  ["This build has no write key, so nothing is kept or sent.", { hasWriteKey: false }],
];

for (const [effect, data] of EFFECTS) {
  Deno.test(`stateSection doesn't say that reports leave where it must say: ${effect}`, () => {
    const { text } = show({ ...QUIET_MACHINE, ...data });
    assert(text.startsWith(`Telemetry is on. This was decided by the choice stored in global.yml. ${effect}`), text);
  });
}

/** What the rules say that don't decide. */
const ASIDE: readonly (readonly [rule: number, here: string, PageData])[] = [
  [
    0,
    "a licence of another kind, which leaves the choice open",
    decided(QUIET_MACHINE.decision, {
      licence: { ...LICENCE, locksTelemetry: false },
    }),
  ],
  [
    0,
    "a licence was found that counts as none: it has expired",
    decided(QUIET_MACHINE.decision, {
      licence: { ...LICENCE, locksTelemetry: false, problem: "it has expired" },
    }),
  ],
  [2, "set, but to nothing or 0, which says nothing", {
    ...QUIET_MACHINE,
    environment: { enabled: undefined, doNotTrack: "nothing" },
  }],
  [
    3,
    "not opened: it wasn't needed",
    decided({ enabled: false, decidedBy: "DO_NOT_TRACK" }, { configuration: undefined }),
  ],
  [
    3,
    "there is no such file",
    decided({ enabled: true, decidedBy: "default" }, { configuration: { kind: "silent", fileExists: false } }),
  ],
  [
    3,
    "says nothing about telemetry",
    decided({ enabled: true, decidedBy: "default" }, { configuration: { kind: "silent", fileExists: true } }),
  ],
  [
    3,
    "says on, but not for traits, since 2025-05-03 10:12:13Z decides",
    decided(QUIET_MACHINE.decision, {
      configuration: STORED?.kind === "stored"
        ? { ...STORED, stored: { ...STORED.stored, traitsEnabled: false } }
        : STORED,
    }),
  ],
];

for (const [rule, here, data] of ASIDE) {
  Deno.test(`stateSection says of a rule: ${here}`, () => assertEquals(show(data).rules[rule]?.[1], here));
}

Deno.test("stateSection says what is to be repaired, and what became of the last delivery", () => {
  const { text } = show({
    ...QUIET_MACHINE,
    warnings: ["first", "second"],
    lastDelivery: { at: "2026-03-01T11:00:00.000Z", outcome: "failed", reports: 12, status: null },
    machineId: undefined,
  });
  assert(text.includes("nobody else. first second Since"), text);
  assert(text.includes("Machine id none, or it was not looked up"), text);
  assert(text.includes("Last delivery 2026-03-01 11:00:00Z: 12 failed (no answer)"), text);
});
