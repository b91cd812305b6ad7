import { assertEquals } from "@std/assert";
import { EVENTS, METRICS_ID, TRAITS } from "../../lib/report/catalogue.ts";
import { schemaOf } from "../../lib/report/schema.ts";
import { rulesOf } from "./redact_event.ts";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

Deno.test("schemaOf an event without properties allows none", () => {
  assertEquals(schemaOf(rulesOf("Story Visualization Started"), "Story Visualization Started"), {
    $schema: DRAFT,
    title: "Story Visualization Started",
    type: "object",
    properties: {},
    additionalProperties: false,
  });
});

Deno.test("schemaOf says what each kind of value looks like", () => {
  assertEquals(schemaOf({ ...rulesOf("Shell Started"), metrics_id: METRICS_ID }, "Shell Started"), {
    $schema: DRAFT,
    title: "Shell Started",
    type: "object",
    properties: {
      type: {
        description: "What the model can do: understanding, dialogue, or both",
        $comment: "Which of the tools are used",
        enum: ["nlu", "core", "rasa"],
      },
      assistant_id: {
        description: "The SHA-256 of the assistant's name; never the name",
        $comment: "Counts assistants without naming them",
        anyOf: [{ type: "string", pattern: "^[0-9a-f]{64}$" }, { type: "null" }],
      },
      metrics_id: {
        description: METRICS_ID.description,
        $comment: METRICS_ID.purpose,
        type: "string",
        pattern: "^(?:[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$",
      },
    },
    additionalProperties: false,
  });
});

Deno.test("schemaOf says a vocabulary once, custom at its end", () => {
  const schema = schemaOf(TRAITS, "identify");
  assertEquals(schema["$defs"], {
    tracing: { enum: ["jaeger", "otlp", "langfuse", "custom"] },
    metrics: { enum: ["otlp", "custom"] },
  });
});

Deno.test("schemaOf closes every object and bounds every list, in every event", () => {
  const open: string[] = [];
  const visit = (path: string, schema: unknown) => {
    if (typeof schema !== "object" || schema === null) return;
    if ("properties" in schema && !("additionalProperties" in schema && schema.additionalProperties === false)) {
      open.push(path);
    }
    if ("items" in schema && !("maxItems" in schema)) open.push(path);
    if ("type" in schema && schema.type === "string" && !("pattern" in schema)) open.push(path);
    for (const [key, inner] of Object.entries(schema)) visit(`${path}/${key}`, inner);
  };
  for (const { name, properties } of EVENTS) visit(name, schemaOf(properties, name));
  assertEquals(open, []);
});
