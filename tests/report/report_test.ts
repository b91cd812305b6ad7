// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import { assertEquals } from "@std/assert";
import type { ReportContext } from "../../lib/context/context.ts";
import { isReport } from "../../lib/report/check_report.ts";
import { buildReport, nameOf } from "../../lib/report/report.ts";
import { CONTEXT_KEYS, REPORT_KEYS } from "../support/inputs/documented.ts";

const MACHINE_ID = "0123456789abcdef0123456789abcdef";
const CONTEXT: ReportContext = {
  os: { name: "Linux", version: "6.1.0" },
  ci: false,
  project: "a".repeat(64),
  python: "3.11.7",
  rasa_pro: "3.8.0",
  cpu: 8,
  docker: false,
  license_hash: null,
  company: "Example Ltd",
  gpu: 0,
  cloud: null,
};
const PARTS = {
  machineId: MACHINE_ID,
  event: "Shell Started",
  values: { type: "rasa" },
  context: CONTEXT,
  messageId: "00000000-0000-4000-8000-000000000001",
  timestamp: "2026-03-01T12:00:00.000Z",
};
const EVENT = buildReport(PARTS);
const TRAITS = buildReport({ ...PARTS, event: undefined, values: { tracing_backend: "jaeger" } });

Deno.test("buildReport puts the keys in the documented order, metrics_id last of the properties", () => {
  assertEquals(Object.keys(EVENT), REPORT_KEYS);
  assertEquals(Object.keys(EVENT.context), CONTEXT_KEYS);
  assertEquals(Object.entries("properties" in EVENT ? EVENT.properties : {}), [
    ["type", "rasa"],
    ["metrics_id", MACHINE_ID],
  ]);
});

Deno.test("buildReport makes traits without properties and without metrics_id", () => {
  assertEquals(TRAITS, {
    userId: MACHINE_ID,
    traits: { tracing_backend: "jaeger" },
    context: CONTEXT,
    messageId: PARTS.messageId,
    timestamp: "2026-03-01T12:00:00.000Z",
  });
});

Deno.test("nameOf names an event by its name and the traits by their command", () => {
  assertEquals([nameOf(EVENT), nameOf(TRAITS)], ["Shell Started", "identify"]);
});

for (
  const [label, report] of [
    ["an event", EVENT],
    ["traits", TRAITS],
    ["a report made before there is a machine id", buildReport({ ...PARTS, machineId: undefined })],
    ["a context of nulls", { ...EVENT, context: { ...nulls(CONTEXT), os: { name: "custom", version: null } } }],
  ] as const
) {
  Deno.test(`isReport takes ${label}`, () => assertEquals(isReport(JSON.parse(JSON.stringify(report))), true));
}

for (
  const [label, report] of [
    ["no object", [EVENT]],
    ["another key", { ...EVENT, note: 1 }],
    ["a missing key", { ...EVENT, timestamp: undefined }],
    ["an event that isn't in the catalogue", { ...EVENT, event: "Shell started" }],
    ["a value that redaction withholds", { ...EVENT, properties: { type: "acme", metrics_id: MACHINE_ID } }],
    ["another metrics_id than the userId", { ...EVENT, properties: { type: "rasa", metrics_id: "f".repeat(32) } }],
    ["a userId that isn't a machine id", { ...EVENT, userId: "ada" }],
    ["a messageId of another version", { ...EVENT, messageId: "00000000-0000-1000-8000-000000000001" }],
    ["a messageId in capitals", { ...EVENT, messageId: "ADA00000-0000-4000-8000-000000000001" }],
    ["a moment before the year 0", { ...EVENT, timestamp: "-000001-03-01T12:00:00.000Z" }],
    ["a moment after the year 9999", { ...EVENT, timestamp: "+010000-03-01T12:00:00.000Z" }],
    ["a moment with a remark", { ...EVENT, timestamp: "2026-03-01 (a remark)" }],
    ["another key in the context", { ...EVENT, context: { ...CONTEXT, host: "ada" } }],
    ["a missing key in the context", { ...EVENT, context: { ...CONTEXT, gpu: undefined } }],
    ["an operating system of another name", { ...EVENT, context: { ...CONTEXT, os: { name: "Ada", version: null } } }],
    ["no operating system", { ...EVENT, context: { ...CONTEXT, os: null } }],
    ["a count below zero", { ...EVENT, context: { ...CONTEXT, cpu: -1 } }],
    ["a hash that isn't one", { ...EVENT, context: { ...CONTEXT, project: "acme" } }],
    ["a company on two lines", { ...EVENT, context: { ...CONTEXT, company: "a\nb" } }],
    ["a text in the place of a bool", { ...EVENT, context: { ...CONTEXT, ci: "true" } }],
  ] as const
) {
  Deno.test(`isReport refuses ${label}`, () => assertEquals(isReport(JSON.parse(JSON.stringify(report))), false));
}

for (const [label, report] of [["an event", EVENT], ["traits", TRAITS]] as const) {
  Deno.test(`isReport takes ${label} where the notice that announced it may be in it`, () => {
    const known = [0, 1, undefined].map((notice) => isReport(JSON.parse(JSON.stringify(report)), notice));
    assertEquals(known, [false, true, true]);
  });
}

function nulls(context: ReportContext): Record<string, null> {
  return Object.fromEntries(Object.keys(context).map((key) => [key, null]));
}
