// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { redact } from "../../lib/report/redaction.ts";
import { redactEvent, rulesOf } from "./redact_event.ts";

for (const input of [undefined, null, true, 7, "type", [], [{ type: "rasa" }], Symbol("type"), () => "type"]) {
  Deno.test(`redact takes ${Array.isArray(input) ? "a list" : String(input)} for an object without keys`, async () => {
    assertEquals(await redactEvent("Shell Started", input), { values: {}, withheld: [], withheldUnknown: 0 });
  });
}

Deno.test("redact counts the keys of prototypes as unknown, and touches no prototype", async () => {
  const given = JSON.parse(
    '{"__proto__": {"type": "rasa"}, "constructor": {"prototype": {"type": "rasa"}}, "toString": 1, "hasOwnProperty": 2}',
  );
  const redacted = await redactEvent("Shell Started", given);
  assertEquals(redacted, { values: {}, withheld: [], withheldUnknown: 4 });
  assertEquals(Object.getPrototypeOf(redacted.values), Object.prototype);
  assertEquals(Object.hasOwn(Object.prototype, "type"), false);
});

Deno.test("redact doesn't see inherited keys", async () => {
  const given: object = Object.create({ type: "rasa" });
  assertEquals(await redactEvent("Shell Started", given), { values: {}, withheld: [], withheldUnknown: 0 });
});

Deno.test("redact counts prototypes' keys inside entries too", async () => {
  const given = JSON.parse('{"pipeline": [{"__proto__": {"name": "RulePolicy"}, "llm": {"constructor": 1}}]}');
  assertEquals(await redactEvent("Training Started", given), {
    values: { pipeline: [{ llm: {} }] },
    withheld: [],
    withheldUnknown: 2,
  });
});

Deno.test("redact takes the last of duplicate keys, as JSON does", async () => {
  const given = JSON.parse('{"type": "acme secret", "type": "core"}');
  assertEquals(await redactEvent("Shell Started", given), {
    values: { type: "core" },
    withheld: [],
    withheldUnknown: 0,
  });
});

for (const [open, close] of [["[", "]"], ['{"type":', "}"], ['{"name":', "}"]] as const) {
  Deno.test(`redact survives 100,000 levels of ${open} in every property`, async () => {
    const deep = JSON.parse(open.repeat(100_000) + "1" + close.repeat(100_000));
    for (const event of ["Training Started", "Server Started", "Error Encountered", "Response Rephrased"]) {
      const rules = rulesOf(event);
      const given = Object.fromEntries(Object.keys(rules).map((name) => [name, deep]));
      const { values } = await redact(rules, { ...given, extra: deep }, "properties", NOTICE_NUMBER);
      assertEquals(JSON.stringify(values).length < 200, true);
    }
  });
}

Deno.test("redact survives a list that is given as text and has 100,000 levels", async () => {
  const deep = "[".repeat(100_000) + "1" + "]".repeat(100_000);
  const given = { pipeline: deep, policies: deep.slice(1), model_groups: deep, channel_types: deep };
  assertEquals(await redactEvent("Training Started", given), {
    values: { pipeline: [], model_groups: [], channel_types: [] },
    withheld: [
      "properties.pipeline[]",
      "properties.policies",
      "properties.model_groups[]",
      "properties.channel_types[]",
    ],
    withheldUnknown: 0,
  });
});

Deno.test("redact survives 100,000 keys", async () => {
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key ${index}`, index]));
  assertEquals(await redactEvent("Training Started", { ...wide, pipeline: [{ ...wide, llm: wide }] }), {
    values: { pipeline: [{ llm: {} }] },
    withheld: [],
    withheldUnknown: 300_000,
  });
});
