import type { Host } from "../host/host.ts";
import { newMachineId, readFleetId } from "../machine_id.ts";
import { choiceOf, type Consent } from "./consent.ts";
import { parseConfiguration } from "./global_yml/parse.ts";
import { readConfiguration } from "./global_yml/read.ts";
import { ConfigurationError, storeMachineId } from "./global_yml/store.ts";

/** The id and the stored choice that a report is recorded under. */
export interface Identity {
  /** Undefined while the user hasn't been told: no id is made before that. */
  readonly machineId: string | undefined;
  /** The name of the stored choice; null where none is stored. */
  readonly choice: string | null;
}

/**
 * The identity to report under. Where the user was told and there is no id yet, makes one and stores it. An id that
 * can't be stored is used by this process alone.
 */
export async function identify(host: Host, consent: Consent): Promise<Identity> {
  const known = knownMachineId(host, consent);
  const choice = choiceOf(consent.configuration);
  const complete = known !== undefined && consent.configuration?.kind === "stored";
  if (complete || !consent.told) return { machineId: known, choice };
  if (consent.home === undefined || consent.configuration?.kind === "broken") {
    return { machineId: known ?? newMachineId(host), choice };
  }
  try {
    const stored = await storeMachineId(host, consent.home, known);
    return { machineId: known ?? stored.machineId, choice: stored.date };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // The process that held the lock has probably stored one by now.
    const configuration = readConfiguration(host, consent.home, parseConfiguration);
    const stored = configuration.kind === "stored" ? configuration.stored : undefined;
    return { machineId: known ?? stored?.machineId ?? newMachineId(host), choice: stored?.date ?? choice };
  }
}

/** The identity to show in debug mode. Stores nothing, and says so where it makes an id for this run. */
export function identifyForDebug(host: Host, consent: Consent): Identity {
  const known = knownMachineId(host, consent);
  if (known === undefined) {
    host.problem("this machine has no id yet; the one shown is for this run alone");
  }
  return { machineId: known ?? newMachineId(host), choice: null };
}

/** The machine id that RASA_TELEMETRY_MACHINE_ID or `global.yml` gives; undefined where neither does. Makes none. */
export function knownMachineId(host: Host, consent: Consent): string | undefined {
  const stored = consent.configuration?.kind === "stored" ? consent.configuration.stored.machineId : undefined;
  return readFleetId(host) ?? stored;
}
