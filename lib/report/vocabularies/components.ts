import { type Vocabulary, vocabulary } from "./definition.ts";
import { READ } from "./read/component.ts";

/** What can be named in `pipeline` and `policies` without writing code: components, command generators, policies. */
export const COMPONENT: Vocabulary = vocabulary(
  `Rasa's documentation: NLU components, command generators, coexistence routers, dialogue policies; ${READ.source}`,
  `${READ.words}
  WhitespaceTokenizer JiebaTokenizer MitieTokenizer SpacyTokenizer
  CountVectorsFeaturizer LanguageModelFeaturizer LexicalSyntacticFeaturizer ConveRTFeaturizer MitieFeaturizer
  RegexFeaturizer SpacyFeaturizer
  DIETClassifier FallbackClassifier KeywordIntentClassifier LogisticRegressionClassifier MitieIntentClassifier
  SklearnIntentClassifier LLMIntentClassifier
  CRFEntityExtractor DucklingEntityExtractor EntitySynonymMapper MitieEntityExtractor RegexEntityExtractor
  SpacyEntityExtractor
  ResponseSelector MitieNLP SpacyNLP
  NLUCommandAdapter LLMCommandGenerator SingleStepLLMCommandGenerator MultiStepLLMCommandGenerator
  CompactLLMCommandGenerator SearchReadyLLMCommandGenerator
  LLMBasedRouter IntentBasedRouter
  TEDPolicy UnexpecTEDIntentPolicy MemoizationPolicy AugmentedMemoizationPolicy RulePolicy FlowPolicy IntentlessPolicy
  EnterpriseSearchPolicy
  `,
);

/** Names that stand first in a function's qualified name: the classes most often met in Rasa's own stack traces. */
export const CLASS: Vocabulary = vocabulary(
  "The public source of the rasa package",
  `
  Agent MessageProcessor TrackerStore InMemoryTrackerStore RedisTrackerStore DynamoTrackerStore MongoTrackerStore
  SQLTrackerStore FailSafeTrackerStore AwaitableTrackerStore AuthRetryTrackerStore LockStore InMemoryLockStore
  RedisLockStore ConcurrentRedisLockStore EventBroker PikaEventBroker KafkaEventBroker SQLEventBroker FileEventBroker
  InputChannel OutputChannel CollectingOutputChannel UserMessage Domain DialogueStateTracker DialogueStack Flow
  FlowsList FlowExecutor FlowStep FlowRetrieval Policy PolicyPrediction GraphTrainer GraphNode GraphSchema
  DaskGraphRunner LocalModelStorage Resource Recipe DefaultV1Recipe GraphV1Recipe TrainingCache LocalTrainingCache
  TrainingData TrainingDataImporter RasaFileImporter E2EImporter CoreDataImporter Message Features FeatureArray
  RasaModel RasaModelData TransformerRasaModel Action RemoteAction FormAction ActionExtractSlots
  NaturalLanguageGenerator TemplatedNaturalLanguageGenerator CallbackNaturalLanguageGenerator
  ContextualResponseRephraser EndpointConfig AvailableEndpoints StoryGraph StoryStep YAMLStoryReader RasaYAMLReader
  CommandGenerator LLMBasedCommandGenerator CommandProcessorComponent InformationRetrieval FAISS_Store
  Milvus_Store Qdrant_Store VoiceInputChannel ASREngine TTSEngine E2ETestRunner E2ETestConverter Validator Marker
  `,
);
