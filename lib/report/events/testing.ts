// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { bool, type EventRule, id, int, nullable, type Rules, word } from "../rule.ts";

const SECTION = "Model testing";

const SIZE = "How large tests get, so that the tools fit them";
const TEST_DATA = "How much data models are tested with";
const ASSERTIONS = "Which assertions to develop and to document";

const ASSERTED: Rules = {
  flow_started_count: int("Number of assertions that a flow started", ASSERTIONS),
  flow_completed_count: int("Number of assertions that a flow was completed", ASSERTIONS),
  flow_cancelled_count: int("Number of assertions that a flow was cancelled", ASSERTIONS),
  pattern_clarification_contains_count: int("Number of assertions about what is offered for clarification", ASSERTIONS),
  action_executed_count: int("Number of assertions that an action was run", ASSERTIONS),
  slot_was_set_count: int("Number of assertions that a slot was set", ASSERTIONS),
  slot_was_not_set_count: int("Number of assertions that a slot was not set", ASSERTIONS),
  bot_uttered_count: int("Number of assertions about what the assistant says", ASSERTIONS),
  generative_response_is_relevant_count: int("Number of assertions that a generated answer is relevant", ASSERTIONS),
  generative_response_is_grounded_count: int("Number of assertions that a generated answer is grounded", ASSERTIONS),
};

/** Events of testing a model. */
export const TESTING: readonly EventRule[] = [
  {
    name: "Model Core Tested",
    section: SECTION,
    announced: 1,
    description: "The dialogue part of a model is tested with stories",
    properties: {
      project: nullable(
        id("The fingerprint of the project that the model was trained from", "Groups the tests of one project"),
      ),
      end_to_end: bool("Whether the tests are end to end", "Which kind of test to develop"),
      num_story_steps: int("Number of steps in the test stories", SIZE),
    },
  },
  {
    name: "Model NLU Tested",
    section: SECTION,
    announced: 1,
    description: "The understanding part of a model is tested",
    properties: {
      num_intent_examples: int("Number of examples of intents in the test data", TEST_DATA),
      num_entity_examples: int("Number of examples of entities in the test data", TEST_DATA),
      num_lookup_tables: int("Number of lookup tables in the test data", TEST_DATA),
      num_synonyms: int("Number of synonyms of entities in the test data", TEST_DATA),
      num_regexes: int("Number of regular expressions in the test data", TEST_DATA),
    },
  },
  {
    name: "E2E Test Run Started",
    section: SECTION,
    announced: 1,
    description: "A run of end-to-end test cases begins; assertions are counted where they are used",
    properties: {
      number_of_test_cases: int("Number of test cases", SIZE),
      number_of_fixtures: int("Number of different fixtures, each counted once", SIZE),
      number_of_metadata: int("Number of metadata entries", SIZE),
      uses_fixtures: bool("Whether fixtures are used", "Whether fixtures are worth developing"),
      uses_metadata: bool("Whether metadata is used", "Whether metadata is worth developing"),
      uses_assertions: bool("Whether assertions are used", "Whether assertions are worth developing"),
      ...ASSERTED,
    },
  },
  {
    name: "E2E Test Conversion Completed",
    section: SECTION,
    announced: 1,
    description: "Sample conversations were converted to end-to-end test cases",
    properties: {
      file_type: word("format")("The format of the sample conversations", "Which formats to support"),
      test_case_count: int("Number of test cases made", SIZE),
    },
  },
];
