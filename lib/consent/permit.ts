import type { Host } from "../host/host.ts";
import { isWritable } from "../host/probe.ts";
import { decideByConfiguration } from "./rules.ts";
import { readConfiguration } from "./global_yml/store.ts";
import { readNoticeDate } from "./told.ts";
import { choiceOf, type Consent } from "./consent.ts";

/**
 * Whether anything could come of a report where telemetry is on: it could be kept, or the environment says on. Elsewhere
 * telemetry is off (`unwritable`). Tries the disk.
 */
export function isEffective(host: Host, { byEnvironment, home }: Consent): boolean {
  return byEnvironment || (home !== undefined && isWritable(host, home.telemetryDirectory));
}

/** What a report goes out under, asked anew before each request: an opt-out in another process counts at once. */
export interface Permit {
  /** Whether events, or traits, recorded under this choice (null: before any was stored) may go. */
  accepts(kind: "event" | "traits", choice: string | null): boolean;
  /** The machine id for reports that were recorded before there was one, or undefined where there still is none. */
  readonly machineId: string | undefined;
}

/**
 * Whether reports may leave right now, or undefined where they may not. Reads `global.yml` again, and nothing else: the
 * environment may have been given up by then. `machineId` is the id that is known already.
 */
export function readPermit(host: Host, consent: Consent, machineId: string | undefined): Permit | undefined {
  const { home } = consent;
  if (!consent.enabled) return undefined;
  if (home === undefined) return consent.byEnvironment && consent.told ? { accepts: () => true, machineId } : undefined;
  const configuration = readConfiguration(host, home);
  const stored = configuration.kind === "stored" ? configuration.stored : undefined;
  // A file that is gone, empty or broken may be one that another tool is just writing a "no" into.
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

/** Whether what was just recorded may still be kept: an opt-out may have come while standard input was being read. */
export function mayKeep(host: Host, consent: Consent): boolean {
  if (consent.byEnvironment || consent.home === undefined) return true;
  return decideByConfiguration(readConfiguration(host, consent.home)).enabled;
}

/** The name of the choice that is stored right now, null where none is. For a process that outlives one choice. */
export function readChoice(host: Host, consent: Consent): string | null {
  return consent.home === undefined ? null : choiceOf(readConfiguration(host, consent.home));
}
