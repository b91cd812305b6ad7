import { assert, assertEquals } from "@std/assert";
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
      `Training Started ${whole(2)} Withheld, not part of it: properties.type, context.python; 2 unseen.`,
    ],
    ["not known", "not a report: it never leaves, and the next delivery sets it aside"],
    ["2026-03-01 09:00:00Z", `Shell Started ${whole(0)}`],
  ]);
});

const WAITING: readonly (readonly [Partial<PageData>, string])[] = [
  [{ waiting: [] }, "No report waits on this machine."],
  [{}, "1 report on this machine waits to be sent. They leave with the next delivery."],
  [
    { consent: { ...QUIET_MACHINE.consent, told: false } },
    "waits to be sent. As things stand they don't leave: see above.",
  ],
  [{ decision: { enabled: false, decidedBy: "DO_NOT_TRACK" } }, "As things stand they don't leave: see above."],
  [{ hasWriteKey: false }, "As things stand they don't leave: see above."],
  [{ debug: true }, "As things stand they don't leave: see above."],
];

for (const [data, words] of WAITING) {
  Deno.test(`waitingSection says where it is so: ${words} ${JSON.stringify(Object.keys(data))}`, () => {
    const waiting = [waitingOf("Shell Started")];
    assert(textOf(String(waitingSection({ ...QUIET_MACHINE, waiting, ...data }).content)).includes(words));
  });
}
