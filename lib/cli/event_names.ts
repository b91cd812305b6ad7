import { type EventRule, EVENTS, findEvent, TRAITS_NAME, TRAITS_RULE } from "../report/catalogue.ts";
import { quote } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { nearest } from "./suggest.ts";

/** Every name that `findRule` knows. */
export const RULE_NAMES: readonly string[] = [...EVENTS.map(({ name }) => name), TRAITS_NAME];

/** The catalogue's rule for an event, or what to tell people where there is no such event. */
export function lookUpEvent(name: string): EventRule | string {
  const rule = findEvent(name);
  if (rule !== undefined) return rule;
  const suggestion = nearest(name, EVENTS.map((event) => event.name));
  const way = suggestion === undefined ? "rasa-telemetry events lists them all" : `the nearest is ${quote(suggestion)}`;
  return `${quote(name)}: no such event; ${way}`;
}

/**
 * The catalogue's rule for an event. `action` is what the command was asked to do. Throws `UsageError` where there is
 * no such event.
 */
export function requireEvent(name: string, action = "record"): EventRule {
  const rule = lookUpEvent(name);
  if (typeof rule === "string") throw new UsageError(`Cannot ${action} ${rule}`);
  return rule;
}

/** The rule of an event, or of the traits. Throws `UsageError`. */
export function findRule(name: string, action: string): EventRule {
  if (name === TRAITS_NAME) return TRAITS_RULE;
  // A name that is nearly the traits' name is not an event's.
  if (nearest(name, RULE_NAMES) === TRAITS_NAME) {
    throw new UsageError(`Cannot ${action} ${quote(name)}: no such event; the nearest is "${TRAITS_NAME}"`);
  }
  return requireEvent(name, action);
}
