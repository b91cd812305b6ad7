import { assertEquals } from "@std/assert";
import {
  type Configuration,
  decideByConfiguration,
  decideByEnvironment,
  isYes,
  RULES,
} from "../../lib/consent/rules.ts";

const ENVIRONMENT = [
  // licence locks, RASA_TELEMETRY_ENABLED, DO_NOT_TRACK, on, decided by
  [true, "false", "1", true, "license"],
  [true, undefined, undefined, true, "license"],
  [false, "true", "1", true, "RASA_TELEMETRY_ENABLED"],
  [false, "TRUE", undefined, true, "RASA_TELEMETRY_ENABLED"],
  [false, "1", undefined, true, "RASA_TELEMETRY_ENABLED"],
  [false, "yes", undefined, true, "RASA_TELEMETRY_ENABLED"],
  [false, "On", undefined, true, "RASA_TELEMETRY_ENABLED"],
  [false, "false", undefined, false, "RASA_TELEMETRY_ENABLED"],
  [false, "0", undefined, false, "RASA_TELEMETRY_ENABLED"],
  [false, "", undefined, false, "RASA_TELEMETRY_ENABLED"],
  [false, "maybe", undefined, false, "RASA_TELEMETRY_ENABLED"],
  [false, " true", undefined, false, "RASA_TELEMETRY_ENABLED"],
  [false, "true\n", undefined, false, "RASA_TELEMETRY_ENABLED"],
  [false, undefined, "1", false, "DO_NOT_TRACK"],
  [false, undefined, "true", false, "DO_NOT_TRACK"],
  [false, undefined, "false", false, "DO_NOT_TRACK"],
] as const;

for (const [locked, enabledVariable, doNotTrack, enabled, decidedBy] of ENVIRONMENT) {
  const name = `licence ${locked}, RASA_TELEMETRY_ENABLED ${JSON.stringify(enabledVariable)}, DO_NOT_TRACK ${
    JSON.stringify(doNotTrack)
  }`;
  Deno.test(`decideByEnvironment says ${enabled} by ${decidedBy} for ${name}`, () => {
    assertEquals(decideByEnvironment({ locked, enabledVariable, doNotTrack }), { enabled, decidedBy });
  });
}

for (const doNotTrack of [undefined, "", "0"]) {
  Deno.test(`decideByEnvironment leaves it to the configuration for DO_NOT_TRACK ${JSON.stringify(doNotTrack)}`, () => {
    assertEquals(decideByEnvironment({ locked: false, enabledVariable: undefined, doNotTrack }), undefined);
  });
}

const stored = (enabled: boolean): Configuration => ({
  kind: "stored",
  stored: { enabled, traitsEnabled: enabled, machineId: undefined, date: "" },
});

const CONFIGURATIONS: readonly (readonly [Configuration, boolean, "configuration" | "default"])[] = [
  [{ kind: "silent", fileExists: false }, true, "default"],
  [{ kind: "silent", fileExists: true }, true, "default"],
  [{ kind: "broken", problem: "x" }, false, "configuration"],
  [stored(true), true, "configuration"],
  [stored(false), false, "configuration"],
];

for (const [configuration, enabled, decidedBy] of CONFIGURATIONS) {
  Deno.test(`decideByConfiguration says ${enabled} by ${decidedBy} for ${JSON.stringify(configuration)}`, () => {
    assertEquals(decideByConfiguration(configuration), { enabled, decidedBy });
  });
}

for (const [configuration, enabled, decidedBy] of CONFIGURATIONS) {
  const expected = enabled ? { enabled: false, decidedBy: "unwritable" } : { enabled, decidedBy };
  Deno.test(`decideByConfiguration says off by ${expected.decidedBy} where nothing can be kept, for ${JSON.stringify(configuration)}`, () => {
    assertEquals(decideByConfiguration(configuration, true), expected);
  });
}

Deno.test("RULES asks the environment before global.yml, and each of its names stands for one rule", () => {
  const places = RULES.map(({ byEnvironment }) => byEnvironment);
  assertEquals(places, [...places].sort().reverse());
  assertEquals(new Set(RULES.map(({ decidedBy }) => decidedBy)).size, RULES.length);
});

Deno.test("isYes takes four words in any case and nothing else", () => {
  const words = ["true", "1", "yes", "on", "YES", "false", "0", "", "y", "enabled", undefined];
  assertEquals(words.filter((word) => isYes(word)), ["true", "1", "yes", "on", "YES"]);
});
