import type { BuildConfig } from "../build_config.ts";
import { type Home, readHome } from "../home.ts";
import type { Host } from "../host/host.ts";
import { type Licence, readLicence } from "../licence/licence.ts";
import {
  type Configuration,
  decideByConfiguration,
  decideByEnvironment,
  type Decision,
  isYes,
  wasTold,
} from "./rules.ts";
import { readConfigFile, withVeto } from "./global_yml/read.ts";
import { readNoticeDate } from "./told.ts";
import { parsePlain } from "./global_yml/plain.ts";

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
    : await readConfiguration(host, home);
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

/** The name of the choice that a report is recorded under, null where none is stored. See `Permit.accepts`. */
export function choiceOf(configuration: Configuration | undefined): string | null {
  return configuration?.kind === "stored" ? configuration.stored.date : null;
}

/** Whether what was just recorded may still be kept: an opt-out may have come while standard input was being read. */
export async function isStillOn(host: Host, consent: Consent): Promise<boolean> {
  if (consent.byEnvironment || consent.home === undefined) return true;
  return decideByConfiguration(await readConfiguration(host, consent.home)).enabled;
}

/** Whether reports are to be printed instead of queued and sent. */
export function isDebug(host: Host): boolean {
  return isYes(host.env("RASA_TELEMETRY_DEBUG"));
}

async function readConfiguration(host: Host, home: Home): Promise<Configuration> {
  const content = readConfigFile(host, home);
  if (content.text === undefined) return { kind: "broken", problem: content.problem };
  if (!content.exists) return withVeto(host, home, { kind: "silent", fileExists: false });
  const plain = parsePlain(content.text);
  if (plain !== undefined) return withVeto(host, home, plain);
  // A parser of YAML is much code: it is loaded where it is needed.
  const { parseConfiguration } = await import("./global_yml/patch.ts");
  return withVeto(host, home, parseConfiguration(content.text));
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
