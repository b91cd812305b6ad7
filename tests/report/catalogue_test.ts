import { assertEquals } from "@std/assert";
import { assertSnapshot } from "@std/testing/snapshot";
import {
  describeType,
  type EventRule,
  EVENTS,
  findEvent,
  METRICS_ID,
  type PropertyRule,
  TRAITS_NAME,
  TRAITS_RULE,
} from "../../lib/report/catalogue.ts";
import { flatten } from "../../lib/report/flatten.ts";
import { MAX_NUMBER } from "../../lib/report/types/number.ts";
import { VOCABULARIES } from "../../lib/report/vocabulary.ts";

const RULES: readonly EventRule[] = [...EVENTS, TRAITS_RULE];

/** Every property of the catalogue by event and path, those inside others too. */
const PROPERTIES: readonly (readonly [string, PropertyRule])[] = RULES.flatMap(({ name, properties }) =>
  flatten(properties, `${name}: `)
);

/** The paths of the properties that break a rule. */
function breaking(isBroken: (rule: PropertyRule, path: string) => boolean): string[] {
  return PROPERTIES.filter(([path, rule]) => isBroken(rule, path)).map(([path]) => path);
}

// What leaves, in the order in which it leaves. To accept a change: deno task unit tests/report/catalogue_test.ts -- --update
Deno.test("EVENTS and TRAITS are these", (t) =>
  assertSnapshot(t, RULES.map(({ name }) => `${name}\n`).join(""), { serializer: String }));

for (const { name, properties } of RULES) {
  Deno.test(`${name} reports these properties`, (t) => {
    const lines = flatten(properties).map(([path, rule]) => `${path}: ${describeType(rule)}\n`);
    return assertSnapshot(t, lines.join(""), { serializer: String });
  });
}

Deno.test("EVENTS has each name once, and each section in one piece", () => {
  const names = RULES.map(({ name }) => name);
  assertEquals(names.length, new Set(names).size);
  assertEquals(EVENTS.filter(({ name }) => !/^[A-Z][A-Za-z0-9]*(?: (?:in|to|[A-Z][A-Za-z0-9]*))+$/.test(name)), []);
  const sections = RULES.map(({ section }) => section);
  const starts = sections.filter((section, index) => section !== sections[index - 1]);
  assertEquals(starts, [...new Set(sections)]);
});

Deno.test("EVENTS says of each event and property what it is and why it is collected, without a full stop", () => {
  const isText = (text: string) => /^[A-Z].{9,}[^.\s]$/.test(text);
  assertEquals(RULES.filter(({ section, description }) => section === "" || !isText(description)), []);
  assertEquals(breaking(({ description, purpose }) => !isText(description) || !isText(purpose)), []);
});

Deno.test("EVENTS names properties in small letters, and lists metrics_id nowhere", () => {
  assertEquals(breaking((_, path) => !/: [a-z0-9_]+(?:(?:\[\])?\.[a-z0-9_]+)*$/.test(path)), []);
  assertEquals(breaking((_, path) => /\bmetrics_id$/.test(path)), []);
  assertEquals(METRICS_ID.type, { kind: "id" });
});

Deno.test("EVENTS bounds every list and every whole number", () => {
  const isBound = (limit: number) => Number.isInteger(limit) && limit >= 1 && limit <= 200;
  assertEquals(breaking(({ type }) => "limit" in type && !isBound(type.limit)), []);
  assertEquals(
    breaking(({ type }) =>
      type.kind === "int" && !(-MAX_NUMBER <= type.minimum && type.minimum < type.maximum && type.maximum <= MAX_NUMBER)
    ),
    [],
  );
});

Deno.test("EVENTS gives choices that differ", () => {
  assertEquals(
    breaking(({ type }) => type.kind === "enum" && (type.values.length < 2 || hasRepeats(type.values))),
    [],
  );
});

Deno.test("EVENTS gives components a name and frames a module, which redaction goes by", () => {
  const isWithout = (name: string, { type }: PropertyRule) => "entry" in type && !Object.hasOwn(type.entry, name);
  assertEquals(breaking((rule) => rule.type.kind === "components" && isWithout("name", rule)), []);
  assertEquals(breaking((rule) => rule.type.kind === "frames" && isWithout("module", rule)), []);
});

Deno.test("EVENTS and TRAITS use every vocabulary", () => {
  const used = new Set<string>(PROPERTIES.flatMap(([, { type }]) => "vocabulary" in type ? [type.vocabulary] : []));
  assertEquals(Object.keys(VOCABULARIES).filter((name) => !used.has(name)), []);
});

function hasRepeats(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}

for (
  const name of [
    "",
    TRAITS_NAME,
    "training started",
    "Training Started ",
    "Telemetry Disabled",
    "__proto__",
    "constructor",
    "toString",
  ]
) {
  Deno.test(`findEvent knows no event ${JSON.stringify(name)}`, () => {
    assertEquals(findEvent(name), undefined);
  });
}

Deno.test("findEvent finds each event by its exact name", () => {
  assertEquals(EVENTS.map(({ name }) => findEvent(name)), [...EVENTS]);
});
