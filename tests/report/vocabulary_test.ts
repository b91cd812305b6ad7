// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import { assertEquals } from "@std/assert";
import { vocabulary } from "../../lib/report/vocabularies/definition.ts";
import { CLASS_NAMES, VOCABULARIES, type Vocabulary } from "../../lib/report/vocabulary.ts";
import { FUNCTION_WORD } from "../../lib/report/vocabularies/function_words.ts";
import { LANGUAGE, REGION, SCRIPT } from "../../lib/report/vocabularies/languages.ts";
import { MODEL_FAMILY, MODEL_NAME, MODEL_VENDOR, MODEL_WORD } from "../../lib/report/vocabularies/models.ts";
import { PACKAGE_TREE } from "../../lib/report/vocabularies/package_tree.ts";

/** Each vocabulary with the shape that its words have: a slip of the keyboard has another. */
const SHAPES: readonly (readonly [string, Vocabulary, RegExp])[] = [
  ...Object.entries(VOCABULARIES).map(([name, words]) => [name, words, /^[A-Za-z][A-Za-z0-9_.-]*$/] as const),
  ["language", LANGUAGE, /^[a-z]{2,3}$/],
  ["script", SCRIPT, /^[A-Z][a-z]{3}$/],
  ["region", REGION, /^(?:[A-Z]{2}|[0-9]{3})$/],
  ["model family", MODEL_FAMILY, /^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$/],
  ["model word", MODEL_WORD, /^[a-z0-9]+$/],
  ["model vendor", MODEL_VENDOR, /^[a-z0-9]+(?:-[a-z0-9]+)*$/],
  ["model name", MODEL_NAME, /^[A-Za-z0-9/._-]+$/],
  ["package tree", PACKAGE_TREE, /^_{0,2}[a-z0-9]+(?:_[a-z0-9]+)*(?:__)?$/],
  ["function word", FUNCTION_WORD, /^[a-z0-9]+$/],
];

for (const [name, { words, source }, shape] of SHAPES) {
  Deno.test(`VOCABULARIES: the words of ${name} have its shape, and a source`, () => {
    assertEquals(words.filter((word) => !shape.test(word)), []);
    assertEquals(words.length, new Set(words).size);
    assertEquals(source === "", false);
  });
}

/** Words that each vocabulary must hold at least: those that real configurations use. */
const EXPECTED: Readonly<Record<string, string>> = {
  component:
    "WhitespaceTokenizer DIETClassifier LLMIntentClassifier CRFEntityExtractor ResponseSelector MitieNLP SpacyNLP " +
    "NLUCommandAdapter SearchReadyLLMCommandGenerator TEDPolicy UnexpecTEDIntentPolicy EnterpriseSearchPolicy",
  channel: "cmdline rest socketio callback slack facebook telegram twilio twilio_voice audiocodes audiocodes_stream " +
    "browser_audio chirp json_audio signalwire vonage websockets_voice genesys jambonz vier_cvg botframework mattermost rocketchat webexteams hangouts rasa inspector studio_chat",
  provider:
    "openai azure anthropic cohere mistral bedrock sagemaker vertex_ai gemini huggingface huggingface_local ollama " +
    "groq self-hosted rasa",
  vector_store: "faiss milvus qdrant opensearch",
  tracker_store: "redis sql mongod dynamo in_memory SQLTrackerStore",
  lock_store: "redis in_memory",
  broker: "pika kafka sql file concurrent_kafka PikaEventBroker ConcurrentKafkaEventBroker",
  endpoint: "http grpc direct rest callback rephrase response",
  tracing: "jaeger otlp langfuse",
  metrics: "otlp",
  schema: "None",
  recipe: "default.v1 graph.v1",
  strategy: "all first_n sample_n",
  format: "yaml json md csv xlsx xls",
  channel_type: "chirp socketio websockets_voice other",
  knowledge_store: "faiss milvus qdrant other",
  asr_provider: "azure deepgram deepgram_flux elevenlabs",
  tts_provider: "azure cartesia deepgram deepgram_flux elevenlabs rime",
  error_code: "config.agent.missing_persona skill.markdown.invalid_utter agent.load_failed",
  log_id: "validator.empty_response validator.verify_intents.not_in_domain",
  error: "ValueError KeyError FileNotFoundError RasaException GraphComponentException",
};

for (const [name, { words }] of Object.entries<Vocabulary>(VOCABULARIES)) {
  Deno.test(`VOCABULARIES: ${name} has the words that configurations use`, () => {
    const expected = (EXPECTED[name] ?? "nothing listed").split(" ");
    assertEquals(expected.filter((word) => !words.includes(word)), []);
  });
}

Deno.test("CLASS_NAMES has components and errors", () => {
  assertEquals(
    ["FlowPolicy", "ValueError", "Agent"].filter((name) => !CLASS_NAMES.some((names) => names.has(name))),
    [],
  );
});

for (const [name, { words, source }] of SHAPES) {
  Deno.test(`vocabulary finds every word of ${name} and no part of one, however often it is asked`, () => {
    for (const text of [words.join(" "), `\n  ${words.join("\n  ")}\n  `]) {
      const own = vocabulary(source, text);
      for (let round = 0; round < 3; round++) {
        for (const word of words) {
          assertEquals(own.has(word), true, word);
          const others = [
            `${word}x`,
            `x${word}`,
            word.slice(1),
            word.slice(0, -1),
            ` ${word}`,
            `${word}\n`,
            `${word} ${word}`,
          ];
          for (const other of others) assertEquals(own.has(other), words.includes(other), other);
        }
      }
      assertEquals([own.has(""), own.has(" "), own.has("\n"), own.has(text)], [false, false, false, text === words[0]]);
    }
  });
}

for (
  const [name, given, expected] of [
    ["tracker_store", "SQL", "sql"],
    ["tracker_store", "Redis", "redis"],
    ["tracker_store", "sqltrackerstore", "SQLTrackerStore"],
    ["broker", "PIKA", "pika"],
    ["endpoint", "Rephrase", "rephrase"],
    ["format", ".csv", "csv"],
    ["format", ".XLSX", "xlsx"],
    ["format", "..csv", undefined],
    ["channel", "REST", undefined],
    ["lock_store", "Redis", undefined],
    ["tracker_store", "acme.SQL", undefined],
    ["tracker_store", "\u212aafka", undefined],
    ["broker", "\u212aafka", undefined],
    ["broker", "K".repeat(1_000_000), undefined],
  ] as const
) {
  const label = JSON.stringify(given.slice(0, 40));
  Deno.test(`VOCABULARIES: ${name} finds ${expected ?? "nothing"} for ${label}`, () => {
    assertEquals(VOCABULARIES[name].find(given), expected);
  });
}
