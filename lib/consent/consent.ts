import type { BuildConfig } from "../build_config.ts";
import { misplacedBy, readHome } from "../home.ts";
import type { Host } from "../host/host.ts";
import { readLicence } from "../licence/licence.ts";
import { UNKNOWN_PLACE } from "./fresh_record.ts";
import { type Consent, type Ground, isLocked, offBefore } from "./ground.ts";
import { decideByEnvironment, type Decision } from "./rules.ts";

export type { Consent, Ground } from "./ground.ts";

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
    misplaced: misplacedBy(host, home) !== undefined,
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
  // Whoever switched telemetry off by a variable needn't wait for files, nor for the code that reads them.
  const { judgeByFiles } = await import("./judge.ts");
  return await judgeByFiles(host, ground);
}

/** Whether the environment decided. Then no file, and no failure to keep one, changes the decision. */
export function isByEnvironment({ decidedBy }: Decision): boolean {
  return decidedBy === "licence" || decidedBy === "RASA_TELEMETRY_ENABLED" || decidedBy === "DO_NOT_TRACK";
}

/** Whether traits may be recorded and sent. The licence comes before their own switch, as it does everywhere. */
export function mayRecordTraits({ standing, configuration }: Pick<Consent, "standing" | "configuration">): boolean {
  return standing.byLicence || configuration?.kind !== "stored" || configuration.stored.traitsEnabled ||
    !configuration.stored.enabled;
}

/** Whether reports are printed instead of queued and sent: for every value that doesn't clearly say no. */
export function isDebug(host: Host): boolean {
  return !["", "0", "false", "no", "off"].includes((host.env("RASA_TELEMETRY_DEBUG") ?? "").toLowerCase());
}
