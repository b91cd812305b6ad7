import { type Consent, describeOverruled } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";

/** Says that the licence comes before the variable that says off, where one does. */
export function sayOverruled(host: Host, { overruled }: Consent): void {
  if (overruled !== undefined) host.problem(describeOverruled(overruled));
}
