import { FIRST_NOTICE } from "./announced.ts";
import { DATA } from "./events/data.ts";
import { ERRORS } from "./events/errors.ts";
import { SERVING } from "./events/serving.ts";
import { TESTING } from "./events/testing.ts";
import { TRAINING } from "./events/training.ts";
import { TRAITS } from "./events/traits.ts";
import { TRAITS_NAME } from "./report.ts";
import { type EventRule, id, type PropertyRule } from "./rule.ts";

export type { EventRule, PropertyRule, PropertyType, Rules } from "./rule.ts";
export { describeType } from "./types/types.ts";
export { TRAITS, TRAITS_NAME };

/** Every event that can be reported. What isn't here is refused. */
export const EVENTS: readonly EventRule[] = [...TRAINING, ...TESTING, ...SERVING, ...DATA, ...ERRORS];

/**
 * The catalogue's version, a whole number: raised with every change of what may be reported. A queued report names it,
 * so that an older program leaves alone what it can't check.
 */
export const CATALOGUE_VERSION = 1;

/** `metrics_id`, the last property of every event. The report adds it, so one that a caller gives is an unknown key. */
export const METRICS_ID: PropertyRule = id(
  "The id of this installation: random, kept on this machine, the same as the report's userId",
  "Counts installations without naming them",
);

/** The traits, shown as an event is. */
export const TRAITS_RULE: EventRule = {
  name: TRAITS_NAME,
  section: "Traits",
  announced: FIRST_NOTICE,
  description: "The installation's traits, sent once per server start with the command identify",
  properties: TRAITS,
};

const BY_NAME: ReadonlyMap<string, EventRule> = new Map(EVENTS.map((event) => [event.name, event]));

/** The event of exactly this name, upper and lower case included. */
export function findEvent(name: string): EventRule | undefined {
  return BY_NAME.get(name);
}
