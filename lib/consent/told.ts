import type { Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";
import { removeQuietly, replaceFile } from "../host/replace_file.ts";
import type { Home } from "../home.ts";
import { type Configuration, type Decision, isYes } from "./rules.ts";

/** The longest date that is read, in bytes. */
const MAX_DATE_BYTES = 100;

/** Stands in the place of the date where the notice was shown, but `global.yml` could not be changed. */
export const UNSTORED = "unstored";

/**
 * Whether the user was told about telemetry and could have said no. That is so where the environment says on, and where
 * `global.yml` has `metrics`: showing the notice stores them, and so does a choice.
 */
export function wasTold(enabledVariable: string | undefined, configuration: Configuration): boolean {
  return isYes(enabledVariable) || configuration.kind === "stored";
}

/**
 * Whether the user was told under a licence that locks telemetry, on a machine whose `global.yml` can't be changed.
 * There the date that `init` left is all there is to tell.
 */
export function wasToldUnderLock(
  host: Host,
  home: Home | undefined,
  decided: Decision | undefined,
  configuration: Configuration,
): boolean {
  return decided?.decidedBy === "license" && configuration.kind === "broken" && home !== undefined &&
    readNoticeDate(host, home) !== undefined;
}

/** What the user was told, for people, behind "Notice". `saysOn`: whether RASA_TELEMETRY_ENABLED says on. */
export function describeTold(told: boolean, configuration: Configuration | undefined, saysOn: boolean): string {
  if (!told) return "not shown yet: reports are held until rasa-telemetry init has shown it";
  if (configuration?.kind === "stored") return "shown, or a choice was stored";
  return saysOn ? "not needed: RASA_TELEMETRY_ENABLED says on" : "shown";
}

/**
 * Keeps the date under which the choice that follows from the notice is about to be stored. Reports that were held
 * until then go under that choice too. Throws `FileFault` where nothing can be written.
 */
export function writeNoticeDate(host: Host, home: Home, date: string): void {
  host.files.makeDirectory(home.telemetryDirectory);
  replaceFile(host, home.noticeFile, date);
}

/** Removes the date where the notice could not be shown after all. */
export function removeNoticeDate(host: Host, home: Home): void {
  removeQuietly(host, home.noticeFile);
}

/** The date that `writeNoticeDate` kept, or `UNSTORED`; undefined where there is none. */
export function readNoticeDate(host: Host, home: Home): string | undefined {
  return orElse(() => new TextDecoder().decode(host.files.read(home.noticeFile, MAX_DATE_BYTES)), undefined);
}
