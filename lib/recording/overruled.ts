import { TERMS_URL } from "../licence/licence.ts";
import type { Consent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";

/** Says that the licence comes before the variable that says off, where one does. */
export function sayOverruled(host: Host, consent: Consent): void {
  if (consent.overruled === undefined) return;
  host.problem(`${consent.overruled} says off, but the licence doesn't allow that; see ${TERMS_URL}`);
}
