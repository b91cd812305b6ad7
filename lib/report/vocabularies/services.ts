import { type Spelling, type Vocabulary, vocabulary } from "./definition.ts";
import { READ as BROKERS } from "./read/broker.ts";
import { READ as CHANNELS } from "./read/channel.ts";
import { READ as LOCK_STORES } from "./read/lock_store.ts";
import { READ as PROVIDERS } from "./read/provider.ts";
import { READ as TRACKER_STORES } from "./read/tracker_store.ts";

/** Rasa compares these types without their case: `type: SQL` is as good as `sql`. */
const ANY_CASE: Spelling = { anyCase: true };

const CHANNEL_SOURCE =
  `Rasa's documentation: messaging and voice channels (the names used in credentials.yml); ${CHANNELS.source}`;

const CHANNEL_WORDS = `${CHANNELS.words}
  cmdline rest socketio callback slack facebook telegram twilio twilio_voice twilio_media_streams audiocodes
  audiocodes_stream browser_audio genesys jambonz jambonz_stream vier_cvg botframework mattermost rocketchat
  webexteams hangouts rasa inspector studio_chat
  `;

/** The channels that a Rasa server can listen on. */
export const CHANNEL: Vocabulary = vocabulary(CHANNEL_SOURCE, CHANNEL_WORDS);

/** Who serves a language model or embeddings. */
export const PROVIDER: Vocabulary = vocabulary(
  `Rasa's documentation: LLM and embedding providers; LiteLLM's documentation: names of providers; ${PROVIDERS.source}`,
  `${PROVIDERS.words}
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
  `Rasa's documentation: tracker stores (types in endpoints.yml); ${TRACKER_STORES.source}`,
  `${TRACKER_STORES.words}
  redis sql mongod dynamo in_memory
  InMemoryTrackerStore RedisTrackerStore SQLTrackerStore MongoTrackerStore DynamoTrackerStore FailSafeTrackerStore
  AwaitableTrackerStore AuthRetryTrackerStore
  `,
  ANY_CASE,
);

/** What keeps two workers from answering in one conversation at a time. */
export const LOCK_STORE: Vocabulary = vocabulary(
  `Rasa's documentation: lock stores; ${LOCK_STORES.source}`,
  `${LOCK_STORES.words} redis in_memory concurrent_redis InMemoryLockStore RedisLockStore ConcurrentRedisLockStore`,
);

/** Where events of conversations are published: class names, and the short types of endpoints.yml. */
export const BROKER: Vocabulary = vocabulary(
  `Rasa's documentation: event brokers; ${BROKERS.source}`,
  `${BROKERS.words} pika kafka sql file PikaEventBroker KafkaEventBroker SQLEventBroker FileEventBroker`,
  ANY_CASE,
);

/** How a server that Rasa calls is reached. */
export const ENDPOINT: Vocabulary = vocabulary(
  "Rasa's documentation: endpoints.yml (action server, NLG server, model server)",
  "http grpc direct rest callback rephrase response",
  ANY_CASE,
);

/** Where traces go. */
export const TRACING: Vocabulary = vocabulary("Rasa's documentation: tracing", "jaeger otlp langfuse");

/** Where metrics go. */
export const METRICS: Vocabulary = vocabulary("Rasa's documentation: metrics", "otlp");

/** The kinds of channels that Rasa's second engine counts; `other` is its own word for those that aren't built in. */
export const CHANNEL_TYPE: Vocabulary = vocabulary(CHANNEL_SOURCE, `${CHANNEL_WORDS} other`);

/** The kinds of knowledge stores that Rasa's second engine counts; `other` is its own word for any it doesn't know. */
export const KNOWLEDGE_STORE: Vocabulary = vocabulary(
  "The public source of rasa-pro 3.21.0",
  "faiss milvus qdrant other",
);

/** Who turns speech into text. */
export const ASR_PROVIDER: Vocabulary = vocabulary(
  "The public source of rasa-pro 3.21.0: the engines of voice channels",
  "azure deepgram deepgram_flux elevenlabs",
);

/** Who turns text into speech. */
export const TTS_PROVIDER: Vocabulary = vocabulary(
  "The public source of rasa-pro 3.21.0: the engines of voice channels",
  "azure cartesia deepgram deepgram_flux elevenlabs rime",
);
