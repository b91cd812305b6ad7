import { assert, assertEquals } from "@std/assert";
import { noticeText } from "../../../lib/consent/notice.ts";
import { HOME_FILES } from "../../../lib/home.ts";
import { choiceSection } from "../../../lib/page/sections/choice.ts";
import { QUIET_MACHINE, rowsOf, textOf } from "../page_fixture.ts";

const WAYS = [
  "rasa-telemetry disable",
  "RASA_TELEMETRY_ENABLED=false",
  "DO_NOT_TRACK=1",
  "/etc/rasa/telemetry.yml",
  ".rasa-telemetry.yml",
  "rasa-telemetry enable --local",
  "rasa-telemetry reset-id",
  "rasa-telemetry enable",
];

/** The notice as the page shows it, in one line. */
function noticeOf(locked: boolean): string {
  const { recipient: addressee } = QUIET_MACHINE;
  return noticeText({ locked, addressee, leavesFrom: "an hour has passed" }).replace(/\s+/g, " ").trim();
}

Deno.test("choiceSection says how to switch it off, what is kept where, and what users are told", () => {
  const section = choiceSection(QUIET_MACHINE);
  const text = textOf(String(section.content));
  assertEquals(section.heading, "How to switch it off");
  for (const way of WAYS) {
    assert(text.includes(` ${way} `), way);
  }
  assert(text.includes("All of it is in the folder /home/ada/.config/rasa."));
  const files = rowsOf(String(section.content), "What is kept on this machine");
  assertEquals(files, Object.values(HOME_FILES).map(({ path, holds }) => [path, holds]));
  assert(text.endsWith(noticeOf(false)));
});

Deno.test("choiceSection says that a build which is off by default tells nobody", () => {
  const { consent } = QUIET_MACHINE;
  const data = { ...QUIET_MACHINE, consent: { ...consent, ground: { ...consent.ground, offByDefault: true } } };
  const text = textOf(String(choiceSection(data).content));
  assert(text.includes("This build is off until somebody enables it, so it tells and asks nobody."));
  assert(!text.includes("The first run of Rasa shows this notice"));
});

Deno.test("choiceSection says that a licence forbids it", () => {
  const text = textOf(
    String(
      choiceSection({ ...QUIET_MACHINE, decision: { enabled: true, decidedBy: "licence", rule: "licence" } }).content,
    ),
  );
  assert(
    text.startsWith("Under the Developer Edition Extended licence on this machine telemetry can't be switched off"),
  );
  assert(text.endsWith(noticeOf(true)));
});

Deno.test("choiceSection says where nothing is kept, and how to switch on what is off", () => {
  const section = choiceSection({
    ...QUIET_MACHINE,
    decision: { enabled: false, decidedBy: "unwritable", rule: "unwritable" },
    consent: { ...QUIET_MACHINE.consent, home: undefined },
    sentLog: undefined,
  });
  assertEquals(section.heading, "How to keep it off, or switch it on");
  assert(textOf(String(section.content)).includes("Nothing: no home folder is known, so nothing can be kept."));
});
