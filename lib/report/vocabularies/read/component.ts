// Written by `deno task drift --rasa FOLDER --write`, and reviewed as a difference. Words are only ever added.

import type { ReadWords } from "../definition.ts";

/** Words that were read from an installed Rasa. */
export const READ: ReadWords = {
  source: "rasa-pro 3.21.0 and before: the classes that are registered as components",
  words: `
  AugmentedMemoizationPolicy CRFEntityExtractor CompactLLMCommandGenerator ConveRTFeaturizer CountVectorsFeaturizer
  DIETClassifier DucklingEntityExtractor EnterpriseSearchPolicy EntitySynonymMapper FallbackClassifier FlowPolicy
  IntentBasedRouter IntentlessPolicy JiebaTokenizer KeywordIntentClassifier LLMBasedCommandGenerator LLMBasedRouter
  LLMCommandGenerator LanguageModelFeaturizer LexicalSyntacticFeaturizer LogisticRegressionClassifier
  MemoizationPolicy MitieEntityExtractor MitieFeaturizer MitieIntentClassifier MitieNLP MitieTokenizer
  MultiStepLLMCommandGenerator NLUCommandAdapter RegexEntityExtractor RegexFeaturizer RegexMessageHandler
  ResponseSelector RulePolicy SearchReadyLLMCommandGenerator SingleStepBasedLLMCommandGenerator
  SingleStepLLMCommandGenerator SklearnIntentClassifier SpacyEntityExtractor SpacyFeaturizer SpacyNLP SpacyTokenizer
  TEDPolicy UnexpecTEDIntentPolicy WhitespaceTokenizer
  `,
};
