// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { bool, type EventRule, int, nullable, number, oneOf, type Rules, word } from "../rule.ts";

const SECTION = "Data handling";

const TOOLS = "Which of the tools for training data are used, and on what";
const EXPORTS = "Between which stores and brokers to support exports, and at what size";
const MARKERS = "How markers are used, and how large they get";

const EXTRACTED: Rules = { trackers_count: int("Number of conversations that were looked at", MARKERS) };

const CHECKS = "Which mistakes in projects are made most, so that they are explained or prevented";

/** Events of handling training data and conversations. */
export const DATA: readonly EventRule[] = [
  {
    name: "Training Data Split",
    section: SECTION,
    announced: 1,
    description: "Training data is split into data to train and data to test with",
    properties: {
      fraction: number("The share that is kept for training, from 0 to 1", TOOLS),
      type: oneOf("nlu", "core", "rasa")("The kind of training data", TOOLS),
    },
  },
  {
    name: "Training Data Validated",
    section: SECTION,
    announced: 1,
    description: "Training data is checked for mistakes",
    properties: { validation_success: bool("Whether no mistake was found", "How often the check finds a mistake") },
  },
  {
    name: "Validation Error Logged",
    section: SECTION,
    announced: 1,
    description: "The check of a project finds a mistake; nothing of the project is reported",
    properties: {
      log_level: oneOf("warning", "error")("How bad the mistake is", CHECKS),
      log_id: word("log_id")("Which of Rasa's checks found it; never what it found", CHECKS),
    },
  },
  {
    name: "Training Data Converted",
    section: SECTION,
    announced: 1,
    description: "Training data is converted to another format",
    properties: {
      output_format: word("format")("The format it is converted to", TOOLS),
      type: oneOf("nlu", "core", "config", "nlg")("The kind of training data", TOOLS),
    },
  },
  {
    name: "Tracker Exported",
    section: SECTION,
    announced: 1,
    description: "Conversations are exported from a tracker store to an event broker",
    properties: {
      number_of_exported_events: int("Number of events exported; never the events", EXPORTS),
      tracker_store: word("tracker_store")("The type of the tracker store", EXPORTS),
      event_broker: word("broker")("The type of the event broker", EXPORTS),
    },
  },
  {
    name: "Upload to Studio Failed",
    section: SECTION,
    announced: 1,
    description: "A project could not be uploaded to Rasa Studio; the server's answer is not reported",
    properties: {},
  },
  {
    name: "Story Visualization Started",
    section: SECTION,
    announced: 1,
    description: "Stories are drawn as a graph",
    properties: {},
  },
  {
    name: "Markers Extraction Initiated",
    section: SECTION,
    announced: 1,
    description: "The extraction of markers from conversations begins",
    properties: {
      strategy: word("strategy")("How conversations are picked", MARKERS),
      only_extract: bool("Whether statistics are left out", MARKERS),
      seed: bool("Whether a seed for random picks was given; never the seed", MARKERS),
      count: nullable(int("Number of conversations to pick, if it is limited", MARKERS)),
    },
  },
  {
    name: "Markers Extracted",
    section: SECTION,
    announced: 1,
    description: "Markers were extracted from conversations",
    properties: EXTRACTED,
  },
  {
    name: "Markers Statistics Computed",
    section: SECTION,
    announced: 1,
    description: "Statistics about extracted markers were computed",
    properties: EXTRACTED,
  },
  {
    name: "Markers Parsed",
    section: SECTION,
    announced: 1,
    description: "The configuration of markers was read",
    properties: {
      marker_count: int("Number of markers", MARKERS),
      max_depth: int("How deep markers are nested", MARKERS),
      branching_factor: int("The most parts that one marker has", MARKERS),
    },
  },
];
