import { assertEquals } from "@std/assert";
import { describeType, EVENTS, findEvent, METRICS_ID, type Rules, TRAITS } from "../../lib/report/catalogue.ts";

/** The properties of an event in the order in which they are reported, each with its type. */
function signature(rules: Rules | undefined): string {
  return Object.entries(rules ?? {}).map(([name, rule]) => `${name} ${describeType(rule)}`).join(", ");
}

const POLICY_MODELS =
  "embeddings_type word(provider)?, llm_type word(provider)?, embeddings_model model?, llm_model model?, " +
  "embeddings_model_group_id hashed?, llm_model_group_id hashed?";
const ENDED = "training_id id, assistant_id hashed?, type enum(rasa,core,nlu,e2e), runtime int";
const SEARCH = `vector_store_type word(vector_store)?, citation_enabled bool?, ${POLICY_MODELS}`;
const CONVERSATIONS = "conversation_count int, year int, month int";

/** Every event, as the reference lists them. */
const REFERENCE: Readonly<Record<string, string>> = {
  "Training Started": [
    "language language, training_id id, type enum(rasa,core,nlu,e2e), assistant_id hashed?, pipeline components",
    "policies components, train_schema word(schema)?, predict_schema word(schema)?, api_health_check_enabled bool",
    "num_intent_examples int, num_entity_examples int, num_actions int, num_templates int",
    "num_conditional_response_variations int, num_slot_mappings int, num_custom_slot_mappings int",
    "num_conditional_slot_mappings int, num_slots int, num_forms int, num_intents int, num_entities int",
    "num_story_steps int, num_lookup_tables int, num_synonyms int, num_regexes int, is_finetuning bool",
    "recipe word(recipe), num_flows int, num_flows_with_nlu_trigger int, num_flows_with_flow_guards int",
    "num_flows_always_included_in_prompt int, num_flows_with_not_startable_flow_guards int, num_collect_steps int",
    "num_collect_steps_with_separate_utter int, num_collect_steps_with_rejections int",
    "num_collect_steps_with_not_reset_after_flow_ends int, num_set_slot_steps int, max_depth_of_if_construct int",
    "num_call_steps int, num_link_steps int, num_shared_slots_between_flows int",
    "llm_command_generator_model_name model?, llm_command_generator_model_group_id hashed?",
    "llm_command_generator_custom_prompt_used bool?",
    "multi_step_llm_command_generator_custom_handle_flows_prompt_used bool?",
    "multi_step_llm_command_generator_custom_fill_slots_prompt_used bool?, flow_retrieval_enabled bool?",
    "flow_retrieval_embedding_model_name model?, flow_retrieval_embedding_model_group_id hashed?",
  ].join(", "),
  "Training Completed": ENDED,
  "Training Failed": ENDED,
  "Intentless Policy Training Started": "",
  "Intentless Policy Training Completed": POLICY_MODELS,
  "Enterprise Search Policy Training Started": "",
  "Enterprise Search Policy Training Completed": SEARCH,
  "Model Core Tested": "project id?, end_to_end bool, num_story_steps int",
  "Model NLU Tested":
    "num_intent_examples int, num_entity_examples int, num_lookup_tables int, num_synonyms int, num_regexes int",
  "E2E Test Run Started": [
    "number_of_test_cases int, number_of_fixtures int, number_of_metadata int, uses_fixtures bool, uses_metadata bool",
    "uses_assertions bool, flow_started_count int, flow_completed_count int, flow_cancelled_count int",
    "pattern_clarification_contains_count int, action_executed_count int, slot_was_set_count int",
    "slot_was_not_set_count int, bot_uttered_count int, generative_response_is_relevant_count int",
    "generative_response_is_grounded_count int",
  ].join(", "),
  "E2E Test Conversion Completed": "file_type word(format), test_case_count int",
  "Server Started": [
    "input_channels list of word(channel), api_enabled bool, number_of_workers int, endpoints_nlg word(endpoint)?",
    "endpoints_nlu word(endpoint)?, endpoints_action_server word(endpoint)?, endpoints_model_server word(endpoint)?",
    "endpoints_tracker_store word(tracker_store)?, endpoints_lock_store word(lock_store)?",
    "endpoints_event_broker word(broker)?, project id?, assistant_id hashed?",
  ].join(", "),
  "Shell Started": "type enum(nlu,core,rasa), assistant_id hashed?",
  "Inspect Started": "type word(channel), assistant_id hashed?",
  "Interactive Learning Started": "skip_visualization bool, save_in_e2e bool",
  "Response Rephrased":
    "rephrase_all bool, custom_prompt_template presence, llm_type word(provider)?, llm_model model?, " +
    "llm_model_group_id hashed?",
  "Intentless Policy Predicted": `${POLICY_MODELS}, score number`,
  "Enterprise Search Policy Predicted": SEARCH,
  "Conversation Count": CONVERSATIONS,
  "Conversation Soft Limit Reached": CONVERSATIONS,
  "Conversation Hard Limit Reached": CONVERSATIONS,
  "Training Data Split": "fraction number, type enum(nlu,core,rasa)",
  "Training Data Validated": "validation_success bool",
  "Training Data Converted": "output_format word(format), type enum(nlu,core,config,nlg)",
  "Tracker Exported": "number_of_exported_events int, tracker_store word(tracker_store), event_broker word(broker)",
  "Story Visualization Started": "",
  "Markers Extraction Initiated": "strategy word(strategy), only_extract bool, seed bool, count int?",
  "Markers Extracted": "trackers_count int",
  "Markers Statistics Computed": "trackers_count int",
  "Markers Parsed": "marker_count int, max_depth int, branching_factor int",
  "Error Encountered": "error_type word(error), " +
    "stage enum(initialization,training,testing,serving,data,other), component word(component)?, frames frames",
  "Project Created": "init_directory id",
};

Deno.test("EVENTS has the reference's events and properties, in its order", () => {
  const listed = EVENTS.map(({ name, properties }) => [name, signature(properties)]);
  assertEquals(listed, Object.entries(REFERENCE));
});

Deno.test("TRAITS has the reference's traits", () => {
  assertEquals(
    signature(TRAITS),
    "tracing_backend word(tracing)?, metrics_backend word(metrics)?, anonymization_rules presence",
  );
});

Deno.test("METRICS_ID is an id, and no event lists it", () => {
  assertEquals(METRICS_ID.type, { kind: "id" });
  assertEquals(EVENTS.filter(({ properties }) => Object.hasOwn(properties, "metrics_id")), []);
});

Deno.test("EVENTS says of each event and property what it is and why it is collected", () => {
  const silent: string[] = [];
  const check = (path: string, rules: Rules) => {
    for (const [name, { type, description, purpose }] of Object.entries(rules)) {
      for (const text of [description, purpose]) {
        if (!/^[A-Z].{9,}[^.\s]$/.test(text)) silent.push(`${path}.${name}: ${text}`);
      }
      if ("entry" in type) check(`${path}.${name}`, type.entry);
    }
  };
  for (const { name, section, description, properties } of EVENTS) {
    if (section === "" || description.length < 10) silent.push(name);
    check(name, properties);
  }
  check("traits", TRAITS);
  assertEquals(silent, []);
});

for (
  const name of [
    "",
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
