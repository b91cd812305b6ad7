// Written by `deno task drift --rasa FOLDER --write`, and reviewed as a difference. Words are only ever added.

import type { ReadWords } from "../definition.ts";

/** Words that were read from an installed Rasa. */
export const READ: ReadWords = {
  source: "rasa-pro 3.21.0 and before: the literal codes of errors",
  words: `
  agent.duplicated_name agent.flow_name_conflict agent.invalid_directory_structure agent.load_failed
  agent.missing_config_file agent.sub_agents_folder_not_found agent.validation.a2a.agent_card_file_not_found
  agent.validation.a2a.empty_agent_card agent.validation.a2a.invalid_agent_card_url
  agent.validation.a2a.lock_lifetime_too_short agent.validation.a2a.missing_agent_card
  agent.validation.endpoints.invalid_mcp_server agent.validation.endpoints.no_mcp_servers
  agent.validation.folder.config_validation_failed agent.validation.folder.missing_config
  agent.validation.folder.not_directory agent.validation.folder.not_found
  agent.validation.mandatory.agent_section_invalid agent.validation.mandatory.agent_section_missing
  agent.validation.mandatory.fields_missing agent.validation.mcp.empty_servers_list
  agent.validation.mcp.missing_connections agent.validation.mcp.server_missing_name
  agent.validation.optional.module_not_found agent.validation.optional.prompt_template_error
  agent.validation.pre_call_hook.a2a_only agent.validation.prompt_template_syntax_error
  agent.validation.pydantic.failed agent.validation.pydantic.invalid_protocol agent.validation.pydantic.type_error
  cli.path_does_not_exist cli.validate_config_path.does_not_exists cli.validate_files.empty_domain
  cli.validate_files.project_validation_error cli.validate_mandatory_config_keys.missing_keys
  command_parser.validate_custom_commands.invalid_command config.agent.invalid_privacy_section
  config.agent.invalid_section config.agent.missing_agent_yml_file config.agent.missing_orchestrator
  config.agent.missing_persona config.agent.missing_section config.engine_version.invalid_metadata
  config.engine_version.unsupported_value config.project_structure.invalid_generated_metadata
  config.project_structure.missing_agent_yml config.project_structure.missing_skills
  config.project_structure.mixed_layout config.session.invalid_expiration_time config.session.invalid_section
  core.policies.enterprise_search_policy.train datetime_utils.validate_datetime_configuration.invalid_timezone
  dialogue_understanding_test.validate_cli_arguments dialogue_understanding_test.validate_test_cases
  dialogue_understanding_test.validate_test_cases.no_domain e2e.assertions.incompatible
  e2e_test.utils.validation.invalid_test_case e2e_test.utils.validation.invalid_test_case_path
  e2e_test.utils.validation.missing_fixtures_or_metadata e2e_test_runner.validate_mocked_datetime.invalid_value_format
  e2e_test_runner.validate_mocked_datetime.invalid_value_type engine.validation. engine.validation.coexistance.
  engine.validation.coexistance.both_routers_defined engine.validation.coexistance.invalid_configuration
  engine.validation.coexistance.wrong_order_of_components
  engine.validation.command_generator.multiple_command_generator_defined
  engine.validation.component.api_type_config_key_invalid
  engine.validation.intentless_policy.no_applicable_responses_found
  engine.validation.validate_model_client_config_correctly_references_endpoints
  engine.validation.validate_model_client_configuration_setup
  engine.validation.validate_model_group_configuration_setup
  engine.validation.validate_model_group_configuration_setup.non_unique_model_group_ids
  engine.validation.validate_model_group_configuration_setup.router_not_present
  lock_store.get_lock_lifetime.invalid_ticket_lock_lifetime mantle.model_archive.bootstrap.config_load_failed
  mantle.model_archive.skills_index.load_failed mantle.model_archive.skills_index.missing
  mantle.validate_project.project_validation_error mantle.validation.action.unknown
  mantle.validation.config.duplicate_knowledge_store_id mantle.validation.config.duplicate_mcp_server_name
  mantle.validation.config.duplicate_model_group_id mantle.validation.config.invalid_agent_privacy
  mantle.validation.config.invalid_agent_section mantle.validation.config.invalid_agent_yml
  mantle.validation.config.invalid_event_broker mantle.validation.config.invalid_knowledge_store
  mantle.validation.config.invalid_lock_store mantle.validation.config.invalid_mcp_server
  mantle.validation.config.invalid_metrics mantle.validation.config.invalid_model_group
  mantle.validation.config.invalid_model_group_credentials mantle.validation.config.invalid_model_server
  mantle.validation.config.invalid_recordings mantle.validation.config.invalid_secrets_manager
  mantle.validation.config.invalid_timer_store mantle.validation.config.invalid_tracing
  mantle.validation.config.invalid_tracker_store mantle.validation.config.literal_secret
  mantle.validation.config.missing_agent_section mantle.validation.config.missing_agent_yml
  mantle.validation.config.missing_integrations mantle.validation.config.type_env_placeholder
  mantle.validation.config.unexpected_llm mantle.validation.config.unknown_integration_key
  mantle.validation.config.unknown_model_group mantle.validation.config.unsupported_integration_key
  mantle.validation.config.unused_model_group_models mantle.validation.default_skills.failed_to_load
  mantle.validation.default_skills.none_bundled mantle.validation.execute_step.invalid_session_parameter
  mantle.validation.execute_step.unknown_memory_key mantle.validation.flow.internal_not_callable
  mantle.validation.flow.next_missing_else mantle.validation.flow.unresolved_next
  mantle.validation.hooks.duplicate_modifier mantle.validation.hooks.import_failed
  mantle.validation.hooks.invalid_signature mantle.validation.hooks.non_async_handler
  mantle.validation.hooks.unknown_point mantle.validation.hooks.unsupported_control_signal
  mantle.validation.memory.collect_description_overrides mantle.validation.memory.collect_on_project
  mantle.validation.memory.default_skill_collect_initial_value mantle.validation.memory.description_not_exposed
  mantle.validation.memory.description_required mantle.validation.memory.project_llm_settable
  mantle.validation.memory.skill_seed mantle.validation.memory.undeclared_entry mantle.validation.precondition.cycle
  mantle.validation.precondition.invalid_satisfied_when mantle.validation.precondition.missing_binding
  mantle.validation.precondition.nested_resolver mantle.validation.precondition.self_resolve
  mantle.validation.precondition.unknown_resolver mantle.validation.prose.empty_if_condition
  mantle.validation.prose.incomplete_at_reference mantle.validation.prose.incomplete_memory_reference
  mantle.validation.prose.invalid_if_expression mantle.validation.prose.session_reference_in_instructions
  mantle.validation.prose.unknown_memory_key mantle.validation.prose.unknown_memory_reference
  mantle.validation.response.confirming_button_source_tool mantle.validation.response.default_required
  mantle.validation.response.empty_body mantle.validation.response.invalid_button_payload
  mantle.validation.response.invalid_condition mantle.validation.response.invalid_set_memory_value
  mantle.validation.response.invalid_variant_key mantle.validation.response.invalid_variant_shape
  mantle.validation.response.mcp_button_source_tool mantle.validation.response.missing
  mantle.validation.response.multiple_defaults mantle.validation.response.not_writable_memory_key
  mantle.validation.response.unbound_button_source mantle.validation.response.unknown_button_source_tool
  mantle.validation.response.unknown_memory_key mantle.validation.skill.duplicate_id
  mantle.validation.skill.failed_to_load mantle.validation.skill.invalid_id
  mantle.validation.skill.is_default_not_allowed mantle.validation.skill.missing_description
  mantle.validation.skill.multiple_entry_blocks mantle.validation.skill.no_entry_block
  mantle.validation.skill.reserved_id mantle.validation.skill.self_skill_not_callable
  mantle.validation.skill.silence_timeout_hangup_block mantle.validation.skill.unreachable_ordered_block
  mantle.validation.tool_constraint.unknown_on_success_or_failure
  mantle.validation.tool_constraint.unknown_requires_confirmation_response mantle.validation.tools.import_failed
  mantle.validation.tools.invalid_memory_validation_tool mantle.validation.tools.memory_manager_bypass
  mantle.validation.tools.reserved_name mantle.validation.tools.undeclared_memory_write
  mantle.validation.tools.unresolved_tool mantle.validation.unsupported_request_handler.missing_entry
  mantle.validation.unsupported_request_handler.missing_request_type
  mantle.validation.unsupported_request_handler.not_engine_managed mantle.validation.verbatim_trigger.unknown_response
  rasa.validator.verify_studio_supported_validations.empty_domain responses.registry.invalid_entry
  responses.registry.invalid_mapping responses.registry.invalid_variant skill.catalog.duplicate_id
  skill.catalog.load_failed skill.complete_when.invalid skill.complete_when.mapping_required
  skill.complete_when.requires_prose skill.import_tools.invalid_shared_tool skill.markdown.empty_prose_if_body
  skill.markdown.empty_prose_if_condition skill.markdown.invalid_block_reference
  skill.markdown.invalid_boolean_frontmatter skill.markdown.invalid_frontmatter
  skill.markdown.invalid_frontmatter_delimiter skill.markdown.invalid_import_tools
  skill.markdown.invalid_knowledge_answering skill.markdown.invalid_ordered_block skill.markdown.invalid_routing
  skill.markdown.invalid_step_target skill.markdown.invalid_tool_constraints skill.markdown.invalid_utter
  skill.markdown.missing_instructions skill.markdown.ordered_block_description_forbidden
  skill.markdown.ordered_block_routable_forbidden skill.markdown.unknown_frontmatter_key
  skill.markdown.unsupported_prose_elif skill.markdown.unsupported_prose_else skill.precondition.invalid
  skill.prose.bare_skill_mention skill.prose.hidden_skill_reference skill.referenced.invalid_block
  skill.referenced.invalid_target skill.requires.removed skill.step.invalid validation.a2a_server.engine_mismatch
  validation.a2a_server.incompatible_sanic_workers validation.a2a_server.incompatible_session_config
  validation.a2a_server.invalid_mantle_config validation.pre_call_hook.unresolved
  validation.sensitive_key_must_be_set_as_env_var validation.sensitive_key_string_value_must_be_set_as_env_var
  `,
};
