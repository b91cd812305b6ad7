/** The rule that decided whether telemetry is on, as `status` names it. */
export type DecidedBy =
  | "license"
  | "RASA_TELEMETRY_ENABLED"
  | "DO_NOT_TRACK"
  | "configuration"
  | "default"
  | "unwritable";

/** Whether telemetry is on, and by which rule. */
export interface Decision {
  readonly enabled: boolean;
  readonly decidedBy: DecidedBy;
}

/** What the environment says. Undefined is "not set". */
export interface EnvironmentSettings {
  /** A valid Developer Edition Extended licence is there: telemetry can't be switched off. */
  readonly locked: boolean;
  readonly enabledVariable: string | undefined;
  readonly doNotTrack: string | undefined;
}

/** What `global.yml` says about telemetry. */
export type Configuration =
  /** There is no file, or it doesn't mention telemetry. */
  | { readonly kind: "silent"; readonly fileExists: boolean }
  /** There is something that can't be read or understood: nothing in it may be overruled or overwritten. */
  | { readonly kind: "broken"; readonly problem: string }
  /** Somebody was told, and chose or kept the default. */
  | { readonly kind: "stored"; readonly stored: StoredChoice };

/** The choice that `global.yml` stores under `metrics`, and under `traits`. */
export interface StoredChoice {
  readonly enabled: boolean;
  /** Whether traits may be sent; as `enabled` where the file has no `traits`. */
  readonly traitsEnabled: boolean;
  /** 32 hex digits, or undefined where there is none or it isn't one. */
  readonly machineId: string | undefined;
  /** When the choice was stored, as the file has it; names the choice. Empty where there is none. */
  readonly date: string;
}

/** What the environment alone decides, or undefined where the configuration must be asked. */
export function decideByEnvironment(settings: EnvironmentSettings): Decision | undefined {
  if (settings.locked) return { enabled: true, decidedBy: "license" };
  if (settings.enabledVariable !== undefined) {
    return { enabled: isYes(settings.enabledVariable), decidedBy: "RASA_TELEMETRY_ENABLED" };
  }
  if (settings.doNotTrack !== undefined && settings.doNotTrack !== "" && settings.doNotTrack !== "0") {
    return { enabled: false, decidedBy: "DO_NOT_TRACK" };
  }
  return undefined;
}

/** What the configuration decides where the environment doesn't. What can't be understood might be a no. */
export function decideByConfiguration(configuration: Configuration): Decision {
  switch (configuration.kind) {
    case "broken":
      return { enabled: false, decidedBy: "configuration" };
    case "stored":
      return { enabled: configuration.stored.enabled, decidedBy: "configuration" };
    case "silent":
      return { enabled: true, decidedBy: "default" };
  }
}

/** Whether the value of a variable means yes: `true`, `1`, `yes` or `on`, in any case. */
export function isYes(value: string | undefined): boolean {
  // Not by a pattern that ignores case: the first of those costs every start 15 ms.
  return value !== undefined && ["true", "1", "yes", "on"].includes(value.toLowerCase());
}

/**
 * Whether the user was told about telemetry and could have said no: the notice was shown or a choice stored (both leave
 * `metrics` in `global.yml`), or the environment says on.
 */
export function wasTold(enabledVariable: string | undefined, configuration: Configuration): boolean {
  return isYes(enabledVariable) || configuration.kind === "stored";
}
