/** One rule of consent. The first one that says anything decides. */
export interface ConsentRule {
  /** Its name, as `status --json` and messages give it. */
  readonly decidedBy: string;
  /** Whether it looks at the environment alone. Then no file, and no failure to keep one, changes what it says. */
  readonly byEnvironment: boolean;
  /** On or off; undefined where the rule says nothing. */
  decide(facts: ConsentFacts): boolean | undefined;
  /** What it looks at: its heading in tables for people. Code stands in backticks, here and in `effect`. */
  readonly heading: string;
  /** What it makes of telemetry: on, off, and when. */
  readonly effect: string;
  /** What decided, for people, behind "Decided by". */
  readonly reason: string;
  /** Since when the decision stands, or how long it will. */
  readonly since: string;
}

/** What the rules look at. */
export interface ConsentFacts extends EnvironmentSettings {
  readonly configuration: Configuration;
  /** Whether nothing can be kept on this machine: no home is known, or its folder was tried and can't be written. */
  readonly unwritable: boolean;
}

/** What the environment says. Undefined: the variable isn't set. */
export interface EnvironmentSettings {
  /** Whether a valid Developer Edition Extended licence is there, under which telemetry can't be switched off. */
  readonly locked: boolean;
  readonly enabledVariable: string | undefined;
  readonly doNotTrack: string | undefined;
}

/** What `global.yml` says about telemetry. */
export type Configuration =
  /** There is no file, or it doesn't mention telemetry. */
  | { readonly kind: "silent"; readonly fileExists: boolean }
  /** The file can't be read or understood, so it may hold a no: it is neither overruled nor overwritten. */
  | { readonly kind: "broken"; readonly problem: string }
  /** The notice was shown, or the user made a choice. */
  | { readonly kind: "stored"; readonly stored: StoredChoice };

/** The choice that `global.yml` stores under `metrics`, and under `traits`. */
export interface StoredChoice {
  readonly enabled: boolean;
  /** Whether traits may be sent; the same as `enabled` where the file has no `traits`. */
  readonly traitsEnabled: boolean;
  /** 32 hex digits; undefined where the file has no id, or something else in its place. */
  readonly machineId: string | undefined;
  /** When the choice was stored, which also names the choice. Empty where the file has no date. */
  readonly date: string;
}

/**
 * The rules of consent in their order. Code, `status`, the page, the JSON schemas and README.md take them from here.
 */
export const RULES = [
  {
    decidedBy: "license",
    byEnvironment: true,
    decide: ({ locked }) => locked || undefined,
    heading: "A valid Developer Edition Extended licence",
    effect: "on, and can't be switched off",
    reason: "a Developer Edition Extended licence, under which it can't be switched off",
    since: "for as long as the licence is valid",
  },
  {
    decidedBy: "RASA_TELEMETRY_ENABLED",
    byEnvironment: true,
    decide: ({ enabledVariable }) => enabledVariable === undefined ? undefined : isYes(enabledVariable),
    heading: "`RASA_TELEMETRY_ENABLED`",
    effect: "on for `true`, `1`, `yes` and `on`; off for anything else, the empty value too",
    reason: "the variable RASA_TELEMETRY_ENABLED",
    since: "for as long as the variable is set; when that began is not recorded anywhere",
  },
  {
    decidedBy: "DO_NOT_TRACK",
    byEnvironment: true,
    decide: ({ doNotTrack = "" }) => doNotTrack === "" || doNotTrack === "0" ? undefined : false,
    heading: "`DO_NOT_TRACK`",
    effect: "off, unless it is empty or `0`",
    reason: "the variable DO_NOT_TRACK",
    since: "for as long as the variable is set; when that began is not recorded anywhere",
  },
  {
    decidedBy: "configuration",
    byEnvironment: false,
    decide({ configuration, unwritable }) {
      if (configuration.kind === "broken") return false;
      if (configuration.kind === "silent") return undefined;
      // A yes is of no use where nothing can be kept: that is left to the next rule.
      return configuration.stored.enabled && unwritable ? undefined : configuration.stored.enabled;
    },
    heading: "The choice stored in `global.yml`",
    effect: "as stored; off where the file can't be understood, and the file is never overwritten",
    reason: "the choice stored in global.yml",
    since: "not known: the choice carries no date",
  },
  {
    decidedBy: "unwritable",
    byEnvironment: false,
    decide: ({ unwritable }) => unwritable ? false : undefined,
    heading: "Nothing can be kept on this machine",
    effect: "off, even where the stored choice says on",
    reason: "the disk: no folder can be written, so nothing can be kept",
    since: "for as long as no folder can be written",
  },
  {
    decidedBy: "default",
    byEnvironment: false,
    decide: () => true,
    heading: "None of these",
    effect: "on, but reports are held on this machine until the notice was shown",
    reason: "the default: nobody has chosen yet",
    since: "the beginning: no choice was ever stored",
  },
] as const satisfies readonly ConsentRule[];

/** The rule that decided whether telemetry is on. */
export type DecidedBy = typeof RULES[number]["decidedBy"];

/** Whether telemetry is on, and by which rule. */
export interface Decision {
  readonly enabled: boolean;
  readonly decidedBy: DecidedBy;
}

/** The rule of that name. */
export function ruleOf(decidedBy: DecidedBy): ConsentRule {
  // Each name comes from the table.
  return RULES.find((rule) => rule.decidedBy === decidedBy)!;
}

/** What the environment alone decides, or undefined where `global.yml` must be asked. */
export function decideByEnvironment(settings: EnvironmentSettings): Decision | undefined {
  const facts = { ...settings, ...NOTHING_KEPT };
  return firstOf(RULES.filter(({ byEnvironment }) => byEnvironment), facts);
}

/** What `global.yml` decides where the environment decides nothing. */
export function decideByConfiguration(configuration: Configuration, unwritable = false): Decision {
  const facts = { ...NO_ENVIRONMENT, configuration, unwritable };
  // The last rule decides where no other does.
  return firstOf(RULES, facts) as Decision;
}

/** Whether the value of a variable means yes: `true`, `1`, `yes` or `on`, in any case. */
export function isYes(value: string | undefined): boolean {
  // A pattern that ignores case would do, but the first one of those takes 15 ms of every start.
  return value !== undefined && ["true", "1", "yes", "on"].includes(value.toLowerCase());
}

const NO_ENVIRONMENT: EnvironmentSettings = { locked: false, enabledVariable: undefined, doNotTrack: undefined };

const NOTHING_KEPT = { configuration: { kind: "silent", fileExists: false }, unwritable: false } as const;

function firstOf(rules: readonly (typeof RULES)[number][], facts: ConsentFacts): Decision | undefined {
  for (const { decide, decidedBy } of rules) {
    const enabled = decide(facts);
    if (enabled !== undefined) return { enabled, decidedBy };
  }
  return undefined;
}
