// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import {
  bool,
  type EventRule,
  hashed,
  id,
  int,
  model,
  nullable,
  number,
  oneOf,
  presence,
  rule,
  type Rules,
  word,
} from "../rule.ts";
import { MAESTRO_HOOK, PRIVACY } from "./operation.ts";
import { POLICY_MODELS, SEARCH_POLICY } from "./training.ts";

const SECTION = "Model serving";

const SETUP = "Which connections to other services to support and test";
const TOOLS = "Which of the tools are used";
const REPHRASING = "How rephrasing is used, and with which models";
const LIMIT = "Whether the licence's limit on conversations fits, and how close people come to it";

const ASSISTANT = nullable(
  hashed("The SHA-256 of the assistant's name; never the name", "Counts assistants without naming them"),
);

/** Most channels of one server that are reported: more than there are words for. */
const MAX_CHANNELS = 50;

const CONVERSATIONS: Rules = {
  conversation_count: int("Number of conversations in the month so far", LIMIT),
  year: int("The year that was counted", LIMIT),
  month: int("The month that was counted, 1 to 12", LIMIT),
};

/** Events of running an assistant. */
export const SERVING: readonly EventRule[] = [
  {
    name: "Server Started",
    section: SECTION,
    announced: 1,
    description: "A Rasa server starts",
    properties: {
      input_channels: rule({ kind: "words", vocabulary: "channel", limit: MAX_CHANNELS })(
        "The channels that the server listens on; one that is not Rasa's is custom",
        "Which channels to support",
      ),
      api_enabled: bool("Whether the HTTP API is switched on", "How servers are operated"),
      number_of_workers: int("Number of worker processes", "How servers are scaled"),
      endpoints_nlg: nullable(
        word("endpoint")("How a separate server for responses is reached, if there is one", SETUP),
      ),
      endpoints_nlu: nullable(
        word("endpoint")("How a separate server for understanding is reached, if there is one", SETUP),
      ),
      endpoints_action_server: nullable(word("endpoint")("How the action server is reached; never its address", SETUP)),
      endpoints_model_server: nullable(word("endpoint")("How the model server is reached; never its address", SETUP)),
      endpoints_tracker_store: nullable(
        word("tracker_store")("The type of the tracker store; never its address", SETUP),
      ),
      endpoints_lock_store: nullable(word("lock_store")("The type of the lock store; never its address", SETUP)),
      endpoints_event_broker: nullable(word("broker")("The type of the event broker; never its address", SETUP)),
      project: nullable(
        id(
          "The fingerprint of the project that the model was trained from",
          "Groups the servers of one project",
        ),
      ),
      assistant_id: ASSISTANT,
    },
  },
  {
    name: "Shell Started",
    section: SECTION,
    announced: 1,
    description: "Somebody talks to an assistant on the command line",
    properties: {
      type: oneOf("nlu", "core", "rasa")("What the model can do: understanding, dialogue, or both", TOOLS),
      assistant_id: ASSISTANT,
    },
  },
  {
    name: "Inspect Started",
    section: SECTION,
    announced: 1,
    description: "Somebody talks to an assistant in the inspector",
    properties: {
      type: word("channel")("The channel used, by text or by voice", TOOLS),
      assistant_id: ASSISTANT,
    },
  },
  {
    name: "Interactive Learning Started",
    section: SECTION,
    announced: 1,
    description: "A session of interactive learning begins",
    properties: {
      skip_visualization: bool("Whether the drawing of the conversation is left out", TOOLS),
      save_in_e2e: bool("Whether the stories are saved end to end", TOOLS),
    },
  },
  {
    name: "Response Rephrased",
    section: SECTION,
    announced: 1,
    description: "A model rephrases a response",
    properties: {
      rephrase_all: bool("Whether all responses are rephrased", REPHRASING),
      custom_prompt_template: presence("Whether the prompt was changed; never the prompt", REPHRASING),
      llm_type: nullable(word("provider")("Who serves the language model", REPHRASING)),
      llm_model: nullable(model("The language model, if its vendor publishes the name", REPHRASING)),
      llm_model_group_id: nullable(hashed("The SHA-256 of the name of the language model's group", REPHRASING)),
    },
  },
  {
    name: "PII Management in CALM Enabled",
    section: SECTION,
    announced: 1,
    description: "Personal data in conversations is hidden or deleted; neither the rules nor the data are reported",
    properties: PRIVACY,
  },
  {
    name: "Maestro Hook Executed",
    section: SECTION,
    announced: 1,
    description: "Code that a project hooks into a turn of the conversation was run; nothing of the turn is reported",
    properties: MAESTRO_HOOK,
  },
  {
    name: "Intentless Policy Predicted",
    section: SECTION,
    announced: 1,
    description: "An intentless policy picks an answer",
    properties: {
      ...POLICY_MODELS,
      score: number("How sure the policy is, from 0 to 1", "How often the policy is sure enough to answer"),
    },
  },
  {
    name: "Enterprise Search Policy Predicted",
    section: SECTION,
    announced: 1,
    description: "An enterprise search policy answers from documents",
    properties: SEARCH_POLICY,
  },
  {
    name: "Conversation Count",
    section: SECTION,
    announced: 1,
    description: "How many conversations there were in a month",
    properties: CONVERSATIONS,
  },
  {
    name: "Conversation Soft Limit Reached",
    section: SECTION,
    announced: 1,
    description: "The licence's limit on conversations is near",
    properties: CONVERSATIONS,
  },
  {
    name: "Conversation Hard Limit Reached",
    section: SECTION,
    announced: 1,
    description: "The licence's limit on conversations is reached",
    properties: CONVERSATIONS,
  },
];
