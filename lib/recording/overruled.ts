import type { Consent } from "../consent/consent.ts";
import { describeOverruled } from "../consent/overruled.ts";
import type { Host } from "../host/host.ts";

/** Says that the licence comes before a no, where one stands. */
export function sayOverruled(host: Host, consent: Consent): void {
  const overruled = describeOverruled(consent);
  if (overruled !== undefined) host.problem(overruled);
}
