import { assertEquals } from "@std/assert";
import { redactEvent } from "../redact_event.ts";

/** SHA-256 of `my-assistant`, as `sha256sum` prints it. */
const MY_ASSISTANT = "de115745db34eb19b28802f09af0596de4e0030ae9ee111fce7dba4f528ab888";

/** Event, what is given, what is let through, the paths withheld, and how many unknown keys. */
const CASES: readonly (readonly [string, string, unknown, Record<string, unknown>, readonly string[], number])[] = [
  [
    "keeps channels in their order",
    "Server Started",
    { input_channels: ["socketio", "AcmeChannel", "rest", "rest"] },
    {
      input_channels: ["socketio", "custom", "rest", "rest"],
    },
    [],
    0,
  ],
  [
    "names a list's path once",
    "Server Started",
    { input_channels: [1, "rest", null, {}, ["rest"]] },
    {
      input_channels: ["rest"],
    },
    ["properties.input_channels[]"],
    0,
  ],
  [
    "withholds a recipe's name in place of a pipeline",
    "Training Started",
    { pipeline: "supervised", policies: {} },
    {},
    [
      "properties.pipeline",
      "properties.policies",
    ],
    0,
  ],
  [
    "takes a bare name for an entry",
    "Training Started",
    { pipeline: ["WhitespaceTokenizer", "acme.Parser"] },
    {
      pipeline: [{ name: "WhitespaceTokenizer" }, { name: "custom" }],
    },
    [],
    0,
  ],
  [
    "reads lists that are given as JSON text, and null",
    "Training Started",
    { pipeline: '[{"name": "WhitespaceTokenizer"}]', policies: "null", channel_types: '["rest", "other"]' },
    { pipeline: [{ name: "WhitespaceTokenizer" }], policies: null, channel_types: ["rest", "other"] },
    [],
    0,
  ],
  [
    "withholds a text that isn't a list's",
    "Training Started",
    { pipeline: '[{"name": "acme', policies: '{"name": "acme"}', channel_types: "rest" },
    {},
    ["properties.pipeline", "properties.policies", "properties.channel_types"],
    0,
  ],
  [
    "keeps of groups of models who serves which model",
    "Training Started",
    {
      model_groups: JSON.stringify([{
        id: "my-assistant",
        router: { acme: "fast" },
        models: [
          { provider: "azure", deployment: "acme-gpt-4", model: "gpt-4o", api_key: "acme" },
          { provider: "acme", model: "acme-gpt-4" },
          "acme",
        ],
      }]),
    },
    {
      model_groups: [{
        id: MY_ASSISTANT,
        models: [{ provider: "azure", model: "gpt-4o" }, { provider: "custom", model: "custom" }],
      }],
    },
    ["properties.model_groups[].models[]"],
    3,
  ],
  [
    "drops entries that are none",
    "Training Started",
    { policies: [7, null, [], { name: "RulePolicy" }, "", { name: 7 }, { nome: "RulePolicy" }] },
    { policies: [{ name: "RulePolicy" }, {}, {}] },
    ["properties.policies[]", "properties.policies[].name"],
    1,
  ],
  [
    "keeps of an entry what the catalogue lists, in its order",
    "Training Started",
    {
      pipeline: [{
        flow_retrieval: { embeddings: { provider: "openai", api_key: "x" }, active: false, num_flows: 20 },
        embeddings: { model: "text-embedding-3-large", type: "acme" },
        llm: {
          max_tokens: 256,
          temperature: 0.7,
          timeout: 10,
          request_timeout: 7,
          model_group: "my-assistant",
          type: "azure",
          provider: "self-hosted",
          model_name: "acme-gpt",
          model: "gpt-4",
          api_base: "https://acme.example",
        },
        prompt: "Be rude",
        name: "acme.AcmeGenerator",
      }],
    },
    {
      pipeline: [{
        name: "custom",
        llm: {
          model: "gpt-4",
          model_name: "custom",
          provider: "self-hosted",
          type: "azure",
          model_group: MY_ASSISTANT,
          request_timeout: 7,
          timeout: 10,
          temperature: 0.7,
          max_tokens: 256,
        },
        embeddings: { model: "text-embedding-3-large", type: "custom" },
        flow_retrieval: { active: false, embeddings: { provider: "openai" } },
      }],
    },
    [],
    4,
  ],
  [
    "names paths inside an entry once each",
    "Training Started",
    {
      pipeline: [
        { name: "LLMCommandGenerator", llm: { temperature: "hot", model: 4 }, embeddings: [] },
        {
          name: "LLMCommandGenerator",
          llm: { temperature: null },
          flow_retrieval: { active: "yes", embeddings: "openai" },
        },
      ],
    },
    {
      pipeline: [{ name: "LLMCommandGenerator", llm: {} }, {
        name: "LLMCommandGenerator",
        llm: {},
        flow_retrieval: {},
      }],
    },
    [
      "properties.pipeline[].llm.model",
      "properties.pipeline[].llm.temperature",
      "properties.pipeline[].embeddings",
      "properties.pipeline[].flow_retrieval.active",
      "properties.pipeline[].flow_retrieval.embeddings",
    ],
    0,
  ],
  [
    "counts the entries over the limit",
    "Training Started",
    { pipeline: new Array(100_000).fill("SpacyNLP") },
    {
      pipeline: new Array(200).fill({ name: "SpacyNLP" }),
    },
    [],
    99_800,
  ],
  [
    "keeps the frames of Rasa's own package",
    "Error Encountered",
    {
      error_type: "AcmeError",
      stage: "training",
      component: "rasa.core.policies.flow_policy.FlowPolicy",
      frames: [
        {
          line: 12,
          function: "load_agent",
          module: "rasa.core.agent",
          file: "/home/jane/agent.py",
          locals: { key: 1 },
        },
        { module: "actions.transfers", function: "transfer_money", line: 3 },
        { module: "rasa_acme", function: "load", line: 3 },
        { module: "rasa.acme", function: "transfer_money", line: 1.5 },
        { module: "rasa", function: 7, line: 1_000_001 },
        { module: 7, function: "load", line: 1 },
        { function: "load", line: 1 },
        "rasa.core.agent",
      ],
    },
    {
      error_type: "custom",
      stage: "training",
      component: "rasa.core.policies.flow_policy.FlowPolicy",
      frames: [
        { module: "rasa.core.agent", function: "load_agent", line: 12 },
        { module: "rasa.custom", function: "custom" },
        { module: "rasa" },
      ],
    },
    [
      "properties.frames[].line",
      "properties.frames[].function",
      "properties.frames[].module",
      "properties.frames[]",
    ],
    2,
  ],
  [
    "cuts the frames over the limit, those of other packages not counted",
    "Error Encountered",
    { frames: new Array(25).fill([{ module: "json" }, { module: "rasa.core.run", line: 1 }]).flat() },
    { frames: new Array(20).fill({ module: "rasa.core.run", line: 1 }) },
    [],
    5,
  ],
];

for (const [label, event, given, values, withheld, withheldUnknown] of CASES) {
  Deno.test(`redact ${label}`, async () => {
    const redacted = await redactEvent(event, given);
    assertEquals(redacted, { values, withheld, withheldUnknown });
    assertEquals(JSON.stringify(redacted.values), JSON.stringify(values));
  });
}
