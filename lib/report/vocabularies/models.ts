import { type Vocabulary, vocabulary } from "./definition.ts";

/** How a model's name begins. */
export const MODEL_FAMILY: Vocabulary = vocabulary(
  "The vendors' public lists of models: OpenAI, Azure OpenAI, Anthropic, Google, Amazon Bedrock, Cohere, Mistral, " +
    "Meta, DeepSeek, Alibaba, Microsoft, xAI, IBM, and Ollama's library",
  `
  gpt gpt-35 gpt-oss chatgpt o1 o3 o4 text-embedding text-davinci text-curie text-babbage text-ada davinci babbage codex
  claude gemini gemini-embedding gemma palm chat-bison text-bison textembedding-gecko text-multilingual-embedding
  mistral mixtral ministral codestral pixtral devstral magistral open-mistral open-mixtral open-codestral
  command embed rerank c4ai-aya c4ai-command aya
  llama codellama meta-llama titan titan-text titan-embed nova jamba j2 phi qwen qwq deepseek grok granite falcon dbrx
  nemotron kimi glm sonar voyage bge gte e5 multilingual-e5 all-minilm nomic-embed mxbai-embed snowflake-arctic-embed
  jina-embeddings command-generator
  gpt-5.6-sol gpt-5.6-terra gpt-5.6-luna gpt-5.6-cyber gpt-6-astra gpt-daybreak-red gpt-daybreak-blue daybreak-red
  daybreak-blue gpt-oss-safeguard gpt-5-search-api claude-fable claude-mythos
  gemini-robotics-er gemini-omni gemini-2.5-computer-use learnlm lyria-3 lyria-3.5
  open-mistral-nemo mistral-nemo codestral-mamba open-codestral-mamba voxtral labs-devstral labs-leanstral leanstral
  mistral-vibe-cli mistral-code-fim mistral-code-agent
  grok-build grok-4.20-multi-agent grok-4.20-multi-agent-beta
  llama-prompt-guard llama-guard qwen3-next qwen3-coder-next palmyra marengo-embed pegasus minimax jais mai cohere-embed
  fw-deepseek fw-glm fw-kimi fw-minimax fw-nemotron fw-inkling nemotron-lightning fw-nemotron-lightning
  `,
);

/** What vendors add to a family's name. */
export const MODEL_WORD: Vocabulary = vocabulary(
  "The vendors' public lists of models, as for the families",
  `
  mini nano micro small medium large base tiny lite light pro plus premier max ultra express flash fast turbo instant
  versatile nightly preview latest exp experimental beta stable instruct instructor it chat text image vision vl audio
  realtime transcribe search code coder codex math reasoning reasoner thinking deep research distill embed embedding
  embeddings embedder retrieval opus sonnet haiku ada babbage curie davinci scout maverick english multilingual
  multimodal en es de fr a r moe oss guard hf gguf awq gptq fp8 fp16 bf16 int4 int8 generator
  llama qwen mistral mixtral gemma phi nemotron
  non tts moe nemo speciale customtools nvfp4 ds super
  4096 8192 32768
  `,
);

/** What may stand before a family, besides a provider: the vendor in another's catalogue, or a region of Bedrock. */
export const MODEL_VENDOR: Vocabulary = vocabulary(
  "Amazon Bedrock's documentation: model ids and inference profiles; LiteLLM's and OpenRouter's documentation; " +
    "Hugging Face's organizations of the vendors",
  `
  moonshotai minimax minimaxai zai zai-org twelvelabs writer xai ibm-granite baai thenlper intfloat tiiuae databricks
  snowflake cohereforai coherelabs nousresearch allenai ai21labs jinaai mixedbread-ai nomic-ai
  converse invoke global-standard 1-month-commitment 6-month-commitment
  anthropic meta meta-llama amazon cohere mistral mistralai ai21 deepseek deepseek-ai google microsoft qwen openai
  nvidia x-ai us us-gov eu apac jp au ca global
  `,
);

/** Models whose published name does not follow the pattern of the others. */
export const MODEL_NAME: Vocabulary = vocabulary(
  "Rasa's documentation: embeddings and fine-tuned command generators; the models' own pages",
  `
  BAAI/bge-small-en-v1.5 BAAI/bge-base-en-v1.5 BAAI/bge-large-en-v1.5 BAAI/bge-m3
  sentence-transformers/all-MiniLM-L6-v2 sentence-transformers/all-mpnet-base-v2 all-MiniLM-L6-v2 all-mpnet-base-v2
  intfloat/multilingual-e5-large rasa/cmd_gen_codellama_13b_calm_demo
  meta-llama/Meta-Llama-3-8B-Instruct meta-llama/Meta-Llama-3.1-8B-Instruct meta-llama/Llama-3.1-8B-Instruct
  meta-llama/CodeLlama-13b-Instruct-hf mistralai/Mistral-7B-Instruct-v0.2 mistralai/Mixtral-8x7B-Instruct-v0.1
  chat-latest computer-use-preview azure/computer-use-preview openai/container azure/container azure_ai/model_router
  `,
);
