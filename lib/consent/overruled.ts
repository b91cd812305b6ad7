import { TERMS_URL } from "../licence/licence.ts";
import type { Consent } from "./consent.ts";
import type { DecidedBy } from "./rules.ts";

/** What to tell people of what says off where the licence overrules it. Undefined where nothing does. */
export function describeOverruled({ overruled }: Consent): string | undefined {
  if (overruled.length === 0) return undefined;
  const says = overruled.length === 1 ? "says" : "say";
  const names = overruled.map((name) => OVERRULED_NAMES[name] ?? name).join(" and ");
  return `${names} ${says} off, but the licence doesn't allow that; see ${TERMS_URL}`;
}

/** What people call a rule that says no; the others are called by their variable. */
const OVERRULED_NAMES: Partial<Record<DecidedBy, string>> = {
  configuration: "the stored choice",
  local: "the choice of local mode",
  policy: "a policy file",
  unwritable: "a home folder that is no absolute path",
};
