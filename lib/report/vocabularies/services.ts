import { type Vocabulary, vocabulary } from "./definition.ts";

/** The channels that a Rasa server can listen on. */
export const CHANNEL: Vocabulary = vocabulary(
  "Rasa's documentation: messaging and voice channels (the names used in credentials.yml)",
  `
  cmdline rest socketio callback slack facebook telegram twilio twilio_voice twilio_media_streams audiocodes
  audiocodes_stream browser_audio genesys jambonz jambonz_stream vier_cvg botframework mattermost rocketchat
  webexteams hangouts rasa inspector studio_chat
  `,
);

/** Who serves a language model or embeddings. */
export const PROVIDER: Vocabulary = vocabulary(
  "Rasa's documentation: LLM and embedding providers; LiteLLM's documentation: names of providers",
  `
  openai azure azure_ai anthropic cohere cohere_chat mistral bedrock sagemaker vertex_ai gemini huggingface
  huggingface_hub huggingface_local ollama ollama_chat groq deepseek together_ai fireworks_ai databricks watsonx xai
  perplexity openrouter replicate nvidia_nim hosted_vllm vllm ai21 voyage self-hosted rasa
  `,
);

/** Where documents for the enterprise search policy are indexed. */
export const VECTOR_STORE: Vocabulary = vocabulary(
  "Rasa's documentation: Enterprise Search Policy, vector stores",
  "faiss milvus qdrant opensearch",
);

/** Where conversations are kept: class names, and the short types of endpoints.yml. */
export const TRACKER_STORE: Vocabulary = vocabulary(
  "Rasa's documentation: tracker stores (types in endpoints.yml); the public source for the class names",
  `
  redis sql mongod dynamo in_memory
  InMemoryTrackerStore RedisTrackerStore SQLTrackerStore MongoTrackerStore DynamoTrackerStore FailSafeTrackerStore
  AwaitableTrackerStore AuthRetryTrackerStore
  `,
);

/** What keeps two workers from answering in one conversation at a time. */
export const LOCK_STORE: Vocabulary = vocabulary(
  "Rasa's documentation: lock stores",
  "redis in_memory concurrent_redis InMemoryLockStore RedisLockStore ConcurrentRedisLockStore",
);

/** Where events of conversations are published: class names, and the short types of endpoints.yml. */
export const BROKER: Vocabulary = vocabulary(
  "Rasa's documentation: event brokers",
  "pika kafka sql file PikaEventBroker KafkaEventBroker SQLEventBroker FileEventBroker",
);

/** How a server that Rasa calls is reached. */
export const ENDPOINT: Vocabulary = vocabulary(
  "Rasa's documentation: endpoints.yml (action server, NLG server, model server)",
  "http grpc direct rest callback",
);

/** Where traces go. */
export const TRACING: Vocabulary = vocabulary("Rasa's documentation: tracing", "jaeger otlp langfuse");

/** Where metrics go. */
export const METRICS: Vocabulary = vocabulary("Rasa's documentation: metrics", "otlp");
