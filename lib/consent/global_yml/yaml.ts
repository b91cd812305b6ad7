import { parse } from "@std/yaml";
import { isObject } from "../../json_object.ts";
import { parseMachineId } from "../../machine_id.ts";
import type { Configuration } from "../rules.ts";
import { canonicalDate } from "./plain.ts";

/**
 * The mapping at the top, with every scalar as text; undefined where the text isn't a mapping, empty where it is empty.
 */
export function parseRoot(text: string): Record<string, unknown> | undefined {
  try {
    const root: unknown = parse(text, { schema: "failsafe" });
    return root === null || root === undefined || root === "" ? {} : asMapping(root);
  } catch (error) {
    // The parser throws SyntaxError for bad YAML, and RangeError where nesting exhausts the stack.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** The value as a mapping; undefined where it is anything else. */
export function asMapping(value: unknown): Record<string, unknown> | undefined {
  return isObject(value) ? value : undefined;
}

/** What the text says about telemetry. Never throws: what can't be understood is `broken`. */
export function parseYaml(text: string): Configuration {
  const root = parseRoot(text);
  if (root === undefined) return { kind: "broken", problem: "it is not a YAML mapping" };
  if (!Object.hasOwn(root, "metrics")) return { kind: "silent", fileExists: true };
  const metrics = asMapping(root["metrics"]);
  const enabled = parseBoolean(metrics?.["enabled"]);
  if (metrics === undefined || enabled === undefined) {
    return { kind: "broken", problem: 'its "metrics" has no "enabled" that is true or false' };
  }
  const traits = asMapping(root["traits"]);
  const date = metrics["date"];
  return {
    kind: "stored",
    stored: {
      enabled,
      // Traits are not sent where their own switch can't be understood.
      traitsEnabled: enabled &&
        (traits === undefined ? !Object.hasOwn(root, "traits") : parseBoolean(traits["enabled"]) === true),
      machineId: parseMachineId(metrics["rasa_user_id"]),
      date: typeof date === "string" ? canonicalDate(date) : "",
    },
  };
}

/** Undefined for a word that is neither. Source of the words: YAML 1.1, which Rasa's own reader follows. */
function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value !== "string") return undefined;
  const word = value.toLowerCase();
  if (["true", "yes", "on"].includes(word)) return true;
  return ["false", "no", "off"].includes(word) ? false : undefined;
}
