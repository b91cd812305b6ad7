// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { bool, id, int, model, nullable, oneOf, type PropertyRule, type Rules, version, word, words } from "../rule.ts";

const ENGINES = "How many assistants each of the two engines trains";
const SKILLS = "Which parts of skills are used, and how large skills get";
const TOOLS = "How tools are declared, and which safeguards are used";
const MEMORY = "Which kinds of memory to develop and to test";
const CONTENT = "At what size assistants must perform";
const SERVICES = "Which models, vendors and stores to support and test first";
const VOICE = "Which services for voice to support and test";
const PROMPTS = "Which of the engine's texts people replace, so that the built-in ones get better";
const FAILURES = "Where trainings fail most, so that it is fixed or explained better";

/** Most kinds in one list: more than there are words for. */
const MAX_KINDS = 100;

/** Which engine a training is for. Rasa's first engine says nothing of it. */
export const ENGINE: Rules = {
  engine: oneOf("calm", "mantle")("The engine that the assistant is trained for", ENGINES),
  rasa_version: version("The version of Rasa that trains", "Which versions train assistants of this engine"),
};

/** What a finished training of this engine says beside the times. */
export const PACKAGED: Rules = {
  ...ENGINE,
  model_id: nullable(id("The random id of the model that was packaged", "Tells trainings of the same assistant apart")),
};

/** What a failed training of this engine says beside the times. */
export const NOT_PACKAGED: Rules = {
  ...ENGINE,
  error_type: word("error")("The kind of error: Python's or Rasa's own; any other is custom", FAILURES),
  error_stage: oneOf("unknown", "validation", "config", "packaging", "references_index", "skills_index")(
    "What the training was doing",
    FAILURES,
  ),
  error_code: nullable(word("error_code")("The code that Rasa gives to the error; never its text", FAILURES)),
};

function counts(purpose: string, numbers: Readonly<Record<string, string>>): Record<string, PropertyRule> {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, what]) => [`num_${name}`, int(`Number of ${what}`, purpose)]),
  );
}

function switches(purpose: string, facts: Readonly<Record<string, string>>): Record<string, PropertyRule> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, what]) => [name, nullable(bool(`Whether ${what}`, purpose))]),
  );
}

const PROJECT: Rules = {
  ...counts(CONTENT, {
    additional_languages: "languages beside the main one",
    skills: "skills, the built-in ones too",
    default_skills: "built-in skills",
    custom_skills: "skills that the project adds",
    disabled_skills: "skills that are switched off",
    engine_managed_skills: "skills that the engine starts by itself",
  }),
  ...counts(TOOLS, { tools: "tools that skills may use", shared_tools: "files of tools that skills share" }),
  ...counts(CONTENT, {
    project_responses: "responses for the whole project",
    skill_responses: "responses of single skills",
    project_reference_files: "reference files for the whole project",
    skill_reference_files: "reference files of single skills",
    before_end_hooks: "actions that run before a conversation ends",
    ack_examples: "examples of what is said while the user waits",
  }),
};

const STEPS: Rules = {
  ...counts(SKILLS, {
    steps: "steps",
    autonomous_steps: "steps that a model takes by itself",
    collect_steps: "steps that ask for information",
    action_steps: "steps that run an action",
    execute_tool_steps: "steps that run a tool",
    set_memory_steps: "steps that set memory",
    route_steps: "steps that choose the next one",
    call_steps: "steps that call another skill",
    link_steps: "steps that go on to another skill",
    autonomous_skills: "skills that are all prose",
    fully_guided_skills: "skills that are all ordered blocks",
    hybrid_skills: "skills of prose and ordered blocks",
  }),
  max_ordered_blocks_in_skill: int("The most ordered blocks that one skill has", SKILLS),
  ...counts(SKILLS, {
    skills_with_precondition: "skills that start only under a condition",
    hidden_skills: "skills that only other skills can start",
    flows_with_complete_when: "flows that end under a condition",
    referenced_skills: "mentions of other skills",
    referenced_blocks: "mentions of ordered blocks",
    scoped_instructions: "parts of prose that hold only under a condition",
  }),
};

const SAFEGUARDS: Rules = counts(TOOLS, {
  tool_constraints: "tools with any of the safeguards below",
  gated_tools: "tools that need something first",
  tools_requiring_confirmation: "tools that ask the user first",
  tools_with_on_success: "tools with a rule for their success",
  tools_with_on_failure: "tools with a rule for their failure",
  mcp_servers: "MCP servers in the settings; never their names or addresses",
});

const FIELDS: Rules = counts(MEMORY, {
  project_memory_fields: "fields of memory for the whole project",
  skill_memory_fields: "fields of memory of single skills",
  llm_settable_memory_fields: "fields of memory that a model may set",
  pii_memory_fields: "fields of memory that hold personal data; never what they hold",
  memory_fields_by_type_text: "fields of memory for text",
  memory_fields_by_type_bool: "fields of memory for yes or no",
  memory_fields_by_type_int: "fields of memory for whole numbers",
  memory_fields_by_type_float: "fields of memory for other numbers",
  memory_fields_by_type_list: "fields of memory for lists",
  memory_fields_by_type_json: "fields of memory for JSON",
  memory_fields_by_type_categorical: "fields of memory for a choice",
  memory_fields_by_type_any: "fields of memory for anything",
});

const CONNECTIONS: Rules = {
  llm_provider: nullable(word("provider")("Who serves the language model", SERVICES)),
  llm_model: nullable(model("The language model, if its vendor publishes the name", SERVICES)),
  embeddings_provider: nullable(word("provider")("Who serves the embeddings", SERVICES)),
  embeddings_model: nullable(model("The embeddings model, if its vendor publishes the name", SERVICES)),
  ...counts(SERVICES, { model_groups: "groups of models", knowledge_stores: "knowledge stores" }),
  knowledge_store_types: words("knowledge_store", MAX_KINDS)("The kinds of knowledge stores, each once", SERVICES),
  ...switches(SERVICES, { uses_external_vector_store: "a knowledge store is a server of its own" }),
  ...counts(SERVICES, { channels: "channels that are switched on" }),
  channel_types: words("channel_type", MAX_KINDS)("The kinds of channels, each once", SERVICES),
  ...switches(VOICE, { has_voice_channel: "one of the channels is for voice" }),
  voice_asr_provider: nullable(word("asr_provider")("Who turns speech into text", VOICE)),
  voice_tts_provider: nullable(word("tts_provider")("Who turns text into speech", VOICE)),
  ...switches(SERVICES, { tracing_enabled: "traces are recorded" }),
  tracing_type: nullable(word("tracing")("Where traces go; never the address", SERVICES)),
};

const TEXTS: Rules = {
  ...switches(CONTENT, { has_lib_dir: "the project has code of its own beside tools" }),
  ...switches(PROMPTS, {
    has_custom_rules: "the project adds rules of its own; never the rules",
    has_custom_text_rules: "the project adds rules for text; never the rules",
    has_custom_voice_rules: "the project adds rules for voice; never the rules",
    has_custom_ack_rule: "the rule for what is said while the user waits was changed; never the rule",
    has_custom_ack_reminder: "the reminder of that rule was changed; never the reminder",
    has_custom_references_instructions: "the instructions for reference files were changed; never the instructions",
    ack_enabled: "something is said while the user waits",
  }),
};

/** What the start of a training for Rasa's second engine says. Properties that the first has too aren't repeated. */
export const MANTLE_STARTED: Rules = {
  ...ENGINE,
  ...CONNECTIONS,
  ...PROJECT,
  ...STEPS,
  ...SAFEGUARDS,
  ...FIELDS,
  ...TEXTS,
};
