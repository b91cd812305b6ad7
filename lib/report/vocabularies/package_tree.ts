import { type Vocabulary, vocabulary } from "./definition.ts";
import { READ } from "./read/package_tree.ts";

const TOP = `
  agents anonymization api architecture_prototype builder cli constants core dialogue_understanding
  dialogue_understanding_test e2e_test engine env exceptions graph_components hooks importers jupyter keys
  llm_fine_tuning markers mcp_server memory_leak model model_manager model_service model_testing model_training nlu
  plugin privacy server shared studio telemetry tracing utils validator version voice __main__
`;

const CORE = `
  actions action action_clean_stack action_exceptions action_handle_digressions action_hangup action_llm_streaming
  action_repeat_bot_messages action_run_slot_rejections action_trigger_chitchat action_trigger_flow
  action_trigger_search custom_action_executor direct_custom_actions_executor e2e_stub_custom_action_executor
  flow_trigger_action flows forms grpc_custom_action_executor http_custom_action_executor loops two_stage_fallback
  agent auth_retry_tracker_store available_agents available_endpoints brokers broker file kafka pika sql
  channels audiocodes botframework callback channel console development_inspector facebook hangouts inspector mattermost
  rasa_chat rest rocketchat slack socketio studio_chat telegram twilio twilio_voice vier_cvg voice_aware voice_ready
  jambonz jambonz_protocol voice_stream asr asr_engine asr_event azure deepgram audio_bytes browser_audio call_state
  genesys signalwire tts cartesia rime tts_cache tts_engine twilio_media_streams voice_channel util webexteams
  concurrent_lock_store config configuration credentials_config endpoints_config message_procesing_config
  evaluation marker marker_base marker_stats marker_tracker_loader
  exporter featurizers precomputation single_state_featurizer tracker_featurizers
  http_interpreter information_retrieval faiss ingestion faq_parser information_retrieval milvus qdrant
  iam_credentials_providers jobs lock lock_store migrate nlg contextual_response_rephraser generator interpolator
  response summarize translate persistor policies ensemble enterprise_search_policy enterprise_search_policy_config
  flow_policy agent_executor flow_exceptions flow_executor flow_step_result mcp_tool_executor intentless_policy
  memoization policy rule_policy ted_policy unexpected_intent_policy processor redis_connection_factory run
  secrets_manager endpoints factory secret_manager vault test tracker_store tracker_stores dynamo_tracker_store
  mongo_tracker_store redis_tracker_store sql_tracker_store train training converters responses_prefix_converter
  interactive story_conflict visualize
`;

const NLU = `
  classifiers classifier diet_classifier fallback_classifier keyword_intent_classifier llm_intent_classifier
  logistic_regression_classifier mitie_intent_classifier regex_message_handler sklearn_intent_classifier
  convert emulators dialogflow emulator luis no_emulator wit extractors crf_entity_extractor duckling_entity_extractor
  entity_synonyms extractor mitie_entity_extractor regex_entity_extractor spacy_entity_extractor
  dense_featurizer convert_featurizer lm_featurizer mitie_featurizer spacy_featurizer featurizer sparse_featurizer
  count_vectors_featurizer lexical_syntactic_featurizer regex_featurizer selectors response_selector
  tokenizers jieba_tokenizer mitie_tokenizer spacy_tokenizer tokenizer whitespace_tokenizer
  bilou_utils hugging_face hf_transformers registry transformers_pre_post_processors mitie_utils pattern_utils
  spacy_utils
`;

const DIALOGUE_UNDERSTANDING = `
  coexistence intent_based_router llm_based_router commands can_not_handle_command cancel_flow_command
  change_flow_command chit_chat_answer_command clarify_command command command_syntax_manager continue_agent_command
  correct_slots_command error_command free_form_answer_command handle_code_change_command handle_digressions_command
  human_handoff_command knowledge_answer_command noop_command prompt_command repeat_bot_messages_command
  restart_agent_command restart_command session_end_command session_start_command set_slot_command
  skip_question_command start_flow_command user_silence_command
  _jinja_filters command_generator command_parser command_parser_validator flow_retrieval llm_based_command_generator
  llm_command_generator multi_step multi_step_llm_command_generator nlu_command_adapter single_step
  compact_llm_command_generator search_ready_llm_command_generator single_step_based_llm_command_generator
  single_step_llm_command_generator
  patterns cancel cannot_handle chitchat clarify clean_stack code_change collect_information completed
  continue_interrupted correction domain_for_patterns handle_digressions human_handoff internal_error repeat restart
  search session_end session_start skip_question user_silence validate_slot
  command_processor command_processor_component stack dialogue_stack frames chit_chat_frame dialogue_stack_frame
  flow_stack_frame pattern_frame search_frame
  command_comparison command_metric_calculation command_metrics du_test_case du_test_result du_test_runner exception
  test_case_simulation test_case_tracker_simulator
`;

const ENGINE = `
  caching graph language loader recipes default_components default_recipe graph_recipe recipe runner dask interface
  storage local_model_storage resource components fingerprinting graph_trainer validation
  adders nlu_prediction_to_history_adder nlu_message_converter providers domain_for_core_training_provider
  domain_provider domain_without_response_provider flows_provider forms_provider nlu_training_data_provider
  responses_provider rule_only_provider story_graph_provider training_tracker_provider validators config_validator
  default_recipe_validator finetuning_validator
`;

const SHARED = `
  agent_setup auth agent_auth_factory agent_auth_manager auth_strategy agent_auth_strategy api_key_auth_strategy
  bearer_token_auth_strategy oauth2_auth_strategy types command_payload_reader conversation domain events flow flow_path
  flow_step flow_step_links flow_step_sequence flows_list nlu_trigger steps branch call collect continuation end
  internal link no_operation set_slots start yaml_flows_io slot_mappings slots trackers training_data loading
  story_reader story_step_builder yaml_story_reader story_writer yaml_story_writer structures visualization data
  importer multi_project rasa remote_importer static interpreter entities_parser features formats rasa_yaml readerwriter
  lookup_tables_parser message schemas data_schema synonyms_parser _configs azure_entra_id_config
  azure_openai_client_config client_config default_litellm_client_config huggingface_local_embedding_client_config
  litellm_router_client_config model_group_config oauth_config openai_client_config rasa_llm_client_config
  self_hosted_llm_client_config _ssl_verification_utils _utils embedding _base_litellm_embedding_client
  _langchain_embedding_client_adapter azure_openai_embedding_client default_litellm_embedding_client embedding_client
  embedding_response huggingface_local_embedding_client litellm_router_embedding_client openai_embedding_client llm
  _base_litellm_client azure_openai_llm_client default_litellm_llm_client litellm_router_llm_client llm_client
  llm_response openai_llm_client rasa_llm_client self_hosted_llm_client mappings openai clients session_handler router
  _base_litellm_router_client router_client common configs datetime_utils domain_resolver health_check
  embeddings_health_check_mixin llm_health_check_mixin io mcp server_connection pykwalify_extensions pypred
  safetensors_io text text_length_validators tiktoken_utils yaml
`;

const TOOLS = `
  arguments chat default_arguments evaluate export inspect shell show license project_templates scaffold download
  pull push upload x aggregate_test_stats_calculator assertions command_annotation annotate_e2e_tests_with_commands
  data_convert_e2e e2e_config e2e_test_case e2e_test_converter e2e_test_coverage_report e2e_test_result
  e2e_test_runner e2e_yaml_utils stub_custom_action fixture_utils generative_assertions annotation_module
  conversation_storage conversations llm_data_preparation_module paraphrasing conversation_rephraser
  rephrase_validator rephrased_user_message paraphrasing_module train_test_split_module model_api runner_service
  socket_bridge studio_jwt_auth trainer_service warm_rasa_process event_broker_utils privacy_config privacy_filter
  privacy_manager data_handler error_handler prompts results_logger instrumentation attribute_extractors
  intentless_policy_instrumentation metrics backend_tracing_config langfuse_config metric_instrument_provider
  metrics_config beta endpoints json_utils licensing log_utils mapper ml_utils openapi otel plotting
  sanic_error_handler singleton tensorflow callback crf data_generator environment feature_array layers
  layers_utils model_data model_data_utils models rasa_layers transformer train_utils url_tools
  anonymisation_rule_yaml_reader anonymization_pipeline anonymization_rule_executor anonymization_rule_orchestrator
  agent_factory agent_manager agent_protocol protocol a2a a2a_agent mcp_base_agent mcp_open_agent mcp_task_agent
  agent_input agent_output agent_tool_context agent_tool_result agent_tool_schema copilot document_retrieval
`;

/** Names of the modules of Rasa's package, without project templates: theirs are about banking, as a user's are. */
export const PACKAGE_TREE: Vocabulary = vocabulary(
  `The public source of the rasa package: names of its modules and sub-packages; ${READ.source}`,
  READ.words + TOP + CORE + NLU + DIALOGUE_UNDERSTANDING + ENGINE + SHARED + TOOLS,
);
