// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
/**
 * The documented example: what a caller gives for `Training Started`, in the order the documentation shows, without
 * `metrics_id`, which this program adds. Source: Rasa's public telemetry documentation.
 */
export const TRAINING_STARTED = {
  language: "en",
  training_id: "311f4dfbbea64c3592f7d626bb169e36",
  type: "rasa",
  pipeline: [
    { name: "KeywordIntentClassifier" },
    { name: "NLUCommandAdapter" },
    { name: "SingleStepLLMCommandGenerator", llm: { model_name: "gpt-4-0613", request_timeout: 7 } },
  ],
  policies: [
    { name: "rasa.core.policies.flow_policy.FlowPolicy" },
    { name: "rasa.core.policies.intentless_policy.IntentlessPolicy" },
  ],
  train_schema: "None",
  predict_schema: "None",
  num_intent_examples: 14,
  num_entity_examples: 0,
  num_actions: 171,
  num_templates: 113,
  num_conditional_response_variations: 3,
  num_slot_mappings: 45,
  num_custom_slot_mappings: 45,
  num_conditional_slot_mappings: 0,
  num_slots: 48,
  num_forms: 0,
  num_intents: 8,
  num_entities: 0,
  num_story_steps: 6,
  num_lookup_tables: 0,
  num_synonyms: 0,
  num_regexes: 0,
  is_finetuning: false,
  recipe: "default.v1",
  num_flows: 25,
  num_flows_with_nlu_trigger: 1,
  num_flows_with_flow_guards: 0,
  num_flows_with_not_startable_flow_guards: 0,
  num_collect_steps: 31,
  num_collect_steps_with_separate_utter: 1,
  num_collect_steps_with_rejections: 1,
  num_collect_steps_with_not_reset_after_flow_ends: 1,
  num_set_slot_steps: 1,
  max_depth_of_if_construct: 2,
  num_call_steps: 3,
  num_link_steps: 1,
  num_shared_slots_between_flows: 0,
  llm_command_generator_model_name: "gpt-4-0613",
  llm_command_generator_custom_prompt_used: false,
  multi_step_llm_command_generator_custom_handle_flows_prompt_used: false,
  multi_step_llm_command_generator_custom_fill_slots_prompt_used: false,
  flow_retrieval_enabled: true,
  flow_retrieval_embedding_model_name: "text-embedding-ada-002",
};

/** The documented example's top-level keys, in order, and what this program puts behind them. */
export const REPORT_KEYS = ["userId", "event", "properties", "context", "messageId", "timestamp"];

/** The documented example's context keys, in order, and what this program puts behind them. */
export const CONTEXT_KEYS = [
  "os",
  "ci",
  "project",
  "python",
  "rasa_pro",
  "cpu",
  "docker",
  "license_hash",
  "company",
  "gpu",
  "cloud",
];
