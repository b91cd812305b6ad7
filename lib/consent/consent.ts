import type { BuildConfig } from "../build_config.ts";
import { type Home, readHome } from "../home.ts";
import type { Host } from "../host/host.ts";
import { type Licence, readLicence, TERMS_URL } from "../licence/licence.ts";
import { parsePlain } from "./global_yml/plain.ts";
import { readConfiguration } from "./global_yml/read.ts";
import {
  type Configuration,
  decideByConfiguration,
  decideByEnvironment,
  type DecidedBy,
  type Decision,
  isYes,
} from "./rules.ts";
import { wasTold, wasToldUnderLock } from "./told.ts";

/** Whether telemetry is on and why, with everything that was read to find out. Read once, and passed on. */
export interface Consent extends Decision {
  /** Whether the user was told and could have said no. Nothing leaves before. */
  readonly told: boolean;
  /** Whether the environment decided. Then no file, and no failure to keep one, changes the decision. */
  readonly byEnvironment: boolean;
  /** The variable that says off, where the licence overrules it. */
  readonly overruled: DecidedBy | undefined;
  /** Undefined where no variable names a home folder. */
  readonly home: Home | undefined;
  /** Undefined where it wasn't read, because the environment says off. */
  readonly configuration: Configuration | undefined;
  /** Undefined where there is none. */
  readonly licence: Licence | undefined;
}

/** Reads the licence and the environment and, unless these say off, `global.yml`. */
export async function readConsent(host: Host, build: BuildConfig): Promise<Consent> {
  const licence = await readLicence(host, build.licenceKey);
  const enabledVariable = host.env("RASA_TELEMETRY_ENABLED");
  const settings = { locked: licence?.locksTelemetry ?? false, enabledVariable, doNotTrack: host.env("DO_NOT_TRACK") };
  const decided = decideByEnvironment(settings);
  const home = readHome(host);
  const found = { byEnvironment: decided !== undefined, home, licence };
  if (decided?.enabled === false) {
    return { ...decided, ...found, told: false, overruled: undefined, configuration: undefined };
  }
  const configuration = await readConfigurationEarly(host, home);
  const wanted = decideByEnvironment({ ...settings, locked: false });
  return {
    ...(decided ?? decideByConfiguration(configuration, home === undefined)),
    ...found,
    told: wasTold(enabledVariable, configuration) || wasToldUnderLock(host, home, decided, configuration),
    overruled: wanted?.enabled === false ? wanted.decidedBy : undefined,
    configuration,
  };
}

/** The name of the choice that a report is recorded under; null where none is stored. See `Permit.accepts`. */
export function choiceOf(configuration: Configuration | undefined): string | null {
  return configuration?.kind === "stored" ? configuration.stored.date : null;
}

/** What to tell people of a variable that says off where the licence overrules it. */
export function describeOverruled(variable: DecidedBy): string {
  return `${variable} says off, but the licence doesn't allow that; see ${TERMS_URL}`;
}

/** Whether reports are printed instead of queued and sent. */
export function isDebug(host: Host): boolean {
  return isYes(host.env("RASA_TELEMETRY_DEBUG"));
}

/**
 * Reads `global.yml`, and loads the parser of YAML only for a file that needs it. Loading it and parsing with it for
 * the first time takes at least 2 ms, which a start with telemetry off should not pay. Files as this program and Rasa
 * write them don't need it.
 */
async function readConfigurationEarly(host: Host, home: Home | undefined): Promise<Configuration> {
  if (home === undefined) return { kind: "silent", fileExists: false };
  const plain = readConfiguration(host, home, parsePlain);
  if (plain !== undefined) return plain;
  const { parseConfiguration } = await import("./global_yml/parse.ts");
  return readConfiguration(host, home, parseConfiguration);
}
