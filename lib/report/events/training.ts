// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import {
  bool,
  type EventRule,
  hashed,
  id,
  int,
  language,
  model,
  nullable,
  oneOf,
  presence,
  type PropertyRule,
  type Rules,
  word,
  wordOrObject,
} from "../rule.ts";
import { agents, modelGroups } from "./agents.ts";
import { components } from "./component_entry.ts";
import { MANTLE_STARTED, NOT_PACKAGED, PACKAGED } from "./mantle.ts";

const SECTION = "Model training";

const SIZE = "Tests and performance work at the sizes that real assistants have";
const DOMAIN = "Which parts of the domain to develop and to keep";
const FLOWS = "Which parts of flows are used, and how large flows get";
const GENERATOR = "Which models and settings command generators are used with";
const STARTERS = "How many trainings come from people, and how many from Rasa's own tools";
const SERVICES = "Which models and vendors policies are used with";
const PAIRING = "Groups the start, end and failure of one training";

const ASSISTANT = nullable(
  hashed("The SHA-256 of the assistant's name; never the name", "Counts assistants without naming them"),
);
const TRAINING_ID = id("A random id of this training, made when it starts", PAIRING);
const KIND = oneOf("rasa", "core", "nlu", "e2e")(
  "What is trained: all, dialogue, understanding, or end to end",
  "Which kinds of training to speed up",
);

const STARTED: Rules = {
  language: nullable(language("The assistant's main language", "Which languages to support and to test with")),
  training_id: TRAINING_ID,
  type: KIND,
  assistant_id: ASSISTANT,
  pipeline: nullable(components(
    "The components of the pipeline: names of Rasa's own, and a few settings of their models",
    "Which pipelines to develop, test and document",
  )),
  policies: nullable(components(
    "The dialogue policies: names of Rasa's own, and a few settings of their models",
    "Which policies to develop, test and document",
  )),
  train_schema: nullable(
    wordOrObject("schema")(
      "Whether a graph for training was written by hand (custom) or not (None)",
      "Whether hand-written graphs are used at all",
    ),
  ),
  predict_schema: nullable(
    wordOrObject("schema")(
      "Whether a graph that answers messages was written by hand (custom) or not (None)",
      "Whether hand-written graphs are used at all",
    ),
  ),
  api_health_check_enabled: bool(
    "Whether the model's service is tried before training",
    "Whether the check is worth keeping",
  ),
  num_intent_examples: int("Number of examples of intents", SIZE),
  num_entity_examples: int("Number of examples of entities", SIZE),
  num_actions: int("Number of actions in the domain", SIZE),
  num_templates: int("Number of responses in the domain", SIZE),
  num_conditional_response_variations: int("Number of response variations that have a condition", DOMAIN),
  num_slot_mappings: int("Number of mappings that fill slots", DOMAIN),
  num_custom_slot_mappings: int("Number of mappings that custom actions fill", DOMAIN),
  num_conditional_slot_mappings: int("Number of mappings that have a condition", DOMAIN),
  num_slots: int("Number of slots", SIZE),
  num_forms: int("Number of forms", DOMAIN),
  num_intents: int("Number of intents", SIZE),
  num_entities: int("Number of entities", SIZE),
  num_story_steps: int("Number of steps in stories and rules", SIZE),
  num_lookup_tables: int("Number of lookup tables", DOMAIN),
  num_synonyms: int("Number of synonyms of entities", DOMAIN),
  num_regexes: int("Number of regular expressions in the training data", DOMAIN),
  is_finetuning: bool(
    "Whether an existing model is trained further",
    "Whether further training is used and should be sped up",
  ),
  recipe: nullable(word("recipe")("How the configuration is turned into a graph", "Which recipes to maintain")),
  num_flows: int("Number of flows", SIZE),
  num_flows_with_nlu_trigger: int("Number of flows that an intent starts", FLOWS),
  num_flows_with_flow_guards: int("Number of flows that start only under a condition", FLOWS),
  num_flows_always_included_in_prompt: int("Number of flows that are always given to the model", FLOWS),
  num_flows_with_not_startable_flow_guards: int("Number of flows that only other flows can start", FLOWS),
  num_collect_steps: int("Number of steps that ask for information", FLOWS),
  num_collect_steps_with_separate_utter: int(
    "Number of steps that ask for information with a response other than the usual one",
    FLOWS,
  ),
  num_collect_steps_with_rejections: int("Number of steps that ask for information and check the answer", FLOWS),
  num_collect_steps_with_not_reset_after_flow_ends: int(
    "Number of steps that ask for information and keep the answer after the flow",
    FLOWS,
  ),
  num_set_slot_steps: int("Number of steps that set slots", FLOWS),
  max_depth_of_if_construct: int("How deep conditions are nested, at most", FLOWS),
  num_call_steps: int("Number of steps that call another flow", FLOWS),
  num_link_steps: int("Number of steps that go on to another flow", FLOWS),
  num_shared_slots_between_flows: int("Number of slots that more than one flow uses", FLOWS),
  llm_command_generator_model_name: nullable(
    model("The model of the command generator, if its vendor publishes the name", GENERATOR),
  ),
  llm_command_generator_model_group_id: nullable(
    hashed("The SHA-256 of the name of the command generator's model group", GENERATOR),
  ),
  llm_command_generator_custom_prompt_used: nullable(
    bool("Whether the command generator's prompt was changed; never the prompt", GENERATOR),
  ),
  multi_step_llm_command_generator_custom_handle_flows_prompt_used: nullable(
    bool("Whether the multi-step generator's prompt for starting flows was changed; never the prompt", GENERATOR),
  ),
  multi_step_llm_command_generator_custom_fill_slots_prompt_used: nullable(
    bool("Whether the multi-step generator's prompt for filling slots was changed; never the prompt", GENERATOR),
  ),
  flow_retrieval_enabled: nullable(bool("Whether only flows that fit the message are given to the model", GENERATOR)),
  flow_retrieval_embedding_model_name: nullable(
    model("The embeddings model that picks flows, if its vendor publishes the name", GENERATOR),
  ),
  flow_retrieval_embedding_model_group_id: nullable(
    hashed("The SHA-256 of the name of the embeddings' model group", GENERATOR),
  ),
  role: oneOf("user", "copilot")("Who started the training: a user, or Rasa's own copilot", STARTERS),
  action: oneOf("edit", "generation")("Whether the project was edited, or made by a model", STARTERS),
  llm_command_generator_include_date_time: nullable(
    bool("Whether the command generator's prompt has the date and the time", GENERATOR),
  ),
  llm_command_generator_timezone: presence("Whether a time zone is set for that; never which", GENERATOR),
  model_groups: nullable(modelGroups(
    "The groups of models that components name: who serves each model, and which it is",
    SERVICES,
  )),
  agents: agents("How many agents and tools flows call; no name and no setting of theirs", FLOWS),
  ...MANTLE_STARTED,
};

const ENDED: Rules = {
  training_id: TRAINING_ID,
  assistant_id: ASSISTANT,
  type: KIND,
  runtime: int(
    "How long the training took, in seconds",
    "Finds trainings that are too slow, and checks that changes make them faster",
  ),
};

const GROUPS = "How many assistants share models between components";

/** The models that a policy uses, in the order in which each event reports them. */
export const POLICY_MODELS: Readonly<Record<string, PropertyRule>> = {
  embeddings_type: nullable(word("provider")("Who serves the embeddings", SERVICES)),
  llm_type: nullable(word("provider")("Who serves the language model", SERVICES)),
  embeddings_model: nullable(model("The embeddings model, if its vendor publishes the name", SERVICES)),
  llm_model: nullable(model("The language model, if its vendor publishes the name", SERVICES)),
  embeddings_model_group_id: nullable(hashed("The SHA-256 of the name of the embeddings' model group", GROUPS)),
  llm_model_group_id: nullable(hashed("The SHA-256 of the name of the language model's group", GROUPS)),
};

const SEARCH_PROMPT = "Whether prompts with the time are worth developing";

/** What is reported of an enterprise search policy. */
export const SEARCH_POLICY: Rules = {
  vector_store_type: nullable(
    word("vector_store")("Where documents are indexed, if it is a supported store", "Which vector stores to support"),
  ),
  citation_enabled: nullable(bool("Whether answers name their sources", "Whether citations are used")),
  relevancy_check_enabled: nullable(
    bool("Whether answers are checked for their relevance", "Whether the check is used"),
  ),
  include_date_time: nullable(bool("Whether the prompt has the date and the time", SEARCH_PROMPT)),
  timezone: presence("Whether a time zone is set for that; never which", SEARCH_PROMPT),
  ...POLICY_MODELS,
};

/** Events of training a model. */
export const TRAINING: readonly EventRule[] = [
  {
    name: "Training Started",
    section: SECTION,
    announced: 1,
    description: "The training of a model begins",
    properties: STARTED,
  },
  {
    name: "Training Completed",
    section: SECTION,
    announced: 1,
    description: "The training of a model ends well",
    properties: { ...ENDED, ...PACKAGED },
  },
  {
    name: "Training Failed",
    section: SECTION,
    announced: 1,
    description: "The training of a model fails",
    properties: { ...ENDED, ...NOT_PACKAGED },
  },
  {
    name: "Intentless Policy Training Started",
    section: SECTION,
    announced: 1,
    description: "The training of an intentless policy begins",
    properties: {},
  },
  {
    name: "Intentless Policy Training Completed",
    section: SECTION,
    announced: 1,
    description: "The training of an intentless policy ends well",
    properties: POLICY_MODELS,
  },
  {
    name: "Enterprise Search Policy Training Started",
    section: SECTION,
    announced: 1,
    description: "The training of an enterprise search policy begins",
    properties: {},
  },
  {
    name: "Enterprise Search Policy Training Completed",
    section: SECTION,
    announced: 1,
    description: "The training of an enterprise search policy ends well",
    properties: SEARCH_POLICY,
  },
];
