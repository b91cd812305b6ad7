import { assertEquals, assertStringIncludes } from "@std/assert";
import { RULE_NAMES } from "../../lib/cli/event_names.ts";
import { EVENTS } from "../../lib/report/catalogue.ts";
import { MemoryHost } from "../support/machine/memory_host.ts";
import { runHere, runJson } from "../support/scenes/scene.ts";
import { assertFits, printed, terminalHost, WIDTHS } from "../support/inputs/widths.ts";

for (const columns of WIDTHS) {
  Deno.test(`events fit ${columns} columns, all of them and each`, async () => {
    const host = terminalHost(columns);
    const all = await printed(host, "events");
    assertFits(all, columns);
    const words = all.split(/\s+/).join(" ");
    assertEquals(RULE_NAMES.filter((name) => !words.includes(name)), []);
    for (const name of RULE_NAMES) assertFits(await printed(host, "events", name), columns);
  });
}

const NARROW = `Training Data Split
Training data is split into data to
train and data to test with

fraction  number
  The share that is kept for training,
  from 0 to 1
  for: Which of the tools for training
  data are used, and on what
type  enum(rasa,core,nlu)
`;

Deno.test("events wrap what is said of a property under itself", async () => {
  const text = await printed(terminalHost(40), "events", "Training Data Split");
  assertEquals(text.split("\n").slice(0, 9), NARROW.split("\n").slice(0, 9));
});

Deno.test("events indent what is inside a property, at every width", async () => {
  for (const columns of WIDTHS) {
    const text = await printed(terminalHost(columns), "events", "Training Started");
    assertStringIncludes(text, "\npipeline  components?\n");
    assertStringIncludes(text, "\n    name  word(component)\n");
  }
});

Deno.test("events keep a line for each event where standard output is no terminal", async () => {
  const lines = (await printed(new MemoryHost(), "events")).split("\n");
  for (const { name, description } of EVENTS) {
    assertEquals(lines.filter((line) => line.startsWith(`${name}  `) && line.endsWith(`  ${description}`)).length, 1);
  }
});

Deno.test("events --json gives a JSON Schema for each event and for the traits", async () => {
  const host = new MemoryHost();
  const all = await runJson(host, "events");
  assertEquals(Object.keys(all), [...EVENTS.map(({ name }) => name), "identify"]);
  const one = await runJson(host, "events", "Shell Started");
  assertEquals(one, all["Shell Started"]);
  assertEquals([one["$schema"], one["additionalProperties"]], ["https://json-schema.org/draft/2020-12/schema", false]);
  assertEquals(Object.keys(one["properties"] as object), ["type", "assistant_id", "metrics_id"]);
});

Deno.test("events shows an event's properties with type and purpose, those inside a list too", async () => {
  const host = new MemoryHost();
  await runHere(host, "events", "Training Started");
  assertStringIncludes(host.out, "pipeline  components?\n");
  assertStringIncludes(host.out, "\n    name  word(component)\n");
  const traits = new MemoryHost();
  await runHere(traits, "events", "identify");
  assertStringIncludes(traits.out, "tracing_backend  word(tracing)?\n");
});
