import { type Vocabulary, vocabulary } from "./definition.ts";

/** A graph schema that is none: what Rasa Pro reports where no schema was written by hand. */
export const SCHEMA: Vocabulary = vocabulary("The example report in Rasa's telemetry documentation", "None");

/** How the configuration is turned into a graph. */
export const RECIPE: Vocabulary = vocabulary("Rasa's documentation: graph recipe", "default.v1 graph.v1");

/** How conversations are picked for the extraction of markers. */
export const STRATEGY: Vocabulary = vocabulary("Rasa's documentation: rasa evaluate markers", "all first_n sample_n");

/** Formats of training data and of test cases. */
export const FORMAT: Vocabulary = vocabulary(
  "Rasa's documentation: rasa data convert",
  "yaml json md csv xlsx xls",
  // Rasa gives the types of files with their dot, as paths have them.
  { anyCase: true, prefix: "." },
);
