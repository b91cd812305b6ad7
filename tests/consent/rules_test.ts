import { assertEquals } from "@std/assert";
import {
  type Configuration,
  decideByConfiguration,
  decideByEnvironment,
  isYes,
  wasTold,
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

const CONFIGURATIONS: readonly (readonly [Configuration, boolean, "configuration" | "default", boolean])[] = [
  [{ kind: "silent", fileExists: false }, true, "default", false],
  [{ kind: "silent", fileExists: true }, true, "default", false],
  [{ kind: "broken", problem: "x" }, false, "configuration", false],
  [stored(true), true, "configuration", true],
  [stored(false), false, "configuration", true],
];

for (const [configuration, enabled, decidedBy, told] of CONFIGURATIONS) {
  Deno.test(`decideByConfiguration says ${enabled} by ${decidedBy}, told ${told}, for ${JSON.stringify(configuration)}`, () => {
    assertEquals(decideByConfiguration(configuration), { enabled, decidedBy });
    assertEquals(wasTold(undefined, configuration), told);
    assertEquals(wasTold("true", configuration), true);
    assertEquals(wasTold("false", configuration), told);
  });
}

Deno.test("isYes takes four words in any case and nothing else", () => {
  const words = ["true", "1", "yes", "on", "YES", "false", "0", "", "y", "enabled", undefined];
  assertEquals(words.filter((word) => isYes(word)), ["true", "1", "yes", "on", "YES"]);
});
