import { type Home, readUserFolder } from "../home.ts";
import { readContainer } from "../host/container.ts";
import type { Host } from "../host/host.ts";
import { sha256 } from "../sha256.ts";
import { loadYaml, readGlobalYml } from "./global_yml/parse.ts";
import { parsePlain } from "./global_yml/plain.ts";
import { readConfiguration } from "./global_yml/read.ts";
import { freshRecord } from "./fresh_record.ts";
import { type Consent, type Ground, groundNow, offBefore, partsOf } from "./ground.ts";
import { isSamePlace, readPlace } from "./place.ts";
import { findPolicy, policyPlaces } from "./policy.ts";
import { readRecord, type RecordFile } from "./record_file.ts";
import {
  type Configuration,
  decide,
  type Decision,
  type EnvironmentSettings,
  isYes,
  NOTHING_ELSE,
  overruledByLicence,
} from "./rules.ts";
import { type Findings, findingsOf, settle } from "./settle.ts";

/** What holds where the environment doesn't say off: what a policy says, and unless that is no, the other files. */
export async function judgeByFiles(host: Host, before: Ground): Promise<Consent> {
  const { home, settings } = before;
  const policies = policyPlaces(host, host.cwd(), readUserFolder(host));
  const policy = findPolicy(host, policies);
  const ground = { ...before, policies };
  if (policy !== undefined && !settings.locked) {
    return offBefore(host, ground, { enabled: false, decidedBy: "policy", rule: "policy" }, policy);
  }
  const here = home === undefined ? ground : await readHere(host, home);
  return judge(host, { ...ground, ...here }, policy, await readConfigurationEarly(host, home));
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

/**
 * Reads `global.yml`, and loads the parser of YAML where it takes one. Whoever changes a choice reads it so: what
 * consent was read without, because a variable or a policy says off, may be the choice that is changed.
 */
export async function readConfigurationEarly(host: Host, home: Home | undefined): Promise<Configuration> {
  if (home === undefined) return { kind: "silent", fileExists: false };
  const plain = readConfiguration(host, home, parsePlain);
  if (plain !== undefined) return plain;
  await loadYaml();
  return readGlobalYml(host, home);
}
