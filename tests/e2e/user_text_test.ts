import { assertEquals } from "@std/assert";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { leaked } from "../support/inputs/secret_corpus.ts";
import { textCases, USER_TEXTS } from "../support/inputs/user_text.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/** The catalogue's own names, as reports have them and as what was withheld is named, have words in common with texts. */
const KNOWN = EVENTS.map(({ name, properties }) => {
  const paths = flatten(properties).map(([path]) => `.${path}" properties.${path}`);
  return `${name} ${paths}`;
}).join();

endToEnd(
  "the binary prints no user-made text of 30,000 lines, in any shape in any property of any event",
  async ({ run }) => {
    const lines = [...textCases()].map(({ event, properties }) => JSON.stringify({ event, properties }));
    const { code, out, err } = await run(["stream"], {
      stdin: lines.join("\n") + "\n",
      env: { RASA_TELEMETRY_DEBUG: "true" },
    });
    const texts = [...new Set(USER_TEXTS.map(({ value }) => leaked(out + err, value, KNOWN)))];
    const printed = `${out}${err}`.match(/"messageId"/g)?.length;
    assertEquals([code, texts, printed], [0, [undefined], lines.length]);
  },
);
