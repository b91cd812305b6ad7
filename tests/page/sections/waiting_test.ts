import { assert, assertEquals } from "@std/assert";
import type { Fate } from "../../../lib/consent/permission.ts";
import type { PageData } from "../../../lib/page/page_data.ts";
import { waitingSection } from "../../../lib/page/sections/waiting.ts";
import { QUIET_MACHINE, rowsOf, textOf, waitingOf } from "../page_fixture.ts";

Deno.test("waitingSection shows what waits, newest first and whole, and what is no report", () => {
  const held = { withheld: ["properties.type", "context.python"], withheldUnknown: 2 };
  const waiting = [waitingOf("Shell Started", "2026-03-01T09:00:00.000Z"), undefined, {
    ...waitingOf("Training Started", "2026-03-01T10:00:00.000Z"),
    ...held,
  }];
  const whole = (at: number) => JSON.stringify(waiting[at]?.report, null, 1).replace(/\s+/g, " ");
  const markup = String(waitingSection({ ...QUIET_MACHINE, waiting }).content);
  assertEquals(rowsOf(markup, "The reports that wait"), [
    [
      "2026-03-01 10:00:00Z",
      "with the next delivery",
      `Training Started ${
        whole(2)
      } Withheld, not part of it: properties.type, context.python; 2 unknown keys or entries.`,
    ],
    ["not known", "never", "not a report: the next delivery sets it aside"],
    ["2026-03-01 09:00:00Z", "with the next delivery", `Shell Started ${whole(0)}`],
  ]);
});

const FATES: readonly (readonly [fate: Fate, words: string])[] = [
  [{ kind: "leaves" }, "with the next delivery"],
  [{ kind: "waits", until: new Date("2026-03-01T13:00:00.000Z").getTime() }, "from 2026-03-01 13:00:00Z on"],
  [{ kind: "waits", until: null }, "after the notice was shown, if that is in time"],
  [{ kind: "dropped", reason: "withdrawn" }, "never: the next delivery deletes it"],
];

for (const [fate, words] of FATES) {
  Deno.test(`waitingSection says that a report leaves ${words}`, () => {
    const waiting = [{ ...waitingOf("Shell Started"), fate }];
    const markup = String(waitingSection({ ...QUIET_MACHINE, waiting }).content);
    assertEquals(rowsOf(markup, "The reports that wait").map(([, leaves]) => leaves), [words]);
  });
}

const WAITING: readonly (readonly [Partial<PageData>, string])[] = [
  [{ waiting: [] }, "No report waits on this machine."],
  [{}, "1 report on this machine waits to be sent. Beside each stands when it leaves."],
  [
    { decision: { enabled: false, decidedBy: "DO_NOT_TRACK", rule: "DO_NOT_TRACK" } },
    "waits to be sent. Nothing leaves while telemetry is off. Beside each stands when it leaves otherwise.",
  ],
  [
    { decision: { enabled: true, decidedBy: "local", rule: "local" } },
    "Nothing leaves while the choice is to keep reports on this machine.",
  ],
  [{ hasWriteKey: false }, "Nothing leaves because this build has no write key."],
  [{ debug: true }, "Nothing leaves while RASA_TELEMETRY_DEBUG is set."],
];

for (const [data, words] of WAITING) {
  Deno.test(`waitingSection says where it is so: ${words} ${JSON.stringify(data)}`, () => {
    const waiting = [waitingOf("Shell Started")];
    assert(textOf(String(waitingSection({ ...QUIET_MACHINE, waiting, ...data }).content)).includes(words));
  });
}
