import type { Host } from "../host/host.ts";
import { type Consent, groundNow } from "./ground.ts";
import { judge } from "./judge.ts";
import { readGlobalYml } from "./global_yml/parse.ts";
import { tryToKeepConsent } from "./keep.ts";
import { findPolicy } from "./policy.ts";

/**
 * What holds at one moment. It is asked for anew before each request and before anything is kept, because somebody may
 * have said no in another process. `"off"`: a no stands. `"unclear"`: nobody can tell just now, so nothing leaves, and
 * what waits goes on waiting.
 */
export type Permit =
  | { readonly kind: "on"; readonly consent: Consent }
  /** `consent` is undefined where a policy says no, and the record wasn't read. */
  | { readonly kind: "off"; readonly consent?: Consent }
  | { readonly kind: "unclear" };

const OFF: Permit = { kind: "off" };

/**
 * What holds right now. It reads the policy, `global.yml` and the record again, and nothing else, because the
 * environment may have been given up by then. What it finds out about the record is kept.
 */
export function readPermit(host: Host, before: Consent): Permit {
  const { home } = before;
  if (!before.enabled) return OFF;
  const ground = groundNow(host, before.ground);
  const policy = ground.settings.locked ? undefined : findPolicy(host, ground.policies);
  if (policy !== undefined) return OFF;
  if (home === undefined) {
    return { kind: "on", consent: { ...before, standing: { ...before.standing, now: host.now() } } };
  }
  const configuration = readGlobalYml(host, home);
  const { consent, isBusy } = tryToKeepConsent(host, judge(host, ground, policy, configuration));
  // Without the record nobody knows the epoch, whatever keeps telemetry on.
  if (consent.file?.kind === "closed" && before.file?.kind !== "closed") return { kind: "unclear" };
  if (consent.enabled && consent.decidedBy !== "local") {
    // Whoever is changing the record may have stored half of a choice: what looks like a new epoch may be none.
    return isBusy ? { kind: "unclear" } : { kind: "on", consent };
  }
  return isUnclear(consent) ? { kind: "unclear" } : { kind: "off", consent };
}

/** Whether it isn't a no that keeps telemetry off: a file can't be read or understood just now. */
function isUnclear({ configuration, file }: Consent): boolean {
  return configuration?.kind === "broken" || file?.kind === "closed";
}
