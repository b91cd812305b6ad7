// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import { parse } from "@std/yaml";
import { isObject } from "../../json_object.ts";
import { parseMachineId } from "../../machine_id.ts";
import type { Configuration } from "../rules.ts";
import { canonicalDate, parsePlain } from "./plain.ts";

/** The sections that Rasa keeps a telemetry choice in: `metrics` for events, `traits` for traits. */
const SECTIONS = ["metrics", "traits"] as const;

/** What to store in both sections. An id that is stored already is kept. */
export interface Choice {
  readonly enabled: boolean;
  readonly machineId: string;
  readonly date: string;
}

/** What was parsed last: it is asked anew before each request, and is nearly always the same. */
let last: { readonly text: string; readonly configuration: Configuration } | undefined;

/** What the text of a `global.yml` says about telemetry. Never throws: what can't be understood is `broken`. */
export function parseConfiguration(text: string): Configuration {
  if (last?.text !== text) last = { text, configuration: parsePlain(text) ?? parseYaml(text) };
  return last.configuration;
}

function parseYaml(text: string): Configuration {
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
      // Traits whose own switch can't be understood are not sent.
      traitsEnabled: enabled &&
        (traits === undefined ? !Object.hasOwn(root, "traits") : parseBoolean(traits["enabled"]) === true),
      machineId: parseMachineId(metrics["rasa_user_id"]),
      date: typeof date === "string" ? canonicalDate(date) : "",
    },
  };
}

/**
 * The text with the choice in both sections, and everything else as it was, comments included. Undefined where that can't be
 * done with certainty: then the file must stay as it is.
 */
export function patchConfiguration(text: string, choice: Choice): string | undefined {
  const before = parseRoot(text);
  if (before === undefined) return undefined;
  const endOfLine = text.includes("\r\n") ? "\r\n" : "\n";
  // An empty mapping in flow style leaves no room for keys.
  let lines = (/^\s*\{\s*\}\s*$/.test(text) ? "" : text).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const expected: Record<string, unknown> = { ...before };
  for (const section of SECTIONS) {
    const old = asMapping(before[section]);
    const machineId = parseMachineId(old?.["rasa_user_id"]) ??
      parseMachineId(asMapping(before["metrics"])?.["rasa_user_id"]) ??
      choice.machineId;
    const kept = old?.["rasa_user_id"];
    const values: Record<string, string> = {
      enabled: String(choice.enabled),
      // As it is in the file where it is valid, so that only what has to change does.
      rasa_user_id: typeof kept === "string" && parseMachineId(kept) === machineId ? kept : machineId,
      date: choice.date,
    };
    lines = patchSection(lines, section, values);
    expected[section] = { ...old, ...values };
  }
  const patched = lines.join(endOfLine) + endOfLine;
  const after = parseRoot(patched);
  return after !== undefined && sameValue(after, expected) ? patched : undefined;
}

/** Sets the values in a section written in block style, or appends the section. Whether it worked is for the caller to check. */
function patchSection(lines: readonly string[], section: string, values: Readonly<Record<string, string>>): string[] {
  const start = lines.findIndex((line) => new RegExp(`^(["']?)${section}\\1\\s*:`).test(line));
  if (start === -1) {
    return [
      ...lines,
      `${section}:`,
      ...Object.entries(values).map(([key, value]) => `  ${key}: ${scalar(value)}`),
    ];
  }
  let end = start + 1;
  while (end < lines.length && /^(\s|#|$)/.test(lines[end]!)) end++;
  // Comments and blank lines before the next key belong to that key.
  while (end > start + 1 && /^(#|\s*$)/.test(lines[end - 1]!)) end--;
  const inFlow = /:\s*(\{|null\b|~)/.test(lines[start]!);
  const head = inFlow ? `${section}:` : lines[start]!;
  const body = inFlow ? [] : lines.slice(start + 1, end);
  const indent = /^\s+(?=[^\s#])/.exec(body.find((line) => /^\s+[^\s#]/.test(line)) ?? "")?.[0] ?? "  ";
  for (const [key, value] of Object.entries(values)) {
    const pattern = new RegExp(
      `^${indent}(["']?)${key}\\1\\s*:[ \\t]*(?:'[^']*'|"[^"]*"|[^#\\s]\\S*(?: [^#\\s]\\S*)*)?([ \\t]+#.*)?\\s*$`,
    );
    const at = body.findIndex((line) => pattern.test(line));
    const comment = at === -1 ? "" : pattern.exec(body[at]!)?.[2] ?? "";
    const line = `${indent}${key}: ${scalar(value)}${comment}`;
    if (at === -1) body.push(line);
    else body[at] = line;
  }
  return [...lines.slice(0, start), head, ...body, ...lines.slice(end)];
}

/** Quoted unless it is a plain word or a timestamp: an id of digits alone would be read as a number. */
function scalar(value: string): string {
  return /^(true|false|\d{4}-[\d-]+T[\d:.]+Z)$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

/** The mapping at the top, with every scalar as the text it is; an empty document is an empty mapping. */
function parseRoot(text: string): Record<string, unknown> | undefined {
  try {
    const root: unknown = parse(text, { schema: "failsafe" });
    return root === null || root === undefined || root === "" ? {} : asMapping(root);
  } catch (error) {
    // The parser throws SyntaxError for bad YAML and RangeError where nesting exhausts the stack.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function asMapping(value: unknown): Record<string, unknown> | undefined {
  // An object is a mapping: the failsafe schema makes no others.
  return isObject(value) ? value : undefined;
}

/** Source of the words: YAML 1.1, which Rasa's own reader follows. */
function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value !== "string") return undefined;
  const word = value.toLowerCase();
  if (["true", "yes", "on"].includes(word)) return true;
  return ["false", "no", "off"].includes(word) ? false : undefined;
}

/** How deep values may be nested to be compared. Settings are two levels deep. */
const MAX_DEPTH = 100;

/** Gives up, so answers no, on values too large to be settings: aliases can make a small file exponentially large. */
function sameValue(left: unknown, right: unknown, budget: { left: number } = { left: 100_000 }, depth = 0): boolean {
  // An alias may hold itself.
  if (--budget.left < 0 || depth > MAX_DEPTH) return false;
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftKeys = Object.keys(left);
  if (leftKeys.length !== Object.keys(right).length) return false;
  return leftKeys.every((key) =>
    Object.hasOwn(right, key) && sameValue(Reflect.get(left, key), Reflect.get(right, key), budget, depth + 1)
  );
}
