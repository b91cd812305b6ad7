import { EVENTS, type PropertyRule, type Rules } from "../../../lib/report/catalogue.ts";
import { type Secret, SECRETS } from "./secret_corpus.ts";

/** 29 kinds of text that people make: what an assistant says and does, who they are, where things are, and keys. */
const KINDS: readonly string[] = [
  ...["utterance", "prompt", "response", "intent", "flow", "slot", "custom class", "custom class without a module"],
  ...["custom class with a built-in name at the end", "fine-tuned model", "deployment", "regular expression"],
  ...["exception message", "source line", "SQL", "shell", "markup", "OpenAI key", "password", "JSON web token"],
  ...["e-mail address", "person", "person in Han characters", "telephone number", "IBAN", "Linux path"],
  ...["URL with password", "host name", "connection string"],
];

/** The texts of those kinds. */
export const USER_TEXTS: readonly Secret[] = KINDS.map((kind) => {
  const found = SECRETS.find(({ label }) => label === kind);
  if (found === undefined) throw new Error(`There is no secret "${kind}"`);
  return found;
});

/** Four shapes in which a text may be given for a property. */
export const SHAPES: Readonly<Record<string, (text: string, rule: PropertyRule) => unknown>> = {
  "alone": (text) => text,
  "in a list and an object": (text) => [text, { [text]: text, name: text, id: text }, [text]],
  "in each place of its own structure": (text, rule) => fill(rule, text),
  "in that structure as JSON text": (text, rule) => JSON.stringify([fill(rule, text)].flat()),
};

/** One line of what a caller may give: an event with one property that holds a text. */
export interface TextCase {
  readonly event: string;
  readonly property: string;
  readonly shape: string;
  readonly text: Secret;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Every text in every shape in every property of every event. */
export function* textCases(): Generator<TextCase> {
  for (const { name: event, properties: rules } of EVENTS) {
    for (const [property, rule] of Object.entries(rules)) {
      for (const text of USER_TEXTS) {
        for (const [shape, make] of Object.entries(SHAPES)) {
          yield { event, property, shape, text, properties: { [property]: make(String(text.value), rule) } };
        }
      }
    }
  }
}

function fill({ type }: PropertyRule, text: string): unknown {
  const entry = "entry" in type ? fillEntry(type.entry, text) : undefined;
  switch (type.kind) {
    case "group":
      return entry;
    case "groups":
    case "components":
    case "frames":
      return [entry, text];
    case "agents":
      return {
        usage: [{ flow: text, agent: text, exit_if: [text] }],
        agents: [{ [text]: { agent: { name: text } } }],
        [text]: text,
      };
    case "words":
      return ["rest", text];
    default:
      return { [text]: text };
  }
}

function fillEntry(rules: Rules, text: string): Record<string, unknown> {
  const entries = Object.entries(rules).map(([name, rule]) => [name, "entry" in rule.type ? fill(rule, text) : text]);
  return { ...Object.fromEntries(entries), [text]: text };
}
