import type { Host } from "../host/host.ts";
import { newMachineId, readFleetId } from "../machine_id.ts";
import { sha256 } from "../sha256.ts";
import type { Consent } from "./consent.ts";
import { adoptedId } from "./keep.ts";

/** The machine id that RASA_TELEMETRY_MACHINE_ID or the record gives; undefined where neither does. Makes none. */
export function knownMachineId(host: Host, { standing: { record }, configuration }: Consent): string | undefined {
  const adopted = configuration === undefined ? undefined : adoptedId(record, configuration);
  return readFleetId(host) ?? record.machineId ?? adopted;
}

/** The id to report under where none can be kept: made from the place, or for this process alone. */
export async function unkeptMachineId(host: Host, consent: Consent): Promise<string> {
  const { place } = consent.ground;
  const known = knownMachineId(host, consent);
  if (known !== undefined) return known;
  return place.hash === null ? newMachineId(host) : (await sha256(`machine id ${place.hash}`)).slice(0, 32);
}

/** The id to show in debug mode. Stores nothing, and says so where it makes one for this run. */
export function machineIdForDebug(host: Host, consent: Consent): string {
  const known = knownMachineId(host, consent);
  if (known === undefined) host.problem("this machine has no id yet; the one shown is for this run alone");
  return known ?? newMachineId(host);
}
