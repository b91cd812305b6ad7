import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { redact } from "../../lib/report/redaction.ts";
import { leaked } from "../support/inputs/secret_corpus.ts";
import { SHAPES, textCases, USER_TEXTS } from "../support/inputs/user_text.ts";
import { rulesOf } from "./redact_event.ts";

Deno.test("redact lets no user-made text through in any shape in any property of any event", async () => {
  const leaks: string[] = [];
  let count = 0;
  for (const { event, property, shape, text, properties } of textCases()) {
    count++;
    const rules = rulesOf(event);
    const redacted = JSON.stringify(await redact(rules, properties, "properties", NOTICE_NUMBER));
    // The catalogue's own names have words in common with some texts.
    const part = leaked(redacted, text.value, flatten(rules).map(([path]) => `properties.${path}"`).join());
    if (part !== undefined) leaks.push(`${event}: ${property}, ${text.label} ${shape}: ${part}`);
  }
  assertEquals(leaks, []);
  assertEquals([USER_TEXTS.length, Object.keys(SHAPES).length, count > 30_000], [29, 4, true]);
});
