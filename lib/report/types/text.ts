import type { Schema } from "./definition.ts";

/** Whether a value is a text that isn't empty. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The schema of texts that match a pattern. */
export function textSchema(pattern: string): Schema {
  return { type: "string", pattern };
}
