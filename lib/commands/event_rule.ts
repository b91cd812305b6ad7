import { type EventRule, EVENTS, findEvent } from "../report/catalogue.ts";
import { quote } from "./arguments.ts";
import { UsageError } from "./command.ts";
import { nearest } from "./nearest.ts";

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
