// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import { TRAINING_STARTED } from "../support/training_started.ts";

/** The one event that `track` records: the documented example. */
export const EVENT = "Training Started";
export const PROPERTIES: unknown = TRAINING_STARTED;

/** The versions that only a caller knows. */
export const CONTEXT = { python: "3.11.7", rasa_pro: "3.8.0" };

const MODELS = { llm_type: "openai", llm_model: "gpt-4-0613", llm_model_group_id: null };
const EMBEDDINGS = {
  embeddings_type: "openai",
  embeddings_model: "text-embedding-ada-002",
  embeddings_model_group_id: null,
};

/** The events of a running server, which come in turns. In one of four a name is hashed. */
const SERVING: readonly (readonly [event: string, properties: (index: number) => unknown])[] = [
  ["Response Rephrased", (index) => ({
    rephrase_all: false,
    custom_prompt_template: null,
    ...MODELS,
    llm_model_group_id: `group-${index % 50}`,
  })],
  ["Intentless Policy Predicted", (index) => ({ ...EMBEDDINGS, ...MODELS, score: (index % 1_000) / 1_000 })],
  ["Enterprise Search Policy Predicted", () => ({
    vector_store_type: "qdrant",
    ...EMBEDDINGS,
    ...MODELS,
    citation_enabled: true,
  })],
  ["Conversation Count", (index) => ({ conversation_count: index, year: 2026, month: 3 })],
];

/** The event with this number, as a line for `stream`. The peers get the same lines. */
export function eventLine(index: number): string {
  const [event, properties] = SERVING[index % SERVING.length]!;
  const timestamp = new Date(Date.UTC(2026, 2, 1) + index).toISOString();
  return JSON.stringify({ event, properties: properties(index), context: CONTEXT, timestamp }) + "\n";
}
