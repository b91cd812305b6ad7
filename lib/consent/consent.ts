import type { BuildConfig } from "../build_config.ts";
import { type Home, misplacedBy, readHome, readUserFolder } from "../home.ts";
import { readContainer } from "../host/container.ts";
import type { Host } from "../host/host.ts";
import { type Licence, readLicence, TERMS_URL } from "../licence/licence.ts";
import { parsePlain } from "./global_yml/plain.ts";
import { readConfiguration } from "./global_yml/read.ts";
import type { Standing } from "./permission.ts";
import { isSamePlace, type Place, readPlace, UNKNOWN_PLACE } from "./place.ts";
import { findPolicy, type PolicyPlaces, policyPlaces } from "./policy.ts";
import { readRecord, type RecordFile } from "./record_file.ts";
import {
  type Configuration,
  decide,
  decideByEnvironment,
  type DecidedBy,
  type Decision,
  type EnvironmentSettings,
  isYes,
  NOTHING_ELSE,
  overruledByLicence,
} from "./rules.ts";
import { sha256 } from "../sha256.ts";
import { type Findings, findingsOf, freshRecord, settle } from "./settle.ts";

/** What holds for as long as the process runs: what the environment, the licence and the machine say. */
export interface Ground {
  /** Undefined where no variable names a home folder that can be used. */
  readonly home: Home | undefined;
  /** Undefined where there is none. */
  readonly licence: Licence | undefined;
  readonly settings: EnvironmentSettings & { readonly misplaced: boolean };
  /** Where policy files may be; none where the environment says off, and none is looked for. */
  readonly policies: PolicyPlaces;
  readonly place: Place;
  /** Whether the place can be told. Otherwise it is made up: what this process keeps counts for no other. */
  readonly isPlaceKnown: boolean;
  /** Who receives reports. A telling or a yes that named somebody else is none. */
  readonly addressee: string;
  /** Whether this build is off until somebody enables it. */
  readonly offByDefault: boolean;
  /** When this build was made. */
  readonly builtAt: Date;
}

/** Whether telemetry is on and why, with everything that was read to find out. */
export interface Consent extends Decision {
  readonly ground: Ground;
  readonly home: Home | undefined;
  readonly licence: Licence | undefined;
  /** The rules that say no, and local mode, where the licence overrules them. */
  readonly overruled: readonly DecidedBy[];
  /** The policy file that says no. Undefined where none does, or none was looked for. */
  readonly policy: string | undefined;
  /** Undefined where it wasn't read, because the environment or a policy says off. */
  readonly configuration: Configuration | undefined;
  /** The record's file. Undefined where it wasn't read. */
  readonly file: RecordFile | undefined;
  /** What decides about reports. Its record is a new one, which is kept nowhere, where there is none yet. */
  readonly standing: Standing;
  /** Whether the record's file says something else than `standing`. */
  readonly changed: boolean;
  /** Whether the stored no was written over by a program that had not seen it. It holds all the same. */
  readonly overwritten: boolean;
}

/**
 * Reads the licence and the environment and, unless these say off, a policy, `global.yml` and the record. Changes
 * nothing.
 */
export async function readConsent(host: Host, build: BuildConfig): Promise<Consent> {
  const licence = await readLicence(host, build.licenceKey);
  const home = readHome(host);
  const settings = {
    locked: isLocked(licence, host.now()),
    enabledVariable: host.env("RASA_TELEMETRY_ENABLED"),
    doNotTrack: host.env("DO_NOT_TRACK"),
    misplaced: misplacedBy(host) !== undefined,
  };
  const ground: Ground = {
    home,
    licence,
    settings,
    policies: [],
    place: UNKNOWN_PLACE,
    isPlaceKnown: false,
    addressee: build.recipient,
    offByDefault: build.offByDefault,
    builtAt: new Date(build.date),
  };
  const decided = decideByEnvironment(settings);
  if (decided?.enabled === false) return offBefore(host, ground, decided, undefined);
  // Looks at folders, and who switched telemetry off needn't wait for that.
  const policies = policyPlaces(host, host.cwd(), readUserFolder(host));
  const policy = findPolicy(host, policies);
  if (policy !== undefined && !settings.locked) {
    return offBefore(host, { ...ground, policies }, { enabled: false, decidedBy: "policy", rule: "policy" }, policy);
  }
  const here = home === undefined ? ground : await readHere(host, home);
  return judge(host, { ...ground, ...here, policies }, policy, await readConfigurationEarly(host, home));
}

/** Off by what was read so far: nothing else is read then. */
function offBefore(host: Host, ground: Ground, decision: Decision, policy: string | undefined): Consent {
  return {
    ...decision,
    ...partsOf(ground),
    overruled: [],
    policy,
    configuration: undefined,
    file: undefined,
    standing: {
      record: freshRecord({ ...ground, choice: undefined }, ""),
      now: host.now(),
      byVariable: false,
      byLicence: false,
    },
    changed: false,
    overwritten: false,
  };
}

/** Whether a licence keeps telemetry on at a moment. */
function isLocked(licence: Licence | undefined, now: Date): boolean {
  return (licence?.lockedUntil ?? 0) > now.getTime();
}

/** The ground as it is by now: a licence may have expired while the process runs, and then any no counts again. */
export function groundNow(host: Host, ground: Ground): Ground {
  const { licence, settings } = ground;
  if (!settings.locked || isLocked(licence, host.now())) return ground;
  return { ...ground, settings: { ...settings, locked: false } };
}

/** What the policy, `global.yml` and the record come to on this ground, right now. */
export function judge(
  host: Host,
  before: Ground,
  policy: string | undefined,
  configuration: Configuration,
): Consent {
  const ground = groundNow(host, before);
  const { home } = ground;
  const file: RecordFile = home === undefined ? { kind: "none" } : readRecord(host, home);
  return conclude({ ground, policy, configuration, file, now: host.now() }, () => host.uuid());
}

/** Everything that consent is concluded from. */
export interface Evidence extends Pick<Consent, "ground" | "policy"> {
  readonly configuration: Configuration;
  readonly file: RecordFile;
  readonly now: Date;
}

/** What all of it comes to. Reads nothing; `makeEpoch` is asked where the record needs a new epoch. */
export function conclude({ ground, policy, configuration, file, now }: Evidence, makeEpoch: () => string): Consent {
  const { home, settings, place, addressee, offByDefault, builtAt } = ground;
  const findings = findingsOf({ place, builtAt }, configuration, now);
  const settled = file.kind === "record"
    ? settle(file.record, findings, makeEpoch)
    : { record: freshRecord(findings, ""), changed: false, overwritten: false };
  const { overwritten } = settled;
  // The record keeps it, because the build that it belongs to may share the home.
  const own = <Said extends { readonly addressee: string }>(said: Said | null) =>
    said?.addressee === addressee ? said : null;
  const { told, asked } = settled.record;
  const isOthers = own(told) !== told || own(asked) !== asked;
  const record = isOthers ? { ...settled.record, told: own(told), asked: own(asked) } : settled.record;
  // What can't be understood now may still be the no that it was.
  const wasNo = configuration.kind === "broken" && record.choice.startsWith("off ");
  const facts = {
    ...NOTHING_ELSE,
    ...settings,
    policy: policy !== undefined,
    configuration,
    asked: record.asked !== null,
    local: record.local && (overwritten || record.choice === findings.choice),
    offByDefault,
    knownNo: (overwritten && !record.local) || wasNo,
    unwritable: home === undefined || file.kind === "closed",
  };
  const decision = decide(facts);
  const byLicence = decision.decidedBy === "licence";
  return {
    ...decision,
    ...partsOf(ground),
    overruled: byLicence ? overruledByLicence(facts) : [],
    policy,
    configuration,
    file,
    standing: { record, now, byLicence, byVariable: decision.enabled && isByVariable(decision, facts) },
    changed: settled.changed,
    overwritten,
  };
}

/** Under a licence the variable decides nothing, and yet says on. */
function isByVariable({ decidedBy }: Decision, { enabledVariable }: EnvironmentSettings): boolean {
  return decidedBy === "RASA_TELEMETRY_ENABLED" || (decidedBy === "licence" && isYes(enabledVariable));
}

/** What is found here right now, also where consent was decided before anybody looked at the place. */
export async function findingsAt(host: Host, consent: Consent, stored: Configuration): Promise<Findings> {
  const { configuration, ground, home } = consent;
  const isRead = configuration !== undefined || home === undefined;
  const { place } = isRead ? ground : await readHere(host, home);
  return findingsOf({ ...ground, place }, stored, host.now());
}

/**
 * The place of this process. Where it can't be told, it is one that no other process has, so that what this one keeps
 * counts for itself at least.
 */
export async function readHere(host: Host, home: Home): Promise<Pick<Ground, "place" | "isPlaceKnown">> {
  const place = await readPlace(host, home.telemetryDirectory, readContainer(host));
  if (isSamePlace(place, place)) return { place, isPlaceKnown: true };
  return { place: { kind: "container", hash: await sha256(host.uuid()), own: true }, isPlaceKnown: false };
}

function partsOf(ground: Ground): Pick<Consent, "ground" | "home" | "licence"> {
  return { ground, home: ground.home, licence: ground.licence };
}

/** Whether the environment decided. Then no file, and no failure to keep one, changes the decision. */
export function isByEnvironment({ decidedBy }: Decision): boolean {
  return decidedBy === "licence" || decidedBy === "RASA_TELEMETRY_ENABLED" || decidedBy === "DO_NOT_TRACK";
}

/** What to tell people of what says off where the licence overrules it. Undefined where nothing does. */
export function describeOverruled({ overruled }: Consent): string | undefined {
  if (overruled.length === 0) return undefined;
  const says = overruled.length === 1 ? "says" : "say";
  const names = overruled.map((name) => OVERRULED_NAMES[name] ?? name).join(" and ");
  return `${names} ${says} off, but the licence doesn't allow that; see ${TERMS_URL}`;
}

/** What people call a rule that says no; the others are called by their variable. */
const OVERRULED_NAMES: Partial<Record<DecidedBy, string>> = {
  configuration: "the stored choice",
  local: "the choice of local mode",
  policy: "a policy file",
  unwritable: "a home folder that is no absolute path",
};

/** Whether traits may be recorded and sent. The licence comes before their own switch, as it does everywhere. */
export function mayRecordTraits({ standing, configuration }: Pick<Consent, "standing" | "configuration">): boolean {
  return standing.byLicence || configuration?.kind !== "stored" || configuration.stored.traitsEnabled ||
    !configuration.stored.enabled;
}

/** Whether reports are printed instead of queued and sent: for every value that doesn't clearly say no. */
export function isDebug(host: Host): boolean {
  return !["", "0", "false", "no", "off"].includes((host.env("RASA_TELEMETRY_DEBUG") ?? "").toLowerCase());
}

/**
 * Reads `global.yml`, and loads the parser of YAML only for a file that needs it. Loading it and parsing with it for
 * the first time takes at least 2 ms, which a start with telemetry off should not pay. Files as this program and Rasa
 * write them don't need it.
 */
export async function readConfigurationEarly(host: Host, home: Home | undefined): Promise<Configuration> {
  if (home === undefined) return { kind: "silent", fileExists: false };
  const plain = readConfiguration(host, home, parsePlain);
  if (plain !== undefined) return plain;
  const { readGlobalYml } = await import("./global_yml/parse.ts");
  return readGlobalYml(host, home);
}
