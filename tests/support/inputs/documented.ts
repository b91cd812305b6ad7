export { TRAINING_STARTED } from "../../../scripts/support/training_started.ts";

/** The documented example's top-level keys, in order, and what this program puts behind them. */
export const REPORT_KEYS = ["userId", "event", "properties", "context", "messageId", "timestamp"];

/** The documented example's context keys, in order, and what this program puts behind them. */
export const CONTEXT_KEYS = [
  "os",
  "ci",
  "project",
  "python",
  "rasa_pro",
  "cpu",
  "docker",
  "license_hash",
  "company",
  "gpu",
  "cloud",
];
