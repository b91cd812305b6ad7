import type { Host } from "../host/host.ts";
import { newMachineId, readFleetId } from "../machine_id.ts";
import { choiceOf, type Consent } from "./consent.ts";

/** Under which id and which stored choice a report is recorded. */
export interface Identity {
  /** Undefined while the user hasn't been told: no id is made before. */
  readonly machineId: string | undefined;
  /** The name of the stored choice; null where none is stored. */
  readonly choice: string | null;
}

/**
 * The id to report under. Where the user was told and there is none yet, it is made and stored; where it can't be stored, it
 * is for this process alone.
 */
export async function identify(host: Host, consent: Consent): Promise<Identity> {
  const known = knownMachineId(host, consent);
  const choice = choiceOf(consent.configuration);
  const complete = known !== undefined && consent.configuration?.kind === "stored";
  if (complete || !consent.told) return { machineId: known, choice };
  if (consent.home === undefined || consent.configuration?.kind === "broken") {
    return { machineId: known ?? newMachineId(host), choice };
  }
  // It is needed once in the life of an installation.
  const { ConfigurationError, readConfiguration, storeMachineId } = await import("./global_yml/store.ts");
  try {
    const stored = await storeMachineId(host, consent.home, known);
    return { machineId: known ?? stored.machineId, choice: stored.date };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // Whoever kept this process waiting has stored one by now.
    const configuration = readConfiguration(host, consent.home);
    const stored = configuration.kind === "stored" ? configuration.stored : undefined;
    return { machineId: known ?? stored?.machineId ?? newMachineId(host), choice: stored?.date ?? choice };
  }
}

/** The same for debug mode, which stores nothing; says where the id is for this run alone. */
export function identifyForDebug(host: Host, consent: Consent): Identity {
  const known = knownMachineId(host, consent);
  if (known === undefined) {
    host.problem("this machine has no id yet; the one shown is for this run alone");
  }
  return { machineId: known ?? newMachineId(host), choice: null };
}

/** The machine id as far as it is known without making one. */
export function knownMachineId(host: Host, consent: Consent): string | undefined {
  const stored = consent.configuration?.kind === "stored" ? consent.configuration.stored.machineId : undefined;
  return readFleetId(host) ?? stored;
}
