import type { Consent, Ground } from "../../lib/consent/consent.ts";
import { conclude } from "../../lib/consent/judge.ts";
import { fateNow, labelNow } from "../../lib/consent/outlook.ts";
import { HOUR_MS, type Label } from "../../lib/consent/permission.ts";
import type { Place } from "../../lib/consent/place.ts";
import { type ConsentRecord, isAsGood } from "../../lib/consent/record.ts";
import type { Configuration } from "../../lib/consent/rules.ts";
import { freshRecord } from "../../lib/consent/fresh_record.ts";
import { nameOfChoice } from "../../lib/consent/settle.ts";
import { keptLocal, saidNo, saidYes, wasTold, withNewId } from "../../lib/consent/transitions.ts";

/**
 * One machine as the rules of consent see it: what stands in the files, what the environment says, what waits. Every
 * step is made of the program's own pure functions, so that every order of steps can be tried.
 */
export interface World {
  readonly now: number;
  /** What `global.yml` says. */
  readonly stored: Configuration;
  /** Whether a no stands beside a file that could not be changed. */
  readonly veto: boolean;
  /** What a running Rasa has read of it, and writes back without looking again. */
  readonly rasaRead: Configuration | undefined;
  readonly record: ConsentRecord | undefined;
  readonly place: Place;
  readonly variable: string | undefined;
  readonly doNotTrack: string | undefined;
  readonly policy: boolean;
  readonly locked: boolean;
  /** Whether the build is off until somebody enables it. */
  readonly offByDefault: boolean;
  /** The number of the newest notice of the program that is in use. */
  readonly newest: number;
  readonly waiting: readonly Waiting[];
  /** A report that another process has made, and has not put into the queue yet. */
  readonly pending: Waiting | undefined;
  /** How many epochs, dates and reports there were, to give each a name. */
  readonly count: number;
}

/** A report that waits: when it was recorded is the number of the step. */
export interface Waiting {
  readonly step: number;
  readonly label: Label;
}

/** What one step did. */
export interface Done {
  readonly world: World;
  /** The steps in which the reports were recorded that left. */
  readonly left: readonly number[];
  /** Whether a process looked at the record. */
  readonly looked: boolean;
}

/** A step. `step` is its number. */
export type Step = (world: World, step: number) => Done;

/** Noon of the day on which every order begins, and the date of the build, a day before. */
export const START = Date.UTC(2026, 2, 1, 12);
const BUILT = START - 24 * HOUR_MS;

const MINUTE_MS = 60_000;

const MACHINES = [{ kind: "machine", hash: "a".repeat(64) }, { kind: "machine", hash: "b".repeat(64) }] as const;
const CONTAINER = { kind: "container", hash: "c".repeat(64), own: true } as const;

/** A machine on which nothing happened yet. */
export const FRESH: World = {
  now: START,
  stored: { kind: "silent", fileExists: false },
  veto: false,
  rasaRead: undefined,
  record: undefined,
  place: MACHINES[0],
  variable: undefined,
  doNotTrack: undefined,
  policy: false,
  locked: false,
  offByDefault: false,
  newest: 1,
  waiting: [],
  pending: undefined,
  count: 0,
};

/** The same with a build that is off until somebody enables it. */
export const FRESH_AND_OFF: World = { ...FRESH, offByDefault: true };

/** What the file says with a no that stands beside it. */
export function effective({ stored, veto }: World): Configuration {
  if (!veto || (stored.kind === "stored" && !stored.stored.enabled)) return stored;
  const machineId = stored.kind === "stored" ? stored.stored.machineId : undefined;
  return { kind: "stored", stored: { enabled: false, traitsEnabled: false, machineId, date: "" } };
}

/** What consent comes to in this world, and the world with the names of epochs that it took. */
export function look(world: World): { readonly consent: Consent; readonly count: number } {
  let { count } = world;
  const settings = {
    locked: world.locked,
    enabledVariable: world.variable,
    doNotTrack: world.doNotTrack,
    misplaced: false,
  };
  const ground: Ground = {
    // Only whether there is one matters here.
    home: {} as Ground["home"],
    licence: undefined,
    settings,
    policies: [],
    place: world.place,
    isPlaceKnown: true,
    addressee: "x",
    offByDefault: world.offByDefault,
    builtAt: new Date(BUILT),
  };
  const consent = conclude({
    ground,
    policy: world.policy ? "policy" : undefined,
    configuration: effective(world),
    file: world.record === undefined ? { kind: "none" } : { kind: "record", record: world.record },
    now: new Date(world.now),
  }, () => `epoch ${++count}`);
  return { consent, count };
}

/** Every step, by its name. */
export const STEPS = {
  track: (world, step) => send(enqueue(world, step)),
  flush: (world) => send(look0(world)),
  begin: (world, step) => quiet({ ...world, pending: newReport(world, step) }),
  end(world) {
    if (world.pending === undefined) return quiet(world);
    const { pending } = world;
    return send({ ...look0(world), pending: undefined, waiting: [...look0(world).waiting, pending] });
  },
  tell: (world) => tell(world, false, undefined),
  "tell on a terminal": (world) => tell(world, true, undefined),
  "answer yes": (world) => tell(world, true, true),
  "answer no": (world) => tell(world, true, false),
  enable: (world) => yes(world),
  disable: (world) => no(world),
  "enable --local": (world) => local(world),
  "reset-id": (world) => resetId(world),
  "variable on": (world) => quiet({ ...world, variable: "true" }),
  "variable off": (world) => quiet({ ...world, variable: "false" }),
  "variable unset": (world) => quiet({ ...world, variable: undefined }),
  "DO_NOT_TRACK": (world) => quiet({ ...world, doNotTrack: world.doNotTrack === undefined ? "1" : undefined }),
  policy: (world) => quiet({ ...world, policy: !world.policy }),
  "licence": (world) => quiet({ ...world, locked: !world.locked }),
  "Rasa says on": (world) => quiet({ ...world, stored: toggled(world, true), count: world.count + 1 }),
  "Rasa says off": (world) => quiet({ ...world, stored: toggled(world, false), count: world.count + 1 }),
  "Rasa reads": (world) => quiet({ ...world, rasaRead: world.stored }),
  "Rasa writes": (world) => quiet({ ...world, stored: world.rasaRead ?? world.stored }),
  "the file is deleted": (world) => quiet({ ...world, stored: { kind: "silent", fileExists: false } }),
  "the file breaks": (world) => quiet({ ...world, stored: { kind: "broken", problem: "x" } }),
  "a new notice": (world) => quiet({ ...world, newest: world.newest === 1 ? 2 : 1 }),
  "another machine": (world) => quiet({ ...world, place: world.place === MACHINES[0] ? MACHINES[1] : MACHINES[0] }),
  "a copy in a container": (world) => quiet({ ...world, place: CONTAINER }),
  // Two of these are less than the hour, and one of those is more. No span is the hour itself.
  "25 minutes": (world) => quiet({ ...world, now: world.now + 25 * MINUTE_MS }),
  "61 minutes": (world) => quiet({ ...world, now: world.now + 61 * MINUTE_MS }),
  "two hours back": (world) => quiet({ ...world, now: world.now - 123 * MINUTE_MS }),
  "years ahead": (world) => quiet({ ...world, now: world.now + 5 * 365 * 24 * HOUR_MS }),
  "years back": (world) => quiet({ ...world, now: world.now - 5 * 365 * 24 * HOUR_MS }),
} as const satisfies Record<string, Step>;

/** The name of a step. */
export type StepName = keyof typeof STEPS;

function quiet(world: World): Done {
  return { world, left: [], looked: false };
}

/** The choice as Rasa changes it: `enabled` alone, or a new section where there is none. */
function toggled({ stored, count }: World, enabled: boolean): Configuration {
  const before = stored.kind === "stored" ? stored.stored : { machineId: "c".repeat(32), date: `Rasa ${count}` };
  return { kind: "stored", stored: { ...before, enabled, traitsEnabled: enabled } };
}

/** What any process of ours does first: it keeps what it finds, and deletes what is of another epoch. */
function look0(world: World): World {
  const { consent, count } = look(world);
  const { standing: { record }, changed, overwritten } = consent;
  if (world.record === undefined) return { ...world, count };
  // A no that was written over is stored again.
  const { stored } = overwritten ? withNo(world) : world;
  const kept = overwritten ? { ...record, choice: nameOfChoice(stored) ?? record.choice } : record;
  const waiting = changed ? world.waiting.filter(({ label }) => label.epoch === record.epoch) : world.waiting;
  return { ...world, record: kept, stored, waiting, count: count + 1 };
}

/** The world in which there is a record. */
function withRecord(before: World): World & { readonly record: ConsentRecord } {
  const world = look0(before);
  if (world.record !== undefined) return { ...world, record: world.record };
  const record = freshRecord({ place: world.place, choice: nameOfChoice(effective(world)) }, `epoch ${world.count}`);
  return { ...world, record, count: world.count + 1 };
}

function newReport(world: World, step: number): Waiting | undefined {
  const { consent } = look(world);
  if (!consent.enabled || consent.decidedBy === "local") return undefined;
  return { step, label: labelNow(look(withRecord(world)).consent, world.newest) };
}

function enqueue(before: World, step: number): World {
  const looked = look0(before);
  const { consent } = look(looked);
  if (!consent.enabled || consent.decidedBy === "local") return looked;
  const world = withRecord(looked);
  const report = newReport(world, step);
  return report === undefined ? world : { ...world, waiting: [...world.waiting, report] };
}

/** Delivers what may leave. */
function send(world: World): Done {
  const { consent } = look(world);
  if (!consent.enabled || consent.decidedBy === "local") return { world, left: [], looked: true };
  const fates = world.waiting.map((waiting) => [waiting, fateNow("event", waiting.label, consent).kind] as const);
  return {
    world: { ...world, waiting: fates.filter(([, kind]) => kind === "waits").map(([waiting]) => waiting) },
    left: fates.filter(([, kind]) => kind === "leaves").map(([{ step }]) => step),
    looked: true,
  };
}

function tell(before: World, terminal: boolean, answer: boolean | undefined): Done {
  const looked = look0(before);
  const { consent } = look(looked);
  const isLicence = consent.decidedBy === "licence";
  const telling = { notice: looked.newest, addressee: "x", terminal: terminal && !isLicence };
  const isNeeded = consent.enabled && (isLicence || consent.decidedBy === "default");
  if (!isNeeded || isAsGood(consent.standing.record.told, telling)) return { world: looked, left: [], looked: true };
  const world = withRecord(looked);
  const told = { at: new Date(world.now).toISOString(), ...telling };
  const known = { ...world, record: wasTold(world.record, told) };
  if (answer === undefined || isLicence) return { world: known, left: [], looked: true };
  return answer ? yes(known) : no(known);
}

function choice(enabled: boolean, { count, stored }: World): Configuration {
  const machineId = stored.kind === "stored" ? stored.stored.machineId : undefined;
  return { kind: "stored", stored: { enabled, traitsEnabled: enabled, machineId, date: `ours ${count}` } };
}

function yes(before: World): Done {
  const world = withRecord(before);
  if (world.stored.kind === "broken") return { world, left: [], looked: true };
  const isOn = world.stored.kind === "stored" && world.stored.stored.enabled;
  const next = { ...world, veto: false, stored: isOn ? world.stored : choice(true, world), count: world.count + 1 };
  const at = new Date(world.now).toISOString();
  const record = saidYes(world.record, { at, notice: world.newest, addressee: "x", choice: nameOfChoice(next.stored) });
  return { world: dropHopeless({ ...next, record }), left: [], looked: true };
}

function no(before: World): Done {
  if (before.locked) return quiet(before);
  const world = look0(before);
  const wasNo = isOff(world);
  const epoch = `epoch ${world.count}`;
  const next = { ...withNo(world), waiting: [], count: world.count + 1 };
  const names = { before: nameOfChoice(effective(world)), after: nameOfChoice(effective(next)) };
  const record = world.record && saidNo(world.record, { ...names, wasNo, epoch });
  return { world: record === undefined ? next : { ...next, record }, left: [], looked: true };
}

/** A no in the file, or beside it where it can't be changed. */
function withNo(world: World): World {
  if (isOff(world)) return world;
  return world.stored.kind === "broken" ? { ...world, veto: true } : { ...world, stored: choice(false, world) };
}

/** Whether a no stands in the file or beside it. */
export function isOff(world: World): boolean {
  const stored = effective(world);
  return stored.kind === "stored" && !stored.stored.enabled;
}

function local(before: World): Done {
  if (before.locked) return quiet(before);
  const world = withRecord(before);
  if (world.stored.kind === "broken") return { world, left: [], looked: true };
  const isOffAlready = world.stored.kind === "stored" && !world.stored.stored.enabled;
  const next = { ...world, stored: isOffAlready ? world.stored : choice(false, world), count: world.count + 1 };
  const names = { before: nameOfChoice(effective(world)), after: nameOfChoice(effective(next)) };
  const record = keptLocal(world.record, { ...names, wasNo: isOff(world), epoch: `epoch ${world.count}` });
  return { world: dropHopeless({ ...next, record }), left: [], looked: true };
}

function resetId(before: World): Done {
  const world = withRecord(before);
  const id = { machineId: "d".repeat(32), old: world.record.machineId, epoch: `epoch ${world.count}` };
  const record = withNewId(world.record, id);
  return { world: { ...world, record, waiting: [], count: world.count + 1 }, left: [], looked: true };
}

function dropHopeless(world: World): World {
  const { consent } = look(world);
  const waiting = world.waiting.filter(({ label }) => fateNow("event", label, consent).kind !== "dropped");
  return { ...world, waiting };
}
