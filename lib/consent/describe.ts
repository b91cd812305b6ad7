import type { Consent } from "./consent.ts";
import type { Outlook } from "./outlook.ts";
import { type Decision, ruleOf } from "./rules.ts";

/** What decided, for people: behind "Decided by". `shown` makes a path fit for where it is shown. */
export function reasonInWords(
  decision: Pick<Decision, "rule"> & { readonly policy: string | undefined },
  shown: (path: string) => string,
): string {
  const { reason } = ruleOf(decision);
  return decision.policy === undefined ? reason : `${reason}: ${shown(decision.policy)}`;
}

/**
 * When the choice that decides was made, in ISO 8601. Null where none decides, or it carries no date. `stored` is what
 * is stored on this machine.
 */
export function chosenAt({ rule }: Pick<Decision, "rule">, stored: Consent): string | null {
  if (rule === "stored yes") return stored.standing.record.asked?.at ?? null;
  if (rule !== "stored no" && rule !== "local") return null;
  return stored.configuration?.kind === "stored" ? stored.configuration.stored.date || null : null;
}

/** Why no showing of the notice counts here, for people. `stored` is what is stored on this machine. */
export function whyNotTold({ file, standing: { record } }: Consent): string {
  if (record.asked !== null) return "none was needed: somebody said yes";
  if (file?.kind === "record") return "not shown, or not since the last no, new id or copy of this home";
  return file?.kind === "closed" ? "not known: the record of it can't be used" : "not shown yet";
}

/** Why `init` shows no notice where the place can't be told. */
const NO_NOTICE = "nothing tells this container from others, so no notice would count";

/**
 * When a report leaves that is recorded now, and why not before, for people. `isPlaceKnown`: whether what is kept here
 * counts for another process. `inWords` spells a moment to come.
 */
export function describeOutlook(
  { permission, leavesFrom }: Outlook,
  isPlaceKnown: boolean,
  now: Date,
  inWords: (moment: Date) => string,
): string {
  if (!isPlaceKnown && permission === "untold") return `never: ${NO_NOTICE}, unless you enable it`;
  if (!isPlaceKnown && permission === "licence") return `never: ${NO_NOTICE}`;
  switch (permission) {
    case null:
      return "nothing is recorded, and nothing leaves";
    case "local":
      return "never: what is recorded stays on this machine";
    case "untold":
      return "not before rasa-telemetry init has shown the notice; what is older than an hour then is deleted";
    case "told":
      if (leavesFrom === null) return "once the newest notice was shown";
      return leavesFrom > now ? `held until ${inWords(leavesFrom)}` : "at once";
    case "licence":
      return leavesFrom === null ? "once rasa-telemetry init has shown the notice" : "at once";
    case "environment":
      return "at once, while RASA_TELEMETRY_ENABLED says on";
    case "asked":
      return "at once";
  }
}
