import type { BuildConfig } from "../build_config.ts";
import { type Home, isWritable, readHome } from "../home.ts";
import type { Host } from "../host/host.ts";
import { type Licence, readLicence } from "../license.ts";
import { readFleetId } from "../machine_id.ts";
import {
  type Configuration,
  decideByConfiguration,
  decideByEnvironment,
  type Decision,
  isYes,
  wasTold,
} from "./consent.ts";
import { readConfiguration } from "./global_config.ts";
import { readNoticeDate } from "./notice.ts";

/** Whether telemetry is on, why, and what else was learnt in finding out. Asked once and passed on. */
export interface Consent extends Decision {
  /** Whether the user was told and could have said no. Nothing leaves before. */
  readonly told: boolean;
  /** Whether the environment decided, so that nothing that is stored, or can't be stored, changes it. */
  readonly byEnvironment: boolean;
  /** The variable that says off although the licence says on. */
  readonly overruled: "RASA_TELEMETRY_ENABLED" | "DO_NOT_TRACK" | undefined;
  /** Undefined where no variable names a home folder. */
  readonly home: Home | undefined;
  /** Undefined where it wasn't read, because telemetry is off by the environment. */
  readonly configuration: Configuration | undefined;
  /** Undefined where there is none. */
  readonly licence: Licence | undefined;
}

/** Asks the licence, the environment and, only where these don't say off, `global.yml`. */
export async function readConsent(host: Host, build: BuildConfig): Promise<Consent> {
  const licence = await readLicence(host, build.licenceKey);
  const enabledVariable = host.env("RASA_TELEMETRY_ENABLED");
  const doNotTrack = host.env("DO_NOT_TRACK");
  const settings = { locked: false, enabledVariable, doNotTrack };
  const wanted = decideByEnvironment(settings);
  const decided = licence?.locksTelemetry ? decideByEnvironment({ ...settings, locked: true }) : wanted;
  if (decided?.enabled === false) {
    return {
      ...decided,
      told: false,
      byEnvironment: true,
      overruled: undefined,
      home: readHome(host),
      configuration: undefined,
      licence,
    };
  }
  const home = readHome(host);
  const configuration: Configuration = home === undefined
    ? { kind: "silent", fileExists: false }
    : readConfiguration(host, home);
  const decision = decided ?? decideByConfiguration(configuration);
  return {
    // Without a home no report can be kept, and no "no" could have been stored.
    ...(home === undefined && decided === undefined ? { enabled: false, decidedBy: "unwritable" } : decision),
    told: wasTold(enabledVariable, configuration) || wasToldUnderLock(host, decided, configuration, home),
    byEnvironment: decided !== undefined,
    overruled: overruledBy(decided, wanted),
    home,
    configuration,
    licence,
  };
}

/**
 * Whether anything could come of a report where telemetry is on: it could be kept, or the environment says on. Elsewhere
 * telemetry is off (`unwritable`). Tries the disk.
 */
export function isEffective(host: Host, { byEnvironment, home }: Consent): boolean {
  return byEnvironment || (home !== undefined && isWritable(host, home));
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

/** The name of the choice that a report is recorded under, null where none is stored. See `Permit.accepts`. */
export function choiceOf(configuration: Configuration | undefined): string | null {
  return configuration?.kind === "stored" ? configuration.stored.date : null;
}

/** The name of the choice that is stored right now, null where none is. For a process that outlives one choice. */
export function readChoice(host: Host, consent: Consent): string | null {
  return consent.home === undefined ? null : choiceOf(readConfiguration(host, consent.home));
}

/** Whether reports are to be printed instead of queued and sent. */
export function isDebug(host: Host): boolean {
  return isYes(host.env("RASA_TELEMETRY_DEBUG"));
}

/** The machine id as far as it is known without making one. */
export function knownMachineId(host: Host, consent: Consent): string | undefined {
  const stored = consent.configuration?.kind === "stored" ? consent.configuration.stored.machineId : undefined;
  return readFleetId(host) ?? stored;
}

function overruledBy(decided: Decision | undefined, wanted: Decision | undefined): Consent["overruled"] {
  if (decided?.decidedBy !== "license" || wanted?.enabled !== false) return undefined;
  return wanted.decidedBy === "DO_NOT_TRACK" ? "DO_NOT_TRACK" : "RASA_TELEMETRY_ENABLED";
}

/** Where telemetry can't be switched off and `global.yml` can't be changed, what `init` left behind tells that it was told. */
function wasToldUnderLock(
  host: Host,
  decided: Decision | undefined,
  configuration: Configuration,
  home: Home | undefined,
): boolean {
  return decided?.decidedBy === "license" && configuration.kind === "broken" && home !== undefined &&
    readNoticeDate(host, home) !== undefined;
}
