import { assertEquals } from "@std/assert";
import { isModelName, modelPattern } from "../../lib/report/model_name.ts";
import { makeUpModels } from "../support/inputs/made_up_models.ts";

const PUBLISHED = `
  gpt-4 gpt-4-0613 gpt-4-1106-preview gpt-4-turbo gpt-4o gpt-4o-mini-2024-07-18 gpt-4.1-nano gpt-5-mini gpt-3.5-turbo-16k
  gpt-35-turbo gpt-oss-120b gpt-4o-realtime-preview-2024-10-01 chatgpt-4o-latest o1 o1-preview o3-mini o4-mini-2025-04-16
  text-embedding-3-large text-embedding-ada-002 text-embedding-004 azure/gpt-4 openai/gpt-4o
  claude-3-5-haiku-latest claude-sonnet-4-20250514 claude-opus-4-1-20250805 claude-instant-1.2
  anthropic.claude-3-5-sonnet-20240620-v1:0 us.anthropic.claude-3-7-sonnet-20250219-v1:0
  bedrock/anthropic.claude-3-haiku-20240307-v1:0 bedrock/eu.anthropic.claude-3-haiku-20240307-v1:0
  meta.llama3-1-70b-instruct-v1:0 amazon.titan-embed-text-v2:0 amazon.nova-lite-v1:0 eu.amazon.nova-micro-v1:0 nova-pro
  cohere.embed-english-v3 mistral.mixtral-8x7b-instruct-v0:1 ai21.jamba-1-5-large-v1:0
  gemini-2.0-flash-001 gemini-2.5-pro-preview-05-06 gemini/gemini-1.5-pro vertex_ai/gemini-1.5-flash-002
  command-r-plus-08-2024 command-r7b-12-2024 command-a-03-2025 embed-multilingual-v3.0
  mistral-large-latest mistral-large-2411 codestral-2405 open-mixtral-8x22b ministral-8b-latest
  llama-3.1-70b-instruct llama-3.3-70b-versatile llama-4-scout-17b-16e-instruct mixtral-8x7b-32768 llama3.2 llama3:8b
  phi-3-mini-4k-instruct qwen2.5-7b-instruct qwen3-235b-a22b-instruct-2507 deepseek-chat deepseek-r1
  deepseek-r1-distill-llama-70b gemma-3n-e4b-it nomic-embed-text
  BAAI/bge-small-en-v1.5 sentence-transformers/all-MiniLM-L6-v2 rasa/cmd_gen_codellama_13b_calm_demo
  rasa/command-generator-llama-3.1-8b-instruct
  gpt-5.1-2025-11-13 gpt-5-mini-2025-08-07 gpt-5.2 gpt-5.6-sol azure/us/gpt-6-astra bedrock_mantle/openai.gpt-5.6-terra
  gpt-oss-safeguard-20b groq/openai/gpt-oss-safeguard-20b azure/global-standard/gpt-4o-mini computer-use-preview
  claude-fable-5-1 us.anthropic.claude-mythos-preview anthropic.claude-haiku-4-5@20251001 claude-sonnet-4-5@20250929
  bedrock/converse/anthropic.claude-sonnet-5 bedrock/us-gov-west-1/anthropic.claude-3-haiku-20240307-v1:0
  bedrock/ap-northeast-1/6-month-commitment/anthropic.claude-instant-v1 bedrock/moonshotai.kimi-k2-thinking
  deepseek.v3.2 us.deepseek.r1-v1:0 minimax.minimax-m2.1 zai.glm-5 amazon.titan-embed-g1-text-02
  xai/grok-4-1-fast-non-reasoning grok-4.20-multi-agent-0309 qwen3-next-80b-a3b-instruct gemini/gemini-2.5-pro-preview-tts
  mistral/open-mistral-nemo-2407 mistral/voxtral-small-latest groq/meta-llama/llama-prompt-guard-2-22m
  Qwen/Qwen3-8B azure_ai/Llama-4-Scout-17B-16E-Instruct meta-llama/Llama-3.3-70B-Instruct azure_ai/Phi-3.5-MoE-instruct
  MiniMaxAI/MiniMax-M2 zai-org/GLM-4.6 moonshotai/Kimi-K2-Instruct-0905 deepseek-ai/DeepSeek-V3.2
`.trim().split(/\s+/);

for (const name of PUBLISHED) {
  Deno.test(`isModelName knows ${name}`, () => assertEquals(isModelName(name), true));
}

const CUSTOM: readonly string[] = [
  "",
  "mini",
  "my-gpt-4-deployment",
  "gpt-4-acme-prod",
  "gpt-4-prod",
  "acme/gpt-4",
  "acme.gpt-4",
  "ft:gpt-3.5-turbo:my-org::id",
  "ft:gpt-4o-mini-2024-07-18:acme:support:9XyZaBcD",
  "gpt-4-4111-1111-1111-1111",
  "gpt-4111111111111111",
  "gpt-4-555-123-4567",
  "o3-05551234567",
  "gpt-4-1985-07-04",
  "claude-19850704",
  "gpt-4-20240620-20240620",
  "gpt-4-11-11-11-11-11",
  "claude-411b-111b-111b-111b-111b",
  "gpt-0613-0613",
  "gpt-1b-2b-3b-4b-5b",
  "claude-20240620-235b-128k",
  "gpt" + "-mini".repeat(13),
  "gpt" + "-multilingual".repeat(8),
  "GPT-4",
  "Gpt-4o",
  "gpt_4_",
  "gpt-4-",
  "gpt--4",
  "gpt 4",
  "gpt-4 ",
  "gpt-4\n",
  "gpt-4\u0000",
  "gpt-4\u200b",
  "gpt-\u0664",
  "g\u0440t-4",
  "gpt-4/../../etc/passwd",
  "https://api.openai.com/v1/gpt-4",
  "azure/azure/gpt-4",
  "azure/openai/bedrock/eu/us/gpt-4",
  "ft:gpt-4o",
  "gpt-5.6-acme",
  "claude-saga-5",
  "Qwen3-8B",
  "acme/Qwen3-8B",
  "Qwen/Qwen3-8B-Acme",
  "azure/GPT-4-ACME",
  "bedrock/acme-east-1/anthropic.claude-v1",
  "gpt-4@jane",
  "models/gemini-pro",
  "sk-ant-api03-AAAA",
  "arn:aws:bedrock:us-east-1:123456789012:model/gpt-4",
  "hf.co/acme/llama-3",
  "/home/jane/llama-3-8b",
  "llama-3-8b-jane",
  "constructor",
  "__proto__",
];

for (const name of CUSTOM) {
  Deno.test(`isModelName takes ${JSON.stringify(name)} for a name that somebody gave`, () => {
    assertEquals(isModelName(name), false);
  });
}

for (
  const [label, text] of [
    ["separators", "gpt" + "-".repeat(1_000_000)],
    ["short numbers", "gpt" + "-1".repeat(500_000)],
    ["prefixes", "azure/".repeat(200_000) + "gpt-4"],
    ["words", "gpt" + "-mini".repeat(200_000)],
  ] as const
) {
  Deno.test(`isModelName refuses a million characters of ${label} at once`, () => {
    const start = performance.now();
    assertEquals(isModelName(text), false);
    assertEquals(performance.now() - start < 1_000, true);
  });
}

Deno.test("modelPattern matches every published name that follows the pattern", () => {
  const pattern = new RegExp(modelPattern(), "u");
  const unmatched = PUBLISHED.filter((name) => !pattern.test(name));
  assertEquals(unmatched, [
    "sentence-transformers/all-MiniLM-L6-v2",
    "rasa/cmd_gen_codellama_13b_calm_demo",
    "computer-use-preview",
  ]);
});

Deno.test("isModelName takes none of 5,000 names that people give to their own models for a published one", () => {
  assertEquals(makeUpModels(5_000, 321).filter(isModelName), []);
});

Deno.test("modelPattern refuses what isn't a matter of counting", () => {
  const pattern = new RegExp(modelPattern(), "u");
  const counted = [
    "gpt-4-20240620-20240620",
    "gpt-4-11-11-11-11-11",
    "claude-411b-111b-111b-111b-111b",
    "gpt-0613-0613",
    "gpt-1b-2b-3b-4b-5b",
    "claude-20240620-235b-128k",
    "azure/azure/gpt-4",
  ];
  assertEquals(CUSTOM.filter((name) => pattern.test(name)), counted);
});
