import { assertEquals } from "@std/assert";
import type { Configuration } from "../../lib/consent/rules.ts";
import { describeTold, wasTold } from "../../lib/consent/told.ts";

const stored = (enabled: boolean): Configuration => ({
  kind: "stored",
  stored: { enabled, traitsEnabled: enabled, machineId: undefined, date: "" },
});
const SILENT: Configuration = { kind: "silent", fileExists: false };
const BROKEN: Configuration = { kind: "broken", problem: "x" };

const CONFIGURATIONS: readonly (readonly [Configuration, told: boolean])[] = [
  [SILENT, false],
  [{ kind: "silent", fileExists: true }, false],
  [BROKEN, false],
  [stored(true), true],
  [stored(false), true],
];

for (const [configuration, told] of CONFIGURATIONS) {
  Deno.test(`wasTold says ${told} for ${JSON.stringify(configuration)}, unless the environment says on`, () => {
    assertEquals(wasTold(undefined, configuration), told);
    assertEquals(wasTold("true", configuration), true);
    assertEquals(wasTold("false", configuration), told);
  });
}

for (
  const [told, configuration, saysOn, words] of [
    [false, SILENT, false, "not shown yet: reports are held until rasa-telemetry init has shown it"],
    [true, stored(true), true, "shown, or a choice was stored"],
    [true, SILENT, true, "not needed: RASA_TELEMETRY_ENABLED says on"],
    [true, BROKEN, false, "shown"],
  ] as const
) {
  Deno.test(`describeTold says: ${words}`, () => assertEquals(describeTold(told, configuration, saysOn), words));
}
