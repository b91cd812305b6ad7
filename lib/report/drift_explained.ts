const AGENTS = "inside the property agents, of which only counts are reported";
const STEPS = "the kind of a step, which becomes part of the name of a count: num_collect_steps";
const OLDER = "Rasa 3.6 has it";

/**
 * Why the catalogue differs from the newest Rasa where it does: the lines that `deno task drift` prints, each with its
 * reason. One that ends in `*` is for every line that begins so.
 */
export const DRIFT_EXPLAINED: Readonly<Record<string, string>> = {
  "lacks property flow of _collect_agent_configuration": AGENTS,
  "lacks property mcp_tool of _collect_agent_configuration": AGENTS,
  "lacks property mcp_server of _collect_agent_configuration": AGENTS,
  "lacks property mapping of _collect_agent_configuration": AGENTS,
  "lacks property agent of _collect_agent_configuration": AGENTS,
  "lacks property exit_if of _collect_agent_configuration": AGENTS,
  "lacks property autonomous of _authoring_attributes": STEPS,
  "lacks property collect of _authoring_attributes": STEPS,
  "lacks property execute of _authoring_attributes": STEPS,
  "lacks property set_memory of _authoring_attributes": STEPS,
  "lacks property route of _authoring_attributes": STEPS,
  "lacks property call of _authoring_attributes": STEPS,
  "lacks property link of _authoring_attributes": STEPS,
  "stale event Error Encountered": "Rasa's documentation names it; Rasa sends errors to another service instead",
  "stale property stage": "of Error Encountered, whose properties are this project's",
  "stale property component": "of Error Encountered, whose properties are this project's",
  "stale property train_schema": "Rasa 3.6 reports it",
  "stale property predict_schema": "Rasa 3.6 reports it",
  "stale property anonymization_rules": "a trait of Rasa Pro up to 3.13, where PII Management in CALM Enabled came",
  "stale property num_memory_fields_by_type_*": "Rasa puts the name together from the type's",
  "stale component LanguageModelFeaturizer": OLDER,
  "stale package_tree hugging_face": OLDER,
  "stale package_tree lm_featurizer": OLDER,
  "stale package_tree transformers_pre_post_processors": OLDER,
};
