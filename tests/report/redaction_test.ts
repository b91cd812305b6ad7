// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import { assertEquals } from "@std/assert";
import { NOTICE_NUMBER } from "../../lib/consent/notice_number.ts";
import { TRAITS } from "../../lib/report/catalogue.ts";
import { redact } from "../../lib/report/redaction.ts";
import { redactEvent } from "./redact_event.ts";

/** SHA-256 of `my-assistant`, as `sha256sum` prints it. */
const MY_ASSISTANT = "de115745db34eb19b28802f09af0596de4e0030ae9ee111fce7dba4f528ab888";

/** The properties of the documentation's example, `metrics_id` aside, as its JSON has them. */
const EXAMPLE = `{
  "language": "en",
  "training_id": "311f4dfbbea64c3592f7d626bb169e36",
  "type": "rasa",
  "pipeline": [
    {"name": "KeywordIntentClassifier"},
    {"name": "NLUCommandAdapter"},
    {"name": "SingleStepLLMCommandGenerator", "llm": {"model_name": "gpt-4-0613", "request_timeout": 7}}
  ],
  "policies": [
    {"name": "rasa.core.policies.flow_policy.FlowPolicy"},
    {"name": "rasa.core.policies.intentless_policy.IntentlessPolicy"}
  ],
  "train_schema": "None", "predict_schema": "None",
  "num_intent_examples": 14, "num_entity_examples": 0, "num_actions": 171, "num_templates": 113,
  "num_conditional_response_variations": 3, "num_slot_mappings": 45, "num_custom_slot_mappings": 45,
  "num_conditional_slot_mappings": 0, "num_slots": 48, "num_forms": 0, "num_intents": 8, "num_entities": 0,
  "num_story_steps": 6, "num_lookup_tables": 0, "num_synonyms": 0, "num_regexes": 0,
  "is_finetuning": false, "recipe": "default.v1",
  "num_flows": 25, "num_flows_with_nlu_trigger": 1, "num_flows_with_flow_guards": 0,
  "num_flows_with_not_startable_flow_guards": 0, "num_collect_steps": 31, "num_collect_steps_with_separate_utter": 1,
  "num_collect_steps_with_rejections": 1, "num_collect_steps_with_not_reset_after_flow_ends": 1,
  "num_set_slot_steps": 1, "max_depth_of_if_construct": 2, "num_call_steps": 3, "num_link_steps": 1,
  "num_shared_slots_between_flows": 0,
  "llm_command_generator_model_name": "gpt-4-0613", "llm_command_generator_custom_prompt_used": false,
  "multi_step_llm_command_generator_custom_handle_flows_prompt_used": false,
  "multi_step_llm_command_generator_custom_fill_slots_prompt_used": false,
  "flow_retrieval_enabled": true, "flow_retrieval_embedding_model_name": "text-embedding-ada-002"
}`;

Deno.test("redact lets the documented example through, key by key in its order", async () => {
  const redacted = await redactEvent("Training Started", JSON.parse(EXAMPLE));
  assertEquals(redacted, { values: JSON.parse(EXAMPLE), withheld: [], withheldUnknown: 0 });
  assertEquals(JSON.stringify(redacted.values), JSON.stringify(JSON.parse(EXAMPLE)));
});

Deno.test("redact puts the keys in the catalogue's order, hashes included", async () => {
  const given = {
    flow_retrieval_embedding_model_group_id: null,
    assistant_id: "my-assistant",
    type: "e2e",
    training_id: "311F4DFBBEA64C3592F7D626BB169E36",
    language: "pt-br",
  };
  const { values } = await redactEvent("Training Started", given);
  assertEquals(Object.entries(values), [
    ["language", "pt-BR"],
    ["training_id", "311f4dfbbea64c3592f7d626bb169e36"],
    ["type", "e2e"],
    ["assistant_id", MY_ASSISTANT],
    ["flow_retrieval_embedding_model_group_id", null],
  ]);
});

/** Event, what is given, what is let through, the paths withheld, and how many unknown keys. */
const CASES: readonly (readonly [string, string, unknown, Record<string, unknown>, readonly string[], number])[] = [
  ["reports nothing for nothing", "Shell Started", {}, {}, [], 0],
  [
    "lets null through where null is usual",
    "Server Started",
    { project: null, endpoints_nlg: null, assistant_id: null },
    {
      endpoints_nlg: null,
      project: null,
      assistant_id: null,
    },
    [],
    0,
  ],
  [
    "withholds null elsewhere",
    "Server Started",
    { input_channels: null, api_enabled: null, number_of_workers: null },
    {},
    ["properties.input_channels", "properties.api_enabled", "properties.number_of_workers"],
    0,
  ],
  [
    "counts keys that the catalogue doesn't have",
    "Shell Started",
    { type: "rasa", Type: 1, metrics_id: 2, "": 3 },
    {
      type: "rasa",
    },
    [],
    3,
  ],
  ["withholds another value than the listed ones", "Shell Started", { type: "RASA" }, {}, ["properties.type"], 0],
  [
    "reports an unpublished word as custom",
    "Tracker Exported",
    { tracker_store: "AcmeStore", event_broker: "" },
    {
      tracker_store: "custom",
    },
    ["properties.event_broker"],
    0,
  ],
  [
    "withholds what isn't a text where a word is expected",
    "Training Started",
    { recipe: 1, train_schema: ["None"] },
    {},
    [
      "properties.train_schema",
      "properties.recipe",
    ],
    0,
  ],
  [
    "takes no digits in a text for a number",
    "Training Started",
    { num_slots: "48", num_forms: true, num_flows: 1.5 },
    {},
    [
      "properties.num_slots",
      "properties.num_forms",
      "properties.num_flows",
    ],
    0,
  ],
  ["takes no number or text for a bool", "Training Data Validated", { validation_success: 1 }, {}, [
    "properties.validation_success",
  ], 0],
  [
    "withholds numbers that are too large",
    "Conversation Count",
    { conversation_count: 4111111111111111, year: 2025 },
    {
      year: 2025,
    },
    ["properties.conversation_count"],
    0,
  ],
  ["rounds a number", "Intentless Policy Predicted", { score: 0.123456789 }, { score: 0.123457 }, [], 0],
  [
    "says only whether a prompt was set",
    "Response Rephrased",
    { custom_prompt_template: "Be rude", llm_type: "openai" },
    {
      custom_prompt_template: true,
      llm_type: "openai",
    },
    [],
    0,
  ],
  [
    "says of null that nothing was set",
    "Response Rephrased",
    { custom_prompt_template: null },
    {
      custom_prompt_template: false,
    },
    [],
    0,
  ],
  ["hashes a name", "Shell Started", { assistant_id: "my-assistant" }, { assistant_id: MY_ASSISTANT }, [], 0],
  ["withholds a name that can't be hashed", "Shell Started", { assistant_id: "\ud800" }, {}, [
    "properties.assistant_id",
  ], 0],
  [
    "takes an empty text for null where null passes",
    "Shell Started",
    { assistant_id: "" },
    { assistant_id: null },
    [],
    0,
  ],
  ["withholds an empty text where null doesn't pass", "Inspect Started", { type: "" }, {}, ["properties.type"], 0],
  [
    "says of Python's null as text that nothing was set",
    "PII Management in CALM Enabled",
    { anonymization_cron_trigger: "None", deletion_cron_trigger: "0 3 * * *" },
    { anonymization_cron_trigger: false, deletion_cron_trigger: true },
    [],
    0,
  ],
  [
    "spells words as the vocabulary does where Rasa takes them in any case",
    "Server Started",
    { endpoints_tracker_store: "SQL", endpoints_lock_store: "Redis", endpoints_event_broker: "PIKA" },
    { endpoints_tracker_store: "sql", endpoints_lock_store: "custom", endpoints_event_broker: "pika" },
    [],
    0,
  ],
  [
    "reports a hand-written graph as custom",
    "Training Started",
    { train_schema: { nodes: { acme: {} } }, predict_schema: "None" },
    { train_schema: "custom", predict_schema: "None" },
    [],
    0,
  ],
  [
    "counts the channels over the limit",
    "Server Started",
    { input_channels: new Array(60).fill("rest") },
    {
      input_channels: new Array(50).fill("rest"),
    },
    [],
    10,
  ],
];

for (const [label, event, given, values, withheld, withheldUnknown] of CASES) {
  Deno.test(`redact ${label}`, async () => {
    const redacted = await redactEvent(event, given);
    assertEquals(redacted, { values, withheld, withheldUnknown });
    assertEquals(JSON.stringify(redacted.values), JSON.stringify(values));
  });
}

Deno.test("redact names traits under their own root", async () => {
  const given = { anonymization_rules: [{ id: "rules" }], tracing_backend: 1, metrics_backend: "prometheus", model: 1 };
  assertEquals(await redact(TRAITS, given, "traits", NOTICE_NUMBER), {
    values: { metrics_backend: "custom", anonymization_rules: true },
    withheld: ["traits.tracing_backend"],
    withheldUnknown: 1,
  });
});
