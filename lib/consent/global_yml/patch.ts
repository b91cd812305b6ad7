import { asMapping, parseRoot } from "./yaml.ts";

/** The sections that Rasa keeps a telemetry choice in: `metrics` for events, `traits` for traits. */
const SECTIONS = ["metrics", "traits"] as const;

/** What to store in both sections. */
export interface Choice {
  readonly enabled: boolean;
  readonly date: string;
}

/**
 * The text with the choice in both sections. Everything else stays as it was, comments included. Undefined where that
 * isn't certain: then the file must not be changed.
 */
export function patchConfiguration(text: string, choice: Choice): string | undefined {
  const before = parseRoot(text);
  if (before === undefined) return undefined;
  const endOfLine = text.includes("\r\n") ? "\r\n" : "\n";
  // Keys can't be added to an empty mapping in flow style.
  let lines = (/^\s*\{\s*\}\s*$/.test(text) ? "" : text).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const expected: Record<string, unknown> = { ...before };
  for (const section of SECTIONS) {
    const old = asMapping(before[section]);
    if (old === undefined && !isEmpty(before[section])) return undefined;
    // An id that is there stays, and none is added: this program keeps its own elsewhere.
    const id = old?.["rasa_user_id"];
    const values = {
      enabled: String(choice.enabled),
      ...(typeof id === "string" ? { rasa_user_id: id } : {}),
      date: choice.date,
    };
    lines = patchSection(lines, section, values);
    expected[section] = { ...old, ...values };
  }
  const patched = lines.join(endOfLine) + endOfLine;
  const after = parseRoot(patched);
  return after !== undefined && sameValue(after, expected) ? patched : undefined;
}

/** Whether nothing is lost where a section takes this value's place. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || ["", "~", "null", "Null", "NULL"].some((word) => value === word);
}

/**
 * Sets the values in a section that is written in block style, or appends the section. It works on lines, not on YAML,
 * so the caller must check the result.
 */
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

/**
 * The value in YAML: quoted unless it is a plain word or a timestamp, because an id of digits alone would be a number.
 */
function scalar(value: string): string {
  return /^(true|false|\d{4}-[\d-]+T[\d:.]+Z)$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`;
}

/** The deepest nesting that is compared. Settings are two levels deep. */
const MAX_DEPTH = 100;

/** Whether two values are the same. Too large for settings counts as no: aliases make small files exponential. */
function sameValue(left: unknown, right: unknown, budget: { left: number } = { left: 100_000 }, depth = 0): boolean {
  // An alias may contain itself.
  if (--budget.left < 0 || depth > MAX_DEPTH) return false;
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const leftKeys = Object.keys(left);
  if (leftKeys.length !== Object.keys(right).length) return false;
  return leftKeys.every((key) =>
    Object.hasOwn(right, key) && sameValue(Reflect.get(left, key), Reflect.get(right, key), budget, depth + 1)
  );
}
