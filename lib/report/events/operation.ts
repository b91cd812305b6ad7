// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { bool, int, number, oneOf, presence, type Rules } from "../rule.ts";

const HOOKS = "Which hooks are used, and whether they are quick and sound";
const PERSONAL_DATA = "How many servers hide or delete personal data, and in which way";

/** What is reported of code that a project hooks into a turn. */
export const MAESTRO_HOOK: Rules = {
  point: oneOf(
    "turn_started",
    "turn_finished",
    "incoming_message",
    "model_request",
    "model_response",
    "tool_call",
    "tool_result",
    "knowledge_query",
    "knowledge_results",
    "outgoing_text",
  )("Where in the turn the code is hooked in", HOOKS),
  lane: oneOf("observe", "modify")("Whether the code only looks, or may change something", HOOKS),
  outcome: oneOf("success", "timeout", "error", "rejection", "retry")("How it ended; never why", HOOKS),
  fail_policy: oneOf("open", "closed")("Whether the turn goes on where the code fails", HOOKS),
  duration_ms: number("How long it took, in milliseconds", HOOKS),
  timeout_ms: int("How long it may take, in milliseconds", HOOKS),
  is_voice: bool("Whether the conversation is spoken", HOOKS),
  observer_count: int("How many hooks looked on", HOOKS),
};

/** What is reported of the handling of personal data. */
export const PRIVACY: Rules = {
  num_total_rules: int("Number of rules for personal data; never the rules", PERSONAL_DATA),
  redact_count: int("Number of rules that replace the data", PERSONAL_DATA),
  mask_count: int("Number of rules that hide the data's characters", PERSONAL_DATA),
  stream_pii: bool("Whether personal data goes to the event broker", PERSONAL_DATA),
  tracker_store_anonymization_enabled: bool("Whether stored conversations are anonymized", PERSONAL_DATA),
  tracker_store_deletion_enabled: bool("Whether stored conversations are deleted", PERSONAL_DATA),
  anonymization_cron_trigger: presence("Whether a time for anonymizing is set; never which", PERSONAL_DATA),
  deletion_cron_trigger: presence("Whether a time for deleting is set; never which", PERSONAL_DATA),
};
