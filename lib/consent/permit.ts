import { isWritable } from "../host/probe.ts";
import type { Host } from "../host/host.ts";
import { choiceOf, type Consent } from "./consent.ts";
import { parseConfiguration } from "./global_yml/parse.ts";
import { readConfiguration } from "./global_yml/read.ts";
import { decideByConfiguration, type Decision } from "./rules.ts";
import { readNoticeDate } from "./told.ts";

/** Under what reports leave. Asked for anew before each request, so that a no in another process holds at once. */
export interface Permit {
  /** Whether events, or traits, that were recorded under this choice may leave. Null: no choice was stored yet. */
  accepts(kind: "event" | "traits", choice: string | null): boolean;
  /** The machine id for reports that were recorded before there was one; undefined where there still is none. */
  readonly machineId: string | undefined;
}

/**
 * Whether reports may leave right now: undefined where they may not. Reads `global.yml` again and nothing else, because
 * the environment may have been given up by then. `machineId` is the id that is known already.
 */
export function readPermit(host: Host, consent: Consent, machineId: string | undefined): Permit | undefined {
  const { home } = consent;
  if (!consent.enabled) return undefined;
  if (home === undefined) return consent.byEnvironment && consent.told ? { accepts: () => true, machineId } : undefined;
  const configuration = readConfiguration(host, home, parseConfiguration);
  const stored = configuration.kind === "stored" ? configuration.stored : undefined;
  // A file that is gone, empty or broken may be one that another tool is writing a no into.
  if (!consent.byEnvironment && !stored?.enabled) return undefined;
  if (!consent.told && stored === undefined) return undefined;
  return {
    accepts(kind, choice) {
      if (kind === "traits" && !consent.byEnvironment && !stored?.traitsEnabled) return false;
      if (choice !== null) return stored === undefined || choice === stored.date;
      return consent.byEnvironment || readNoticeDate(host, home) === stored?.date;
    },
    machineId: machineId ?? stored?.machineId,
  };
}

/** Whether what was just recorded may be kept: a no may have been stored while standard input was being read. */
export function mayKeep(host: Host, consent: Consent): boolean {
  if (consent.byEnvironment || consent.home === undefined) return true;
  return decideByConfiguration(readConfiguration(host, consent.home, parseConfiguration)).enabled;
}

/** The name of the choice that is stored right now; null where none is. For processes that outlive a choice. */
export function readChoice(host: Host, consent: Consent): string | null {
  return consent.home === undefined ? null : choiceOf(readConfiguration(host, consent.home, parseConfiguration));
}

/**
 * Whether a report could be kept, or sent without being kept because the environment says on. Where neither is so,
 * telemetry is off (`unwritable`), whatever consent says. Tries the disk.
 */
export function isEffective(host: Host, { byEnvironment, home }: Consent): boolean {
  return byEnvironment || (home !== undefined && isWritable(host, home.telemetryDirectory));
}

/** What consent comes to here: what it says, or off where nothing can be kept. Tries the disk where it says on. */
export function readDecision(host: Host, consent: Consent): Decision {
  const { enabled, decidedBy, configuration } = consent;
  if (!enabled || configuration === undefined || isEffective(host, consent)) return { enabled, decidedBy };
  return decideByConfiguration(configuration, true);
}
