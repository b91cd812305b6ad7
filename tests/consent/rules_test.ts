import { assertEquals, assertNotEquals } from "@std/assert";
import {
  type Configuration,
  type ConsentFacts,
  decide,
  decideByEnvironment,
  isYes,
  NOTHING_ELSE,
  overruledByLicence,
  type RuleId,
  ruleOf,
  RULES,
} from "../../lib/consent/rules.ts";

const stored = (enabled: boolean): Configuration => ({
  kind: "stored",
  stored: { enabled, traitsEnabled: enabled, machineId: undefined, date: "" },
});
const BROKEN: Configuration = { kind: "broken", problem: "x" };

/** What decides where these facts differ from a machine on which nobody has chosen. */
const CASES: readonly (readonly [facts: Partial<ConsentFacts>, rule: RuleId])[] = [
  [{}, "default"],
  [{ configuration: { kind: "silent", fileExists: true } }, "default"],
  // Rasa writes it by itself.
  [{ configuration: stored(true) }, "default"],
  [{ configuration: stored(true), asked: true }, "stored yes"],
  [{ configuration: stored(false) }, "stored no"],
  [{ configuration: stored(false), local: true }, "local"],
  [{ configuration: stored(true), knownNo: true }, "stored no"],
  [{ configuration: BROKEN }, "broken"],
  [{ configuration: BROKEN, knownNo: true }, "stored no"],
  [{ unwritable: true }, "unwritable"],
  [{ unwritable: true, asked: true }, "unwritable"],
  [{ policy: true }, "policy"],
  [{ misplaced: true }, "home"],
  [{ doNotTrack: "1" }, "DO_NOT_TRACK"],
  [{ doNotTrack: "true" }, "DO_NOT_TRACK"],
  [{ doNotTrack: "false" }, "DO_NOT_TRACK"],
  [{ doNotTrack: "" }, "default"],
  [{ doNotTrack: "0" }, "default"],
  [{ enabledVariable: "true" }, "variable on"],
  [{ enabledVariable: "false" }, "variable off"],
  // Any no wins.
  [{ enabledVariable: "true", doNotTrack: "1" }, "DO_NOT_TRACK"],
  [{ enabledVariable: "true", policy: true }, "policy"],
  [{ enabledVariable: "true", configuration: stored(false) }, "stored no"],
  [{ enabledVariable: "true", configuration: stored(false), local: true }, "local"],
  [{ enabledVariable: "true", misplaced: true }, "home"],
  [{ enabledVariable: "true", knownNo: true, configuration: BROKEN }, "stored no"],
  [{ enabledVariable: "false", asked: true, configuration: stored(true) }, "variable off"],
  [{ asked: true, configuration: stored(true), policy: true }, "policy"],
  // It holds where a file can't say.
  [{ enabledVariable: "true", configuration: BROKEN }, "variable on"],
  [{ enabledVariable: "true", unwritable: true }, "variable on"],
  [{ enabledVariable: "true", asked: true }, "variable on"],
  // The build's own default is below everything that somebody said.
  [{ offByDefault: true }, "build"],
  [{ offByDefault: true, configuration: stored(true) }, "build"],
  [{ offByDefault: true, configuration: stored(true), asked: true }, "stored yes"],
  [{ offByDefault: true, configuration: stored(false), local: true }, "local"],
  [{ offByDefault: true, configuration: stored(false) }, "stored no"],
  [{ offByDefault: true, enabledVariable: "true" }, "variable on"],
  [{ offByDefault: true, enabledVariable: "true", doNotTrack: "1" }, "DO_NOT_TRACK"],
  [{ offByDefault: true, locked: true }, "licence"],
  // The licence comes before every no.
  [{ locked: true }, "licence"],
  [{ locked: true, enabledVariable: "false", doNotTrack: "1", policy: true, configuration: stored(false) }, "licence"],
  [{ locked: true, configuration: stored(false), local: true }, "licence"],
];

for (const [facts, rule] of CASES) {
  Deno.test(`decide goes by "${rule}" for ${JSON.stringify(facts)}`, () => {
    const { decidedBy, says } = ruleOf({ rule });
    assertEquals(decide({ ...NOTHING_ELSE, ...facts }), { enabled: says, decidedBy, rule });
  });
}

Deno.test("decide never says on where a no stands and no licence does", () => {
  const noes: readonly Partial<ConsentFacts>[] = [
    { enabledVariable: "0" },
    { doNotTrack: "1" },
    { policy: true },
    { misplaced: true },
    { configuration: stored(false) },
    { knownNo: true },
  ];
  const others: readonly Partial<ConsentFacts>[] = [
    {},
    { asked: true },
    { unwritable: true },
    { asked: true, unwritable: true },
  ];
  for (const no of noes) {
    for (const other of others) {
      for (const variable of [{}, { enabledVariable: "true" }]) {
        const decision = decide({ ...NOTHING_ELSE, ...variable, ...other, ...no });
        assertEquals(decision.enabled, false, JSON.stringify({ ...variable, ...other, ...no }));
      }
    }
  }
});

const VALUES: readonly (readonly [value: string, yes: boolean])[] = [
  ["true", true],
  ["TRUE", true],
  ["1", true],
  ["yes", true],
  ["On", true],
  ["false", false],
  ["0", false],
  ["", false],
  ["maybe", false],
  [" true", false],
  ["true\n", false],
  ["y", false],
  ["\uFFFD", false],
];

for (const [value, yes] of VALUES) {
  Deno.test(`RASA_TELEMETRY_ENABLED ${JSON.stringify(value)} says ${yes ? "on" : "off"}`, () => {
    const rule = yes ? "variable on" : "variable off";
    assertEquals(isYes(value), yes);
    assertEquals(decideByEnvironment({ locked: false, enabledVariable: value, doNotTrack: undefined })?.rule, rule);
  });
}

Deno.test("decideByEnvironment leaves it to the files where no variable says anything", () => {
  assertEquals(decideByEnvironment({ locked: false, enabledVariable: undefined, doNotTrack: "0" }), undefined);
});

Deno.test("overruledByLicence names every no that somebody said, and local mode, and no other cause", () => {
  const all = { enabledVariable: "no", doNotTrack: "1", policy: true, configuration: stored(false), unwritable: true };
  const names = ["RASA_TELEMETRY_ENABLED", "DO_NOT_TRACK", "policy", "configuration"] as const;
  assertEquals(overruledByLicence({ ...NOTHING_ELSE, ...all, locked: true }), [...names]);
  assertEquals(overruledByLicence({ ...NOTHING_ELSE, locked: true, local: true }), ["local"]);
  assertEquals(overruledByLicence({ ...NOTHING_ELSE, locked: true, configuration: BROKEN }), []);
});

Deno.test("each rule has a name of its own and says what it is", () => {
  assertEquals(new Set(RULES.map(({ id }) => id)).size, RULES.length);
  for (const { heading, effect, reason, since } of RULES) {
    for (const text of [heading, effect, reason, since]) assertNotEquals(text.trim(), "");
  }
});
