// deno-lint-ignore-file camelcase -- the names of the wire are not ours
import type { CallerVersions } from "../context/context.ts";
import { isObject } from "../json_object.ts";
import type { Announced } from "./announced.ts";
import { type EventRule, type Rules, TRAITS_RULE } from "./catalogue.ts";
import { redact, type Redacted } from "./redaction.ts";
import { type Soon, whenThere } from "../soon.ts";
import { parseVersion } from "./types/version.ts";
import type { Withheld } from "./withheld.ts";

/** What is to be recorded: an event and its properties, or traits. */
export interface Recording extends Announced {
  /** Undefined for traits. */
  readonly event: string | undefined;
  readonly root: "properties" | "traits";
  readonly rules: Rules;
}

/** What a caller gave, with nothing in it that may not leave. */
export interface CallerInput extends Withheld {
  readonly values: Readonly<Record<string, unknown>>;
  readonly versions: CallerVersions;
}

/** The recording of the installation's traits. */
export const TRAITS_RECORDING: Recording = {
  event: undefined,
  root: "traits",
  rules: TRAITS_RULE.properties,
  announced: TRAITS_RULE.announced,
};

/** The recording of an event. */
export function recordingOf({ name, properties, announced }: EventRule): Recording {
  return { event: name, root: "properties", rules: properties, announced };
}

const VERSIONS = ["python", "rasa_pro"] as const;

/**
 * Lets through what may leave of a caller's values and context. What isn't an object counts as an empty one.
 * `knownNotice` is the number of the newest notice that the user knows. The properties that a later one announces are
 * withheld. Whether the event itself is announced is for the caller to ask: `isAnnounced(recording, knownNotice)`.
 */
export function redactCaller(
  recording: Recording,
  values: unknown,
  context: unknown,
  knownNotice: number,
): Soon<CallerInput> {
  const redacted = redact(recording.rules, values ?? {}, recording.root, knownNotice);
  return whenThere(redacted, (redacted) => withVersions(redacted, isObject(context) ? context : {}));
}

/** With what may leave of the caller's context. */
function withVersions(redacted: Redacted, given: Readonly<Record<string, unknown>>): CallerInput {
  const versions: { python: string | null; rasa_pro: string | null } = { python: null, rasa_pro: null };
  const withheld = [...redacted.withheld];
  let known = 0;
  for (const name of VERSIONS) {
    if (!Object.hasOwn(given, name)) continue;
    known++;
    versions[name] = parseVersion(given[name]) ?? null;
    if (versions[name] === null && given[name] !== null) withheld.push(`context.${name}`);
  }
  const withheldUnknown = redacted.withheldUnknown + Object.keys(given).length - known;
  return { values: redacted.values, versions, withheld, withheldUnknown };
}
