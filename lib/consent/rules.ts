/** One rule of consent. The first one that says anything decides. */
export interface ConsentRule {
  /** Its own name, inside the program. */
  readonly id: string;
  /** Its name, as `status --json` and messages give it. Two rules share one where they look at the same thing. */
  readonly decidedBy: string;
  /** What it says where it says anything. */
  readonly says: boolean;
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
  /** Whether a variable names a home and no folder that can be used: where a no would stand isn't known then. */
  readonly misplaced: boolean;
  /** Whether a policy file says no. */
  readonly policy: boolean;
  readonly configuration: Configuration;
  /** Whether the user said yes: not only that the file says so, which Rasa writes by itself. */
  readonly asked: boolean;
  /** Whether the stored no means that reports are kept on this machine. */
  readonly local: boolean;
  /** Whether the file held a no, which a program has written over unseen, or which can't be understood any more. */
  readonly knownNo: boolean;
  /** Whether this build is off until somebody enables it. */
  readonly offByDefault: boolean;
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

const STORED_REASON = "the choice stored in global.yml";
const STORED_SINCE = "not known: the choice carries no date";
const VARIABLE_SINCE = "for as long as the variable is set; when that began is not recorded anywhere";

/**
 * The rules of consent in their order: the licence, then every no, then what switches telemetry on. Code, `status`, the
 * page, the JSON schemas and README.md take them from here.
 */
export const RULES = [
  {
    id: "licence",
    decidedBy: "licence",
    says: true,
    byEnvironment: true,
    decide: ({ locked }) => locked || undefined,
    heading: "A valid Developer Edition Extended licence in the environment",
    effect: "on, and can't be switched off",
    reason: "a Developer Edition Extended licence, under which it can't be switched off",
    since: "for as long as the licence is valid",
  },
  {
    id: "variable off",
    decidedBy: "RASA_TELEMETRY_ENABLED",
    says: false,
    byEnvironment: true,
    decide: ({ enabledVariable }) => enabledVariable === undefined || isYes(enabledVariable) ? undefined : false,
    heading: "`RASA_TELEMETRY_ENABLED` says no",
    effect: "off for anything but `true`, `1`, `yes` and `on`, the empty value too",
    reason: "the variable RASA_TELEMETRY_ENABLED",
    since: VARIABLE_SINCE,
  },
  {
    id: "DO_NOT_TRACK",
    decidedBy: "DO_NOT_TRACK",
    says: false,
    byEnvironment: true,
    decide: ({ doNotTrack = "" }) => doNotTrack === "" || doNotTrack === "0" ? undefined : false,
    heading: "`DO_NOT_TRACK`",
    effect: "off, unless it is empty or `0`",
    reason: "the variable DO_NOT_TRACK",
    since: VARIABLE_SINCE,
  },
  {
    id: "home",
    decidedBy: "unwritable",
    says: false,
    byEnvironment: true,
    decide: ({ misplaced }) => misplaced ? false : undefined,
    heading: "A `RASA_TELEMETRY_HOME` or, without it, a `HOME` that isn't an absolute path",
    effect: "off: a choice would hold in one folder and not in the next",
    reason: "the home folder, which must be an absolute path",
    since: VARIABLE_SINCE,
  },
  {
    id: "policy",
    decidedBy: "policy",
    says: false,
    byEnvironment: false,
    decide: ({ policy }) => policy ? false : undefined,
    heading: "A policy file, for a machine or a project",
    effect: "off, unless it says exactly `enabled: true`, which means no opinion",
    reason: "a policy file",
    since: "for as long as the policy file is there",
  },
  {
    id: "stored no",
    decidedBy: "configuration",
    says: false,
    byEnvironment: false,
    decide({ configuration, local, knownNo }) {
      if (knownNo) return false;
      return configuration.kind === "stored" && !configuration.stored.enabled && !local ? false : undefined;
    },
    heading: "A no stored in `global.yml`",
    effect: "off",
    reason: STORED_REASON,
    since: STORED_SINCE,
  },
  {
    id: "local",
    decidedBy: "local",
    says: true,
    byEnvironment: false,
    decide: ({ local }) => local || undefined,
    heading: "A stored choice of `enable --local`",
    effect: "recorded on this machine, and never sent",
    reason: "the choice to keep reports on this machine",
    since: STORED_SINCE,
  },
  {
    id: "variable on",
    decidedBy: "RASA_TELEMETRY_ENABLED",
    says: true,
    byEnvironment: true,
    decide: ({ enabledVariable }) => isYes(enabledVariable) || undefined,
    heading: "`RASA_TELEMETRY_ENABLED` says yes",
    effect: "on while it is set, without a notice; it stores nothing",
    reason: "the variable RASA_TELEMETRY_ENABLED",
    since: VARIABLE_SINCE,
  },
  {
    id: "broken",
    decidedBy: "configuration",
    says: false,
    byEnvironment: false,
    decide: ({ configuration }) => configuration.kind === "broken" ? false : undefined,
    heading: "A `global.yml` that can't be understood",
    effect: "off, and the file is never overwritten",
    reason: "the file global.yml, which can't be understood and might hold a no",
    since: "for as long as the file can't be understood",
  },
  {
    id: "unwritable",
    decidedBy: "unwritable",
    says: false,
    byEnvironment: false,
    decide: ({ unwritable }) => unwritable ? false : undefined,
    heading: "Nothing can be kept on this machine",
    effect: "off",
    reason: "the disk: no folder can be written, so nothing can be kept",
    since: "for as long as no folder can be written",
  },
  {
    id: "stored yes",
    decidedBy: "configuration",
    says: true,
    byEnvironment: false,
    decide: ({ asked }) => asked || undefined,
    heading: "A yes: `enable`, or `y` at the question",
    effect: "on; reports leave at once",
    reason: STORED_REASON,
    since: STORED_SINCE,
  },
  {
    id: "build",
    decidedBy: "default",
    says: false,
    byEnvironment: false,
    decide: ({ offByDefault }) => offByDefault ? false : undefined,
    heading: "A build that is off until somebody enables it (`--off-by-default`)",
    effect: "off; nobody is told or asked",
    reason: "the default of this build: off until somebody enables it",
    since: "the beginning: nobody said yes",
  },
  {
    id: "default",
    decidedBy: "default",
    says: true,
    byEnvironment: false,
    decide: () => true,
    heading: "None of these",
    effect: "on, but nothing leaves until one hour after the notice was shown",
    reason: "the default: nobody has chosen yet",
    since: "the beginning: no choice was ever stored",
  },
] as const satisfies readonly ConsentRule[];

/** The rule that decided whether telemetry is on. */
export type DecidedBy = typeof RULES[number]["decidedBy"];

/** The name of a rule inside the program. */
export type RuleId = typeof RULES[number]["id"];

/** Whether telemetry is on, and by which rule. */
export interface Decision {
  /** Whether events are recorded. */
  readonly enabled: boolean;
  readonly decidedBy: DecidedBy;
  readonly rule: RuleId;
}

/** The rule that decided. */
export function ruleOf({ rule }: Pick<Decision, "rule">): ConsentRule {
  // Each decision comes from the table.
  return RULES.find(({ id }) => id === rule)!;
}

/** What the environment alone decides, or undefined where files must be asked. A no of a file overrules its yes. */
export function decideByEnvironment(settings: EnvironmentSettings): Decision | undefined {
  return firstOf(RULES.filter(({ byEnvironment }) => byEnvironment), { ...NOTHING_ELSE, ...settings });
}

/** What all of it decides. */
export function decide(facts: ConsentFacts): Decision {
  // The last rule decides where no other does.
  return firstOf(RULES, facts) as Decision;
}

/** What a licence overrules: every no that somebody said, and local mode, whether or not it would decide. */
export function overruledByLicence(facts: ConsentFacts): DecidedBy[] {
  const below = RULES.slice(1, RULES.findIndex(({ decidedBy }) => decidedBy === "local") + 1);
  return below.filter(({ decide }) => decide(facts) !== undefined).map(({ decidedBy }) => decidedBy);
}

/** Whether the value of a variable means yes: `true`, `1`, `yes` or `on`, in any case. */
export function isYes(value: string | undefined): boolean {
  // A pattern that ignores case would do, but the first one of those takes 15 ms of every start.
  return value !== undefined && ["true", "1", "yes", "on"].includes(value.toLowerCase());
}

/** Facts under which the last rule decides. */
export const NOTHING_ELSE: ConsentFacts = {
  locked: false,
  enabledVariable: undefined,
  doNotTrack: undefined,
  misplaced: false,
  policy: false,
  configuration: { kind: "silent", fileExists: false },
  asked: false,
  local: false,
  knownNo: false,
  offByDefault: false,
  unwritable: false,
};

function firstOf(rules: readonly (typeof RULES)[number][], facts: ConsentFacts): Decision | undefined {
  for (const { id, decide, decidedBy } of rules) {
    const enabled = decide(facts);
    if (enabled !== undefined) return { enabled, decidedBy, rule: id };
  }
  return undefined;
}
