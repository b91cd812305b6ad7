// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { bool, hashed, model, number, type PropertyRule, rule, type Rules, word } from "../rule.ts";

const SERVICES = "Which models and vendors to support and test first";
const LIMITS = "Whether the defaults suit how models are used";

/** What is kept of `llm` and `embeddings`. Keys, addresses, prompts and everything else in them are not looked at. */
const CLIENT: Rules = {
  model: model("The model, if its vendor publishes the name; otherwise custom", SERVICES),
  model_name: model("The model in the older setting, if its vendor publishes the name; otherwise custom", SERVICES),
  provider: word("provider")("Who serves the model", SERVICES),
  type: word("provider")("Who serves the model, in the older setting", SERVICES),
  model_group: hashed(
    "The SHA-256 of the name of the model group",
    "How many assistants share models between components",
  ),
  request_timeout: number("Seconds to wait for the model's answer, in the older setting", LIMITS),
  timeout: number("Seconds to wait for the model's answer, in the newer setting", LIMITS),
  temperature: number("How much the model's answers may vary", LIMITS),
  max_tokens: number("The longest answer that the model may give, in tokens", LIMITS),
};

const LLM = rule({ kind: "group", entry: CLIENT })("The language model of the component", SERVICES);
const EMBEDDINGS = rule({ kind: "group", entry: CLIENT })("The embeddings model of the component", SERVICES);

/** What is kept of an entry of `pipeline` or `policies`. */
const ENTRY: Rules = {
  name: word("component")(
    "The component or policy, if it is one of Rasa's; otherwise custom",
    "Which components to develop and test",
  ),
  llm: LLM,
  embeddings: EMBEDDINGS,
  flow_retrieval: rule({
    kind: "group",
    entry: {
      active: bool(
        "Whether only flows that fit the message are given to the model",
        "How many assistants need flow retrieval",
      ),
      embeddings: EMBEDDINGS,
    },
  })("How flows are picked for the model's prompt", "How flow retrieval is set up"),
};

/** Most entries of one list that are reported. Real configurations have fewer than twenty. */
const MAX_ENTRIES = 200;

/** A rule for a list of pipeline or policy entries. */
export const components: (description: string, purpose: string) => PropertyRule = rule({
  kind: "components",
  entry: ENTRY,
  limit: MAX_ENTRIES,
});
