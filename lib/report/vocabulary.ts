import { CLASS, COMPONENT } from "./vocabularies/components.ts";
import type { Vocabulary } from "./vocabularies/definition.ts";
import { ERROR, ERROR_CODE, LOG_ID } from "./vocabularies/errors.ts";
import { FORMAT, RECIPE, SCHEMA, STRATEGY } from "./vocabularies/project.ts";
import {
  ASR_PROVIDER,
  BROKER,
  CHANNEL,
  CHANNEL_TYPE,
  ENDPOINT,
  KNOWLEDGE_STORE,
  LOCK_STORE,
  METRICS,
  PROVIDER,
  TRACING,
  TRACKER_STORE,
  TTS_PROVIDER,
  VECTOR_STORE,
} from "./vocabularies/services.ts";

export type { Vocabulary } from "./vocabularies/definition.ts";

/** What is reported in place of a word that isn't published. */
export const CUSTOM = "custom";

/** The vocabularies that properties name, by the name that the catalogue shows in brackets. */
export const VOCABULARIES = {
  component: COMPONENT,
  channel: CHANNEL,
  channel_type: CHANNEL_TYPE,
  provider: PROVIDER,
  vector_store: VECTOR_STORE,
  knowledge_store: KNOWLEDGE_STORE,
  asr_provider: ASR_PROVIDER,
  tts_provider: TTS_PROVIDER,
  tracker_store: TRACKER_STORE,
  lock_store: LOCK_STORE,
  broker: BROKER,
  endpoint: ENDPOINT,
  tracing: TRACING,
  metrics: METRICS,
  schema: SCHEMA,
  recipe: RECIPE,
  strategy: STRATEGY,
  format: FORMAT,
  error: ERROR,
  error_code: ERROR_CODE,
  log_id: LOG_ID,
} as const satisfies Record<string, Vocabulary>;

/** The name of a vocabulary. */
export type VocabularyName = keyof typeof VOCABULARIES;

/** The vocabularies of the classes that may stand in a function's qualified name. */
export const CLASS_NAMES: readonly Vocabulary[] = [COMPONENT, ERROR, CLASS];
