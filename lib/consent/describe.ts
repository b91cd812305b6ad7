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
