import { TERMS_URL } from "../consent/notice.ts";
import type { Consent } from "../consent/read_consent.ts";
import type { Host } from "../host/host.ts";

/** Says once that the licence comes before the variable that says off. */
export function sayOverruled(host: Host, consent: Consent): void {
  if (consent.overruled === undefined) return;
  host.stderr(`rasa-telemetry: ${consent.overruled} says off, but the licence doesn't allow that; see ${TERMS_URL}\n`);
}
