import type { Consent } from "../consent/consent.ts";
import type { Host } from "../host/host.ts";

/**
 * Keeps what was found out about consent where it is new: a no that was stored since anybody looked ends all that was
 * recorded before it, and a date that can't be right is written as now.
 */
export async function settleChanges(host: Host, consent: Consent): Promise<void> {
  if (!consent.changed && !consent.overwritten) return;
  const { keepAndSweep } = await import("../sender/sweep.ts");
  await keepAndSweep(host, consent, "nothing new");
}
