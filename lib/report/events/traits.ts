// deno-lint-ignore-file camelcase -- the keys are the names on the wire
import { nullable, presence, type Rules, word } from "../rule.ts";

const OPERATION = "Which ways of monitoring a server to support and test";

/** What `identify` reports once per server start. */
export const TRAITS: Rules = {
  tracing_backend: nullable(word("tracing")("Where traces go; never the address", OPERATION)),
  metrics_backend: nullable(word("metrics")("Where metrics go; never the address", OPERATION)),
  anonymization_rules: presence(
    "Whether rules for anonymization are set; never the rules",
    "How many servers anonymize what they store",
  ),
};
