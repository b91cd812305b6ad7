import { assertEquals } from "@std/assert";
import * as fc from "npm:fast-check@4.10.2";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { EVENTS, TRAITS } from "../../lib/report/catalogue.ts";
import { isModelName } from "../../lib/report/model_name.ts";
import { isRedacted, redact } from "../../lib/report/redaction.ts";
import { SECRETS } from "../support/inputs/secret_corpus.ts";

/** So that a failure is the same on every machine. */
const SEED = 20260301;

/** Dotted names around the longest that is looked at, which end in something that isn't known. */
const longName = fc.tuple(
  fc.constantFrom("validate_training_data_converter", "load_agent", "rasa.core.policies.flow_policy"),
  fc.integer({ min: 1, max: 14 }),
  fc.stringMatching(/^[a-z]{0,40}$/),
).map(([part, times, end]) => `${Array(times).fill(part).join(".")}.${end}`);

const leaf = fc.oneof(
  longName,
  longName.map((name) => `rasa.${name}`),
  fc.constantFrom(...SECRETS.map(({ value }) => value)),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string(),
);

const frame = fc.record({ module: leaf, function: leaf, line: leaf }, { requiredKeys: [] });
const component = fc.record({
  name: leaf,
  llm: fc.record({ model: leaf, temperature: leaf, provider: leaf }, { requiredKeys: [] }),
}, {
  requiredKeys: [],
});

for (
  const [name, rules] of [
    ...EVENTS.map((event) => [event.name, event.properties] as const),
    ["traits", TRAITS] as const,
  ]
) {
  Deno.test(`isRedacted takes whatever redact lets through of ${name}`, async () => {
    const value = fc.oneof(leaf, fc.array(fc.oneof(leaf, frame, component), { maxLength: 5 }));
    const input = fc.record(Object.fromEntries(Object.keys(rules).map((key) => [key, value])), { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(input, async (values) => {
        const passed = await redact(rules, values, "properties", NOTICE_NUMBER);
        assertEquals(isRedacted(rules, passed.values, NOTICE_NUMBER), true);
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
}

Deno.test("redact gives a frame whose name is near the longest a form that its own check takes", async () => {
  const rules = EVENTS.find((event) => event.name === "Error Encountered")?.properties ?? {};
  for (let length = 290; length <= 310; length++) {
    const name = "validate_training_data_converter.".repeat(10).slice(0, length - 3) + ".qq";
    const frames = [{ module: "rasa.core", function: name, line: 1 }, {
      module: `rasa.${name}`,
      function: "train",
      line: 1,
    }];
    const { values } = await redact(rules, { frames }, "properties", NOTICE_NUMBER);
    assertEquals([length, isRedacted(rules, values, NOTICE_NUMBER)], [length, true]);
  }
});

Deno.test("isModelName takes no address on a network for a model", () => {
  const addresses = ["llama-10.0.0.31", "o1.10.0.0.7", "gpt-10.0.0.1", "gpt-10-0-0-31", "gpt-4.10.0.0.7"];
  assertEquals(addresses.filter((name) => isModelName(name)), []);
  const models = [
    "anthropic.claude-3-5-sonnet-20240620-v1:0",
    "us.anthropic.claude-3-7-sonnet-20250219-v1:0",
    "gemini-2.0-flash-001",
    "gpt-4-0613",
  ];
  assertEquals(models.filter((name) => !isModelName(name)), []);
});

for (
  const [name, values] of [
    ["an unknown key", { type: "rasa", note: 1 }],
    ["a word that isn't one", { type: "anything" }],
    ["a name in the place of its hash", { assistant_id: "my-bot" }],
    ["a list in the place of a word", { type: ["rasa"] }],
    ["a null where none may be", { type: null }],
    ["a key of the prototype", { constructor: "x" }],
  ] as const
) {
  Deno.test(`isRedacted refuses ${name}`, () => {
    const rules = EVENTS.find((event) => event.name === "Shell Started")?.properties ?? {};
    assertEquals(isRedacted(rules, values, NOTICE_NUMBER), false);
  });
}
