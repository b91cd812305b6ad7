import { type EventRule, EVENTS, findEvent, TRAITS } from "../report/catalogue.ts";
import { quote } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { nearest } from "./suggest.ts";

/** What `events` calls the traits, which aren't an event: the command that records them. */
export const TRAITS_NAME = "identify";

/** The traits, shown as an event is. */
export const TRAITS_RULE: EventRule = {
  name: TRAITS_NAME,
  section: "Traits",
  description: "The installation's traits, sent once per server start with the command identify",
  properties: TRAITS,
};

/** Everything that `findRule` knows. */
export const RULE_NAMES: readonly string[] = [...EVENTS.map(({ name }) => name), TRAITS_NAME];

/** The catalogue's rule for an event, or what to tell whoever named one that isn't there. */
export function lookUpEvent(name: string): EventRule | string {
  const rule = findEvent(name);
  if (rule !== undefined) return rule;
  const suggestion = nearest(name, EVENTS.map((event) => event.name));
  const way = suggestion === undefined ? "rasa-telemetry events lists them all" : `the nearest is ${quote(suggestion)}`;
  return `${quote(name)}: no such event; ${way}`;
}

/** The same, for a command that can't go on without: throws `UsageError`. `action` is what the command was asked to do. */
export function requireEvent(name: string, action = "record"): EventRule {
  const rule = lookUpEvent(name);
  if (typeof rule === "string") throw new UsageError(`Cannot ${action} ${rule}`);
  return rule;
}

/** The rule of an event, or of the traits. Throws `UsageError`. */
export function findRule(name: string, action: string): EventRule {
  if (name === TRAITS_NAME) return TRAITS_RULE;
  // What nearly is the traits' name is no event's.
  if (nearest(name, RULE_NAMES) === TRAITS_NAME) {
    throw new UsageError(`Cannot ${action} ${quote(name)}: no such event; the nearest is "${TRAITS_NAME}"`);
  }
  return requireEvent(name, action);
}
