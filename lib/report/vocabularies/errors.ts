import { type Vocabulary, vocabulary } from "./definition.ts";
import { READ } from "./read/error.ts";
import { READ as CODES } from "./read/error_code.ts";
import { READ as LOG_IDS } from "./read/log_id.ts";

const PYTHON = `
  BaseException BaseExceptionGroup GeneratorExit KeyboardInterrupt SystemExit
  Exception ExceptionGroup ArithmeticError AssertionError AttributeError BufferError EOFError ImportError LookupError
  MemoryError NameError OSError ReferenceError RuntimeError StopAsyncIteration StopIteration SyntaxError SystemError
  TypeError ValueError Warning
  FloatingPointError OverflowError ZeroDivisionError ModuleNotFoundError IndexError KeyError UnboundLocalError
  EnvironmentError IOError WindowsError
  BlockingIOError ChildProcessError ConnectionError BrokenPipeError ConnectionAbortedError ConnectionRefusedError
  ConnectionResetError FileExistsError FileNotFoundError InterruptedError IsADirectoryError NotADirectoryError
  PermissionError ProcessLookupError TimeoutError
  NotImplementedError PythonFinalizationError RecursionError IndentationError TabError
  UnicodeError UnicodeDecodeError UnicodeEncodeError UnicodeTranslateError
  BytesWarning DeprecationWarning EncodingWarning FutureWarning ImportWarning PendingDeprecationWarning
  ResourceWarning RuntimeWarning SyntaxWarning UnicodeWarning UserWarning
`;

const RASA = `
  RasaException RasaCoreException InvalidParameterException YamlException YamlSyntaxException FileNotFoundException
  FileIOException InvalidConfigException UnsupportedFeatureException SchemaValidationError
  InvalidEntityFormatException ConnectionException ProviderClientAPIException LLMToolResponseDecodeError
  ProviderClientValidationError FinetuningDataPreparationException AgentInitializationException
  AgentAuthInitializationException AuthenticationError
  ModelNotFound NoEventsToMigrateError NoConversationsInTrackerStoreError NoEventsInTimeRangeError
  MissingDependencyException PublishingError ActionLimitReached DetailedRasaException HealthCheckError ValidationError
  GraphRunError GraphComponentException GraphSchemaException GraphSchemaValidationException InvalidRecipeException
  AgentNotReady UnsupportedDialogueModelError ActionExecutionRejection ActionNotFoundException DomainNotFound
  InvalidDomain InvalidSlotTypeException InvalidSlotConfigError StoryParseError StoryParseException
  TrackerDeserialisationException InvalidTrackerFeaturizerUsageError InvalidPolicyConfig PolicyException InvalidRule
  LockError TicketExistsError InvalidModelError UnsupportedModelError UnsupportedLanguageError MissingArgumentError
  TFLayerConfigException TFModelConfigException ClientResponseError UnsupportedModelVersionError
  ModelArchiveException EmptyDataDirException
  FlowException FlowCircuitBreakerTrippedException NoNextStepInFlowException UnkownActionForFlowException
  UnreachableFlowStepException MissingNextLinkException ReservedFlowStepIdException DuplicatedStepIdException
  InvalidExitIfConditionException ExitIfExclusivityException DuplicatedFlowIdException MissingElseBranchException
  NoNextAllowedForLinkException ReferenceToPatternException PatternReferencedPatternException
  PatternReferencedFlowException NoLinkAllowedInCalledFlowException UnresolvedLinkFlowException
  UnresolvedCallStepException InvalidMCPServerReferenceException InvalidMCPMappingSlotException
  UnresolvedFlowStepIdException UnresolvedFlowException EmptyStepSequenceException EmptyFlowException
  MissingFlowDescriptionException DuplicateNLUTriggerException SlotNamingException FlowIdNamingException
  DuplicateSlotPersistConfigException InvalidPersistSlotsException
  VectorStoreConnectionError VectorStoreConfigurationError InformationRetrievalException ASRConfigError TTSError
  LicenseValidationException LicenseSignatureInvalidException LicenseSchemaException LicenseExpiredException
  LicenseNotYetValidException LicenseNotFoundException LicenseScopeException LicenseEncodingException
`;

/** The kinds of error that are reported by name. A class that a user or another library defines is `custom`. */
export const ERROR: Vocabulary = vocabulary(
  `Python's documentation: built-in exceptions; ${READ.source}`,
  PYTHON + RASA + READ.words,
);

/** The codes that Rasa gives to errors in a project. */
export const ERROR_CODE: Vocabulary = vocabulary(CODES.source, CODES.words);

/** What Rasa's check of a project finds: the names under which it logs a finding. */
export const LOG_ID: Vocabulary = vocabulary(LOG_IDS.source, LOG_IDS.words);
