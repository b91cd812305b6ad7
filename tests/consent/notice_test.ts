import { assertEquals } from "@std/assert";
import { noticeFor, noticeText } from "../../lib/consent/notice.ts";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { assertFits } from "../support/inputs/widths.ts";

const NOW = new Date(2026, 2, 1, 14, 4, 40);
const HOUR_LATER = new Date(2026, 2, 1, 15, 4, 40);
/** What stands behind a time of day on a machine that lives by UTC. */
const ZONE = NOW.getTimezoneOffset() === 0 ? " UTC" : "";
const FACTS = { locked: false, addressee: "api.segment.io", leavesFrom: HOUR_LATER, now: NOW };
const LOCKED = { ...FACTS, locked: true };
const LONG = { ...FACTS, addressee: "Segment, a company of Twilio Inc., at api.segment.io" };

const TEXT = `Rasa Pro reports how it is used, to help Rasa improve it.

  What     a stable id of this machine, a hash of your licence, the name of its
           company; features, project sizes, versions, kind of machine, errors
  Never    training data, messages, the techniques of your assistant
  Sent to  api.segment.io, on behalf of Rasa
  See it   rasa-telemetry inspect (what would leave)
           rasa-telemetry log (what has left)
           RASA_TELEMETRY_DEBUG=true (prints, sends nothing)
  Off      rasa telemetry disable or rasa-telemetry disable
           RASA_TELEMETRY_ENABLED=false or DO_NOT_TRACK=1
           Support may then be less tailored to you.
  About    https://rasa.com/docs/reference/telemetry/
  Privacy  https://rasa.com/product-privacy/
  Licence  https://rasa.com/developer-terms

Nothing leaves before 15:04${ZONE}.
`;

const LOCKED_TEXT = `Rasa Pro reports how it is used, to help Rasa improve it.

  What     a stable id of this machine, a hash of your licence, the name of its
           company; features, project sizes, versions, kind of machine, errors
  Never    training data, messages, the techniques of your assistant
  Sent to  api.segment.io, on behalf of Rasa
  See it   rasa-telemetry inspect (what would leave)
           rasa-telemetry log (what has left)
  About    https://rasa.com/docs/reference/telemetry/
  Privacy  https://rasa.com/product-privacy/
  Licence  https://rasa.com/developer-terms

Under your Developer Edition Extended licence telemetry can't be switched off.
`;

Deno.test("noticeText says what leaves, to whom, how to see it, how to switch it off, and from when on", () => {
  assertEquals([noticeText(FACTS), NOTICE_NUMBER], [TEXT, 1]);
});

Deno.test("noticeText offers no switch under a licence that forbids off, and names no moment", () => {
  assertEquals(noticeText(LOCKED), LOCKED_TEXT);
});

Deno.test("noticeText takes words for the moment in documents", () => {
  const words = noticeText({ locked: false, addressee: "the addressee", leavesFrom: "an hour has passed" });
  assertEquals(words, TEXT.replace("api.segment.io", "the addressee").replace(`15:04${ZONE}`, "an hour has passed"));
});

const HOSTS: readonly (readonly [name: string, host: MemoryHost, columns: number])[] = [
  ...[20, 40, 60, 80, 120, 200].map((columns) =>
    [`a terminal of ${columns} columns`, new MemoryHost({ terminal: { stderr: true, columns } }), columns] as const
  ),
  ["a terminal that doesn't say", new MemoryHost({ terminal: { stderr: true } }), 80],
  ["a file", new MemoryHost({ terminal: { columns: 40 } }), 80],
];

for (const [name, host, columns] of HOSTS) {
  Deno.test(`noticeFor fits ${name}, and keeps every word`, () => {
    for (const facts of [FACTS, LOCKED, LONG]) {
      const text = noticeFor(host, facts);
      assertFits(text, columns);
      assertEquals(text.replace(/\s/g, ""), noticeText(facts).replace(/\s/g, ""));
      if (columns >= 80) assertEquals(text, noticeText(facts));
      if (columns < 60) continue;
      assertEquals(text.split("\n").length - 1 < 22, true);
      // Commands and addresses can be copied.
      for (
        const whole of ["rasa-telemetry inspect", "rasa-telemetry log", "https://rasa.com/docs/reference/telemetry/"]
      ) {
        assertEquals([whole, text.includes(whole)], [whole, true]);
      }
    }
  });
}

Deno.test("noticeFor breaks no command at 40 columns", () => {
  const text = noticeFor(new MemoryHost({ terminal: { stderr: true, columns: 40 } }), FACTS);
  for (
    const whole of [
      ...["rasa-telemetry inspect", "rasa-telemetry log", "RASA_TELEMETRY_DEBUG=true", "rasa telemetry disable"],
      ...[
        "rasa-telemetry disable",
        "RASA_TELEMETRY_ENABLED=false",
        "DO_NOT_TRACK=1",
        "https://rasa.com/product-privacy/",
      ],
    ]
  ) assertEquals([whole, text.includes(whole)], [whole, true]);
});
