import { assert, assertEquals } from "@std/assert";
import type { Consent } from "../../../lib/consent/consent.ts";
import type { Outlook } from "../../../lib/consent/outlook.ts";
import type { ConsentRecord } from "../../../lib/consent/record.ts";
import { type RuleId, RULES } from "../../../lib/consent/rules.ts";
import type { PageData } from "../../../lib/page/page_data.ts";
import { stateSection } from "../../../lib/page/sections/state.ts";
import { MACHINE_ID } from "../../support/scenes/scene.ts";
import { attemptedAt, entries, QUIET_MACHINE, rowsOf, textOf, waitingOf } from "../page_fixture.ts";

const STORED = QUIET_MACHINE.consent.configuration;
const OFF: Outlook = { permission: null, leavesFrom: null };
const UNTOLD = recordWith({ asked: null });
const TOLD = {
  at: "2026-03-01T11:30:00.000Z",
  first: "2026-03-01T11:30:00.000Z",
  notice: 1,
  addressee: "Rasa",
  terminal: false,
};

/** A machine on which this rule decided. */
function decided(rule: RuleId, consent: Partial<Consent> = {}, other: Partial<PageData> = {}): PageData {
  const { decidedBy, says } = RULES.find(({ id }) => id === rule)!;
  const decision = { enabled: says, decidedBy, rule };
  const outlook = says ? QUIET_MACHINE.outlook : OFF;
  return {
    ...QUIET_MACHINE,
    outlook,
    decision,
    consent: { ...QUIET_MACHINE.consent, ...decision, ...consent },
    stored: { ...QUIET_MACHINE.stored, ...decision, ...consent },
    ...other,
  };
}

/** What a consent says of this record. */
function recordWith(parts: Partial<ConsentRecord>): Pick<Consent, "standing"> {
  const { standing } = QUIET_MACHINE.consent;
  return { standing: { ...standing, record: { ...standing.record, ...parts } } };
}

function show(data: PageData): { text: string; rules: Record<string, string> } {
  const markup = String(stateSection(data).content);
  const here = rowsOf(markup, "The rules that decide").map((row) => row[2] ?? "");
  return { text: textOf(markup), rules: Object.fromEntries(RULES.map(({ id }, index) => [id, here[index] ?? ""])) };
}

Deno.test("stateSection says on, by which rule, since when, and where reports go", () => {
  const { text, rules } = show(QUIET_MACHINE);
  assertEquals(
    text.slice(0, text.indexOf("The rules")),
    "Telemetry is on. This was decided by the choice stored in global.yml. Reports go to Rasa and to nobody else. " +
      "A report that is recorded now leaves at once. " +
      "Since 2026-02-01 00:00:00Z, when the choice was made " +
      "Permission asked: enable, or y at the question " +
      "Notice none was needed: somebody said yes " +
      `Machine id ${MACHINE_ID}, a random number. Every report carries it, so that Rasa can find those of this machine ` +
      "Reports go to Rasa at https://collector.example Waiting 0 In the sent log 0 " +
      "Withheld nothing, of what waits and what was sent Last delivery none yet " +
      "Kept in /home/ada/.config/rasa This page was made 2026-03-01 12:00:00Z ",
  );
  assertEquals(rules, {
    licence: "no licence was found",
    "variable off": "doesn't",
    DO_NOT_TRACK: "not set",
    home: "isn't set so",
    policy: "none was found",
    "stored no": "says on, since 2025-05-03 10:12:13Z",
    local: "not stored",
    "variable on": "doesn't",
    broken: "isn't so",
    unwritable: "a folder can be written",
    "stored yes": "said 2026-02-01 00:00:00Z decides",
    build: "this build isn't so",
    default: "not needed",
  });
});

const LICENCE = { hash: "a", company: null, lockedUntil: Infinity, problem: undefined };
const NOTHING = "Nothing is recorded or sent.";
const { ground } = QUIET_MACHINE.consent;

/** What decided, and what the page then says: in the verdict, as the time since, and of the rule itself. */
const DECISIONS: readonly (readonly [PageData, verdict: string, since: string, here: string])[] = [
  [
    decided("licence", { licence: LICENCE }),
    "on. This was decided by a Developer Edition Extended licence, under which it can't be switched off. Reports go to",
    "for as long as the licence is valid",
    "there is one",
  ],
  [
    decided("variable off", { configuration: undefined }, { environment: { enabled: false, doNotTrack: "off" } }),
    `off. This was decided by the variable RASA_TELEMETRY_ENABLED. ${NOTHING}`,
    "for as long as the variable is set; when that began is not recorded anywhere",
    "set: off",
  ],
  [
    decided("DO_NOT_TRACK", { configuration: undefined }, { environment: { enabled: undefined, doNotTrack: "off" } }),
    `off. This was decided by the variable DO_NOT_TRACK. ${NOTHING}`,
    "for as long as the variable is set",
    "set: off",
  ],
  [
    decided("home", { ground: { ...ground, settings: { ...ground.settings, misplaced: true } } }),
    `off. This was decided by the home folder, which must be an absolute path. ${NOTHING}`,
    "for as long as the variable is set",
    "set so",
  ],
  [
    decided("policy", { policy: "/etc/rasa/telemetry.yml", configuration: undefined }),
    `off. This was decided by a policy file, /etc/rasa/telemetry.yml. ${NOTHING}`,
    "for as long as the policy file is there",
    "says no: /etc/rasa/telemetry.yml",
  ],
  [
    decided("stored no", {
      configuration: {
        kind: "stored",
        stored: { enabled: false, traitsEnabled: false, machineId: undefined, date: "" },
      },
    }),
    `off. This was decided by the choice stored in global.yml. ${NOTHING}`,
    "not known: the choice carries no date",
    "says off",
  ],
  [
    decided("stored no", { overwritten: true }),
    `off. This was decided by the choice stored in global.yml. ${NOTHING}`,
    "2025-05-03 10:12:13Z, when the choice was made",
    "says again what it said before the choice, which a program wrote over: the choice holds",
  ],
  [
    decided("local", recordWith({ asked: null, local: true }), { outlook: { permission: "local", leavesFrom: null } }),
    "on. This was decided by the choice to keep reports on this machine. Reports are kept on this machine, and none is " +
    "ever sent.",
    "2025-05-03 10:12:13Z, when the choice was made",
    "stored",
  ],
  [
    decided("variable on", {}, { environment: { enabled: true, doNotTrack: "unset" } }),
    "on. This was decided by the variable RASA_TELEMETRY_ENABLED. Reports go to",
    "for as long as the variable is set",
    "set: on",
  ],
  [
    decided("broken", { configuration: { kind: "broken", problem: "it is a link" } }),
    `off. This was decided by the file global.yml, which can't be understood and might hold a no. ${NOTHING}`,
    "for as long as the file can't be understood",
    "can't be used: it is a link",
  ],
  [
    decided("unwritable", { configuration: { kind: "silent", fileExists: true } }),
    `off. This was decided by the disk: no folder can be written, so nothing can be kept. ${NOTHING}`,
    "for as long as no folder can be written",
    "nothing can be kept",
  ],
  [
    decided("build", { configuration: { kind: "silent", fileExists: false }, ...UNTOLD }),
    `off. This was decided by the default of this build: off until somebody enables it. ${NOTHING}`,
    "the beginning: nobody said yes",
    "this build is so",
  ],
  [
    decided("default", { configuration: { kind: "silent", fileExists: false }, ...UNTOLD }, {
      outlook: { permission: "untold", leavesFrom: null },
    }),
    "on. This was decided by the default: nobody has chosen yet. Reports go to Rasa and to nobody else. A report that " +
    "is recorded now leaves an hour after users were told, and never if they are told more than an hour from now.",
    "the beginning: no choice was ever stored",
    "nobody has chosen yet",
  ],
];

for (const [data, verdict, since, here] of DECISIONS) {
  Deno.test(`stateSection says why it is ${verdict}, since ${since}`, () => {
    const { text, rules } = show(data);
    assert(text.startsWith(`Telemetry is ${verdict}`), text);
    assert(text.includes(` Since ${since}`), text);
    const deciding = Object.entries(rules).filter(([, state]) => state.endsWith("decides"));
    assertEquals(deciding, [[data.decision.rule, `${here} decides`]]);
  });
}

Deno.test("stateSection has a machine for each rule on which that one decides", () => {
  const tried = new Set([...DECISIONS.map(([{ decision }]) => decision.rule), QUIET_MACHINE.decision.rule]);
  assertEquals(RULES.map(({ id }) => id).filter((id) => !tried.has(id)), []);
});

/** Under what a report is recorded now and when it leaves, and how the page says it. */
const OUTLOOKS: readonly (readonly [outlook: Outlook, leaves: string, permission: string])[] = [
  [
    { permission: "told", leavesFrom: new Date("2026-03-01T12:30:00.000Z") },
    "from 2026-03-01 12:30:00Z on",
    "told: the notice was shown, and nobody answered",
  ],
  [
    { permission: "told", leavesFrom: QUIET_MACHINE.madeAt },
    "at once",
    "told: the notice was shown, and nobody answered",
  ],
  [
    { permission: "told", leavesFrom: null },
    "an hour after the newest notice was shown",
    "told: the notice was shown, and nobody answered",
  ],
  [
    { permission: "licence", leavesFrom: null },
    "once the newest notice was shown",
    "licence: the licence doesn't let telemetry be switched off",
  ],
  [
    { permission: "environment", leavesFrom: QUIET_MACHINE.madeAt },
    "at once",
    "environment: RASA_TELEMETRY_ENABLED says on",
  ],
];

for (const [outlook, leaves, permission] of OUTLOOKS) {
  Deno.test(`stateSection says that a report leaves ${leaves} under ${permission}`, () => {
    const { text } = show({ ...QUIET_MACHINE, outlook });
    assert(text.includes(` A report that is recorded now leaves ${leaves}. Since`), text);
    assert(text.includes(` Permission ${permission} Notice`), text);
  });
}

Deno.test("stateSection says when and where the notice was shown, and whom it named", () => {
  const told = (terminal: boolean) => show(decided("default", recordWith({ told: { ...TOLD, terminal } }))).text;
  const shown = (where: string) =>
    ` Notice shown 2026-03-01 11:30:00Z, ${where}; notice 1, which named Rasa Machine id`;
  assert(told(true).includes(shown("on a terminal")), told(true));
  assert(told(false).includes(shown("off a terminal")), told(false));
});

/** Machines without a telling that counts, and what the page says of the notice. */
const NOT_TOLD: readonly (readonly [notice: string, Partial<Consent>])[] = [
  ["not shown yet", { ...UNTOLD, file: { kind: "none" } }],
  ["none was needed: somebody said yes", {}],
  ["not shown, or not since the last no, new id or copy of this home", UNTOLD],
  ["not known: the record of it can't be used", { ...UNTOLD, file: { kind: "closed", problem: "it is a link" } }],
];

for (const [notice, stored] of NOT_TOLD) {
  Deno.test(`stateSection says of the notice: ${notice}`, () => {
    const { text } = show(decided("default", stored));
    assert(text.includes(` Notice ${notice} Machine id`), text);
  });
}

Deno.test("stateSection says of the notice what is stored, also where a variable says off", () => {
  const stored = { ...QUIET_MACHINE.stored, ...recordWith({ told: TOLD }) };
  const { text } = show(decided("DO_NOT_TRACK", { configuration: undefined }, { stored }));
  assert(text.includes(" Notice shown 2026-03-01 11:30:00Z, off a terminal"), text);
});

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
const ASIDE: readonly (readonly [rule: RuleId, here: string, PageData])[] = [
  [
    "licence",
    "a licence of another kind, which leaves the choice open",
    decided("stored yes", { licence: { ...LICENCE, lockedUntil: null } }),
  ],
  [
    "licence",
    "a licence was found that counts as none: it has expired",
    decided("stored yes", { licence: { ...LICENCE, lockedUntil: null, problem: "it has expired" } }),
  ],
  ["DO_NOT_TRACK", "set, but to nothing or 0, which says nothing", {
    ...QUIET_MACHINE,
    environment: { enabled: undefined, doNotTrack: "nothing" },
  }],
  ["policy", "not looked for: it wasn't needed", decided("DO_NOT_TRACK", { configuration: undefined })],
  ["policy", "says no: /p", decided("licence", { licence: LICENCE, policy: "/p" })],
  [
    "stored no",
    "says on, since 2025-05-03 10:12:13Z",
    decided("DO_NOT_TRACK", { configuration: undefined }, { stored: QUIET_MACHINE.stored }),
  ],
  ["stored no", "there is no such file", decided("default", { configuration: { kind: "silent", fileExists: false } })],
  [
    "stored no",
    "says nothing about telemetry",
    decided("default", { configuration: { kind: "silent", fileExists: true } }),
  ],
  [
    "stored no",
    "can't be told: see below",
    decided("broken", { configuration: { kind: "broken", problem: "it is a link" } }),
  ],
  [
    "stored no",
    "says on, but not for traits, since 2025-05-03 10:12:13Z",
    decided("stored yes", {
      configuration: STORED?.kind === "stored"
        ? { ...STORED, stored: { ...STORED.stored, traitsEnabled: false } }
        : STORED,
    }),
  ],
  ["unwritable", "not tried: it wasn't needed", decided("variable on")],
  ["stored yes", "nobody said so here", decided("default", UNTOLD)],
];

for (const [rule, here, data] of ASIDE) {
  Deno.test(`stateSection says of the rule "${rule}": ${here}`, () => assertEquals(show(data).rules[rule], here));
}

Deno.test("stateSection counts how what was sent ended, and from how much something was withheld", () => {
  const sent = [...entries(10, 60), attemptedAt("2026-03-01T11:59:00.000Z")];
  const held = { ...waitingOf("Shell Started"), withheld: ["properties.type"] };
  const { text } = show({ ...QUIET_MACHINE, sent, waiting: [held, undefined] });
  assert(
    text.includes("In the sent log 11: 9 delivered, 1 refused, 1 attempted Withheld something, from 1 report"),
    text,
  );
});

Deno.test("stateSection says what is to be repaired, and what became of the last delivery", () => {
  const { text } = show({
    ...QUIET_MACHINE,
    warnings: ["first", "second"],
    lastDelivery: { at: "2026-03-01T11:00:00.000Z", outcome: "failed", reports: 12, status: null },
    machineId: undefined,
  });
  assert(text.includes("leaves at once. first second Since"), text);
  assert(text.includes("Machine id none yet"), text);
  assert(text.includes("Last delivery 2026-03-01 11:00:00Z: 12 failed (no answer)"), text);
});
