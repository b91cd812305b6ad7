// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { describeAnnounced, isAnnounced } from "../../lib/report/announced.ts";
import { type Recording, recordingOf, redactCaller, TRAITS_RECORDING } from "../../lib/report/caller_input.ts";
import { EVENTS, TRAITS_RULE } from "../../lib/report/catalogue.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { isRedacted } from "../../lib/report/redaction.ts";
import { announced, bool, hashed, int, nullable, rule, type Rules, word } from "../../lib/report/rule.ts";
import { schemaOf } from "../../lib/report/schema.ts";

const TEXT = ["What it is", "What it is for"] as const;

const GROUP: Rules = { old: int(...TEXT), newer: announced(2, int(...TEXT)) };
const RULES: Rules = {
  first: bool(...TEXT),
  second: announced(2, nullable(hashed(...TEXT))),
  third: nullable(announced(3, bool(...TEXT))),
  group: rule({ kind: "group", entry: GROUP })(...TEXT),
  later: announced(2, rule({ kind: "group", entry: GROUP })(...TEXT)),
  pipeline: rule({
    kind: "components",
    entry: { name: word("component")(...TEXT), llm: rule({ kind: "group", entry: GROUP })(...TEXT) },
    limit: 5,
  })(...TEXT),
  frames: rule({
    kind: "frames",
    entry: { module: announced(2, rule({ kind: "module" })(...TEXT)), line: int(...TEXT) },
    limit: 5,
  })(...TEXT),
};
const RECORDING: Recording = { event: "Shell Started", root: "properties", rules: RULES, announced: 1 };

const GIVEN = {
  first: true,
  second: null,
  third: true,
  group: { old: 1, newer: 2 },
  later: { old: 1, newer: 2 },
  pipeline: [{ name: "RegexFeaturizer", llm: { old: 1, newer: 2 } }, { name: "FlowPolicy", llm: { newer: 3 } }],
  frames: [{ module: "rasa.core", line: 1 }],
};

/** The notice that the user knows, what is let through, and the paths withheld. */
const CASES: readonly (readonly [number, Record<string, unknown>, readonly string[]])[] = [
  [0, {}, ["first", "second", "third", "group", "later", "pipeline", "frames"]],
  [
    1,
    {
      first: true,
      group: { old: 1 },
      pipeline: [{ name: "RegexFeaturizer", llm: { old: 1 } }, { name: "FlowPolicy", llm: {} }],
      frames: [],
    },
    ["second", "third", "group.newer", "later", "pipeline[].llm.newer", "frames[].module", "frames[]"],
  ],
  [
    2,
    {
      first: true,
      second: null,
      group: { old: 1, newer: 2 },
      later: { old: 1, newer: 2 },
      pipeline: GIVEN.pipeline,
      frames: GIVEN.frames,
    },
    ["third"],
  ],
  [3, GIVEN, []],
];

for (const [known, values, withheld] of CASES) {
  Deno.test(`redactCaller withholds what the notices up to ${known} did not announce, at every depth`, async () => {
    const input = await redactCaller(RECORDING, GIVEN, { python: "3.11" }, known);
    const paths = withheld.map((path) => `properties.${path}`);
    const versions = { python: "3.11", rasa_pro: null };
    assertEquals(input, { values, versions, withheld: paths, withheldUnknown: 0 });
  });

  Deno.test(`isRedacted takes under notice ${known} what redaction leaves under it, and nothing beyond`, () => {
    assertEquals(isRedacted(RULES, values, known), true);
    assertEquals(isRedacted(RULES, GIVEN, known), known === 3);
  });
}

Deno.test("isAnnounced tells whether an event leaves anything under a known notice", () => {
  const later = recordingOf({ name: "A B", section: "C", announced: 2, description: "D", properties: RULES });
  assertEquals([0, 1, 2, 3].map((known) => isAnnounced(later, known)), [false, false, true, true]);
  assertEquals([0, 1].map((known) => isAnnounced(TRAITS_RECORDING, known)), [false, true]);
});

Deno.test("schemaOf and describeAnnounced name the notice, the first aside", () => {
  assertEquals(schemaOf({ first: RULES["first"]!, second: RULES["second"]! }, "A B", "C"), {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A B",
    description: "C",
    type: "object",
    properties: {
      first: { description: "What it is", $comment: "What it is for", type: "boolean" },
      second: {
        description: "What it is; announced by notice 2",
        $comment: "What it is for",
        anyOf: [{ type: "string", pattern: "^[0-9a-f]{64}$" }, { type: "null" }],
      },
    },
    additionalProperties: false,
  });
  assertEquals([1, 2].map((notice) => describeAnnounced({ announced: notice, description: "A" })), [
    "A",
    "A; announced by notice 2",
  ]);
});

Deno.test("EVENTS and TRAITS are announced by a notice that there is", () => {
  const rules = [...EVENTS, TRAITS_RULE].flatMap((event) => [
    [event.name, event] as const,
    ...flatten(event.properties, `${event.name}: `),
  ]);
  const isNotice = (number: number) => Number.isInteger(number) && number >= 1 && number <= NOTICE_NUMBER;
  assertEquals(rules.filter(([, rule]) => !isNotice(rule.announced)).map(([path]) => path), []);
});
