// deno-lint-ignore-file camelcase -- the names of the wire are not ours

/** Events with numbers, by which they are recognized wherever they arrive. */

/** What `stream --json` prints where it was given nothing. */
export const NO_COUNTS = { accepted: 0, delivered: 0, queued: 0, rejected: 0, dropped: 0 };

/** The line of an event with a number. One in five is larger, as on a real server. */
export function eventLine(number: number): string {
  const [event, properties] = KINDS[number % KINDS.length]!;
  const context = { python: "3.11.7", rasa_pro: "3.8.0" };
  return JSON.stringify({ event, properties: { ...properties, [NUMBERED[event]]: number }, context }) + "\n";
}

/** The lines of the events from one number to below another. */
export function eventLines(from: number, to: number): string {
  return range(from, to).map(eventLine).join("");
}

/** Lines of events so large that about 110 of them are a batch. Of smaller ones, two batches are all that the disk takes. */
export function largeEventLines(from: number, to: number): string {
  const [event, properties] = TRAINING;
  const policies = Array(64).fill(properties.policies[0]);
  const lineOf = (number: number) =>
    JSON.stringify({ event, properties: { ...properties, policies, [NUMBERED[event]]: number } }) + "\n";
  return range(from, to).map(lineOf).join("");
}

/** The number of an event, NaN where it has none. */
export function numberOf(report: Record<string, unknown>): number {
  const key = Object.entries(NUMBERED).find(([event]) => event === report["event"])?.[1] ?? "";
  return Number(new Map(Object.entries(report["properties"] ?? {})).get(key) ?? NaN);
}

/** The whole numbers from one to below another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** Which property has an event's number. */
const NUMBERED = {
  "Training Started": "num_actions",
  "Model Core Tested": "num_story_steps",
  "Model NLU Tested": "num_intent_examples",
} as const;

const CORE = ["Model Core Tested", { end_to_end: true, project: "311f4dfbbea64c3592f7d626bb169e36" }] as const;
const NLU = ["Model NLU Tested", { num_entity_examples: 7, num_lookup_tables: 0, num_synonyms: 3 }] as const;
const TRAINING = ["Training Started", {
  language: "en",
  training_id: "311f4dfbbea64c3592f7d626bb169e36",
  pipeline: [{ name: "NLUCommandAdapter" }, {
    name: "SingleStepLLMCommandGenerator",
    llm: { model_name: "gpt-4-0613", request_timeout: 7 },
  }],
  policies: [{ name: "rasa.core.policies.flow_policy.FlowPolicy" }],
  num_flows: 25,
  recipe: "default.v1",
}] as const;
const KINDS = [CORE, NLU, CORE, NLU, TRAINING] as const;
