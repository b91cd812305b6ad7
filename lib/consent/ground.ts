import type { Home } from "../home.ts";
import type { Host } from "../host/host.ts";
import type { Licence } from "../licence/licence.ts";
import { freshRecord } from "./fresh_record.ts";
import type { Standing } from "./permission.ts";
import type { Place } from "./place.ts";
import type { PolicyPlaces } from "./policy.ts";
import type { RecordFile } from "./record_file.ts";
import type { Configuration, DecidedBy, Decision, EnvironmentSettings } from "./rules.ts";

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

/** Whether a licence keeps telemetry on at a moment. */
export function isLocked(licence: Licence | undefined, now: Date): boolean {
  return (licence?.lockedUntil ?? 0) > now.getTime();
}

/** The ground as it is by now: a licence may have expired while the process runs, and then any no counts again. */
export function groundNow(host: Host, ground: Ground): Ground {
  const { licence, settings } = ground;
  if (!settings.locked || isLocked(licence, host.now())) return ground;
  return { ...ground, settings: { ...settings, locked: false } };
}

/** Off by what was read so far: nothing else is read then. */
export function offBefore(host: Host, ground: Ground, decision: Decision, policy: string | undefined): Consent {
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

/** What a consent says of its ground. */
export function partsOf(ground: Ground): Pick<Consent, "ground" | "home" | "licence"> {
  return { ground, home: ground.home, licence: ground.licence };
}
