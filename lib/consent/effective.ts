import { isWritable } from "../host/probe.ts";
import type { Host } from "../host/host.ts";
import { type Consent, isByEnvironment } from "./consent.ts";
import { decide, type Decision, NOTHING_ELSE } from "./rules.ts";

/**
 * Whether a report could be kept, or sent without being kept because the environment says on. Where neither is so,
 * telemetry is off (`unwritable`), whatever consent says. Tries the disk.
 */
export function isEffective(host: Host, consent: Consent): boolean {
  const { home } = consent;
  return isByEnvironment(consent) || (home !== undefined && isWritable(host, home.telemetryDirectory));
}

/** What consent comes to here: what it says, or off where nothing can be kept. Tries the disk where it says on. */
export function readDecision(host: Host, consent: Consent): Decision {
  const { enabled, decidedBy, rule, configuration } = consent;
  if (!enabled || configuration === undefined || isEffective(host, consent)) return { enabled, decidedBy, rule };
  return decide({ ...NOTHING_ELSE, unwritable: true });
}
