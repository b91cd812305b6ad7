import { assertEquals } from "@std/assert";
import { Ajv2020 } from "npm:ajv@8.20.0/dist/2020.js";
import * as fc from "npm:fast-check@4.10.2";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { EVENTS, type PropertyRule, type Rules, TRAITS } from "../../lib/report/catalogue.ts";
import { redact } from "../../lib/report/redaction.ts";
import { schemaOf } from "../../lib/report/schema.ts";
import { CUSTOM, VOCABULARIES } from "../../lib/report/vocabulary.ts";
import { SECRETS } from "../support/inputs/secret_corpus.ts";

const RUNS = 60;
/** So that a failure is the same on every machine. */
const SEED = 20250601;

type Validate = (value: unknown) => boolean;

const TARGETS: readonly (readonly [string, Rules, "properties" | "traits"])[] = [
  ...EVENTS.map(({ name, properties }) => [name, properties, "properties"] as const),
  ["identify", TRAITS, "traits"],
];

function compile(rules: Rules, title: string): Validate {
  const validate = new Ajv2020({ strict: true, allErrors: false }).compile(schemaOf(rules, title));
  return (value) => validate(value) === true;
}

/** Texts that come near to what may pass: words, ids, versions, models, paths, with something added or changed. */
const nearText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...Object.values(VOCABULARIES).flatMap(({ words }) => [...words])),
  fc.constantFrom(
    "en",
    "de-AT",
    "zh-Hant-TW",
    "en_US",
    "gpt-4o-mini-2024-07-18",
    "azure/gpt-4",
    "claude-3-5-sonnet-latest",
  ),
  fc.constantFrom(
    "rasa",
    "rasa.core.agent",
    "rasa.core.policies.flow_policy.FlowPolicy",
    "train",
    "_load_agent",
    "nlu",
  ),
  fc.constantFrom(...SECRETS.map(({ value }) => String(value).slice(0, 100))),
  fc.stringMatching(/^(?:[0-9a-fA-F]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/),
  fc.stringMatching(
    /^(?:gpt|claude|llama|o3|text-embedding)(?:[-._:](?:mini|turbo|[0-9]{1,8}|[0-9]{1,3}[bko]|v[0-9])){0,8}$/,
  ),
  fc.stringMatching(/^rasa(?:\.(?:core|nlu|policies|acme|flow_policy|_utils)){0,12}(?:\.(?:FlowPolicy|Acme))?$/),
  fc.stringMatching(/^_{0,3}(?:load|train|agent|acme|Agent)(?:[_.](?:load|train|agent|acme|e2e|__)){0,14}_{0,3}$/),
  fc.stringMatching(/^[a-zA-Z]{2,4}(?:-[a-zA-Z]{2,4}){0,2}(?:-[0-9]{3})?$/),
  fc.string({ unit: "binary", maxLength: 40 }),
);

const nearNumber: fc.Arbitrary<number> = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 1e9, -1e9, 1e9 + 1, 0.1 + 0.2, Infinity, NaN, 4111111111111111),
);

const scalar: fc.Arbitrary<unknown> = fc.oneof(nearText, nearNumber, fc.boolean(), fc.constant(null));

/** Keys that the catalogue has somewhere, and keys that it has not. */
const key: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    "name",
    "llm",
    "embeddings",
    "flow_retrieval",
    "active",
    "model",
    "model_group",
    "temperature",
    "provider",
  ),
  fc.constantFrom("module", "function", "line", "__proto__", "constructor", "toString", "api_key", "prompt"),
  fc.string({ maxLength: 10 }),
);

/** Any JSON, most of it built of what the catalogue looks at. */
const anything: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 6 }),
    fc.dictionary(key, tie("value"), { maxKeys: 6 }),
  ),
})).value;

/** Values of a rule's own structure, so that what is deep inside is reached too. */
function near({ type }: PropertyRule): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "group":
    case "agents":
      return fc.oneof(
        nearObject(type.entry),
        nearObject(type.entry).map((entry) => ({ usage: [entry], ...Object(entry) })),
      );
    case "groups":
    case "components":
    case "frames":
      return fc.array(fc.oneof({ weight: 4, arbitrary: nearObject(type.entry) }, anything), { maxLength: 30 });
    case "words":
      return fc.array(scalar, { maxLength: 60 });
    case "enum":
      return fc.oneof(fc.constantFrom(...type.values), scalar);
    default:
      return scalar;
  }
}

function nearObject(rules: Rules): fc.Arbitrary<unknown> {
  const properties = Object.entries(rules).map(([name, rule]) => [name, fc.oneof(near(rule), anything)] as const);
  const known = fc.record(Object.fromEntries(properties), { requiredKeys: [] });
  return fc.tuple(known, fc.dictionary(key, anything, { maxKeys: 3 })).map(([one, other]) => ({ ...other, ...one }));
}

for (const [event, rules, root] of TARGETS) {
  Deno.test(`schemaOf ${event} accepts whatever redact lets through`, async () => {
    const validate = compile(rules, event);
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 9, arbitrary: nearObject(rules) }, anything), async (given) => {
        const before = JSON.stringify(given);
        const { values, withheld, withheldUnknown } = await redact(rules, given, root, NOTICE_NUMBER);
        assertEquals(validate(JSON.parse(JSON.stringify(values))), true);
        assertEquals(Object.keys(values), Object.keys(rules).filter((name) => Object.hasOwn(values, name)));
        assertEquals(withheld.length, new Set(withheld).size);
        assertEquals(withheld.filter((path) => !isPath(path, rules, root)), []);
        assertEquals(Number.isSafeInteger(withheldUnknown) && withheldUnknown >= 0, true);
        assertEquals(JSON.stringify(given), before);
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });

  Deno.test(`schemaOf ${event} refuses keys that the catalogue hasn't`, () => {
    const validate = compile(rules, event);
    const keys = ["api_key", "__proto__", "constructor", ...SECRETS.map(({ value }) => String(value))];
    assertEquals(keys.filter((key) => validate(JSON.parse(`{${JSON.stringify(key)}: 1}`))), []);
  });

  Deno.test(`schemaOf ${event} refuses every secret in every property`, () => {
    const validate = compile(rules, event);
    const accepted: string[] = [];
    for (const { label, value, idShaped } of SECRETS) {
      for (const [name, rule] of Object.entries(rules)) {
        if (idShaped && ["id", "hashed"].includes(rule.type.kind)) continue;
        // How many digits a number has is beyond a schema.
        if (typeof value === "number" && rule.type.kind === "number") continue;
        for (const shape of [value, [value], { [value]: value }, [{ name: value }], [{ module: value }]]) {
          if (validate({ [name]: shape })) accepted.push(`${name}: ${label}`);
        }
      }
    }
    assertEquals(accepted, []);
  });
}

/** Whether a path is one of the catalogue's. */
function isPath(path: string, rules: Rules, root: string): boolean {
  const [first = "", ...names] = path.replaceAll("[]", "").split(".");
  let level: Rules | undefined = rules;
  for (const name of names) {
    const rule: PropertyRule | undefined = level?.[name];
    if (rule === undefined) return false;
    level = "entry" in rule.type ? rule.type.entry : undefined;
  }
  return first === root && names.length > 0;
}

Deno.test("redact changes nothing in what it let through before, but for hashes", async () => {
  const settled = (rules: Rules): Rules =>
    Object.fromEntries(
      Object.entries(rules)
        .filter(([, { type }]) => type.kind !== "hashed" && type.kind !== "presence")
        .map(([name, rule]) => {
          const { type } = rule;
          return [name, "entry" in type ? { ...rule, type: { ...type, entry: settled(type.entry) } } : rule];
        }),
    );
  for (const [, rules, root] of TARGETS) {
    const once = settled(rules);
    await fc.assert(
      fc.asyncProperty(nearObject(once), async (given) => {
        const { values } = await redact(once, given, root, NOTICE_NUMBER);
        assertEquals(await redact(once, values, root, NOTICE_NUMBER), { values, withheld: [], withheldUnknown: 0 });
      }),
      { numRuns: 20, seed: SEED },
    );
  }
});

Deno.test("schemaOf accepts every published word, and custom", () => {
  for (const [name, { words }] of Object.entries(VOCABULARIES)) {
    // Object.entries widens the names to string.
    const vocabulary = name as keyof typeof VOCABULARIES;
    const rule: PropertyRule = {
      type: { kind: "word", vocabulary },
      nullable: false,
      announced: 1,
      description: "",
      purpose: "",
    };
    const validate = compile({ word: rule }, name);
    assertEquals([...words, CUSTOM].filter((word) => !validate({ word })), []);
    assertEquals(["", "acme", null, 1].filter((word) => validate({ word })), []);
  }
});
