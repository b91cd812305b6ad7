import { assertEquals } from "@std/assert";
import { EVENTS, findEvent } from "../../lib/report/catalogue.ts";
import { FIELDS } from "../../lib/report/fields.ts";
import { LEFT_OUT, placeOf } from "../../lib/report/left_out.ts";

for (const item of LEFT_OUT) {
  const { name, kind, event, why } = item;
  Deno.test(`LEFT_OUT says why ${placeOf(item)} is left out, and the catalogue doesn't have it`, () => {
    assertEquals(/^[a-zA-Z].{20,}[^.\s]$/.test(why), true);
    if (kind === "event") assertEquals(findEvent(name), undefined);
    if (kind === "context") assertEquals(FIELDS.some(({ field }) => field === `context.${name}`), false);
    if (kind === "property") {
      const rule = EVENTS.find((each) => each.name === event);
      assertEquals([rule === undefined, Object.hasOwn(rule?.properties ?? {}, name)], [false, false]);
    }
  });
}
