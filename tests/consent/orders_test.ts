import { assertEquals } from "@std/assert";
import { HOUR_MS } from "../../lib/consent/permission.ts";
import { isAsGood } from "../../lib/consent/record.ts";
import type { Place } from "../../lib/consent/place.ts";
import { seededRandom } from "../support/machine/random.ts";
import {
  FRESH,
  FRESH_AND_OFF,
  isOff,
  look,
  START,
  type Step,
  type StepName,
  STEPS,
  type Waiting,
  type World,
} from "./model.ts";

/**
 * Tries orders of steps, and holds what leaves against what people were promised. What is expected here is told by the
 * steps alone: it knows nothing of records, epochs and labels.
 */

/** What the steps so far mean for people. */
interface Story {
  readonly steps: readonly StepName[];
  /** When each step was, by the clock. */
  readonly times: readonly number[];
  /** The number of the last step after which nothing recorded before may leave; -1: none. */
  readonly ended: number;
  /** The number of the step of the yes that stands; -1: none. */
  readonly yes: number;
  /** Tellings since `ended`: when they were, by the clocks that were seen since. */
  readonly tellings: readonly { readonly step: number; readonly first: number; readonly at: number }[];
  /** The steps that recorded something while the variable said on. */
  readonly byVariable: readonly number[];
  readonly byLicence: readonly number[];
  /** Whether our own no stands, which only a yes may end. */
  readonly no: boolean;
  readonly local: boolean;
  /** Whether the stored choice was a no when a process looked last. */
  readonly off: boolean;
  /** Where a process looked last. */
  readonly home: Place;
}

const BEGINNING: Story = {
  steps: [],
  times: [],
  ended: -1,
  yes: -1,
  tellings: [],
  byVariable: [],
  byLicence: [],
  no: false,
  local: false,
  off: false,
  home: FRESH.place,
};

/** The story with one more step, which led from one world to another. */
function tellOn(story: Story, name: StepName, before: World, after: World, looked: boolean): Story {
  const step = story.steps.length;
  let { ended, yes, tellings, no, local, off, home } = story;
  const end = (last = step) => [ended, yes, tellings] = [last, -1, []];
  // What Rasa stored counts once somebody has seen it.
  if (looked && isOff(before) && !off && !local && !no) end(step - 1);
  if (looked) off = isOff(after);
  if (looked && after.place !== home) {
    const stands = yes;
    end(step - 1);
    [yes, home] = [stands, after.place];
  }
  if (looked) {
    const isBelievable = (at: number) => at <= after.now && at >= START - 24 * HOUR_MS;
    tellings = tellings.map((told) => isBelievable(told.at) ? told : { ...told, at: after.now });
  }
  const { enabled, decidedBy, standing } = look(before).consent;
  // Nobody is asked twice.
  const wasAsked = isAsGood(standing.record.told, { notice: before.newest, addressee: "x", terminal: true });
  const isAnswered = enabled && decidedBy === "default" && looked && !wasAsked;
  switch (name) {
    case "tell":
    case "tell on a terminal":
    case "answer yes":
    case "answer no":
      if (after.record?.told?.at === new Date(after.now).toISOString() || (name === "answer no" && isAnswered)) {
        tellings = [...tellings, { step, first: after.now, at: after.now }];
      }
      if (name === "answer yes" && isAnswered) [yes, no, local] = [yes >= 0 ? yes : step, false, false];
      if (name === "answer no" && isAnswered) {
        end();
        [no, local] = [true, false];
      }
      break;
    case "enable":
      if (before.stored.kind !== "broken") [yes, no, local] = [yes >= 0 ? yes : step, false, false];
      break;
    case "disable":
      if (!before.locked) {
        end();
        // A machine on which nothing is kept has nothing to remember a no by but the file.
        [no, local] = [after.record !== undefined, false];
      }
      break;
    case "enable --local":
      if (before.stored.kind !== "broken" && !before.locked) {
        end();
        [no, local] = [false, true];
      }
      break;
    case "reset-id": {
      const stands = yes;
      end();
      yes = stands;
      break;
    }
    case "Rasa says on":
    case "Rasa says off":
    case "the file is deleted":
      [no, local] = [false, false];
      break;
    case "Rasa writes":
      // Only what stood right before the choice can be told from a change of mind.
      if (before.rasaRead !== undefined && !isStale(story, before)) [no, local] = [false, false];
      break;
  }
  return {
    steps: [...story.steps, name],
    times: [...story.times, after.now],
    ended,
    yes,
    tellings,
    byVariable: after.variable === "true" ? [...story.byVariable, step] : story.byVariable,
    byLicence: after.locked ? [...story.byLicence, step] : story.byLicence,
    no,
    local,
    off,
    home,
  };
}

/** Whether Rasa writes back exactly what the file said before our no, or our choice of local mode. */
function isStale(story: Story, { rasaRead, record }: World): boolean {
  const overwritten = record?.overwritten ?? null;
  if (rasaRead === undefined || overwritten === null) return false;
  const stops: readonly StepName[] = ["disable", "answer no", "enable --local"];
  const lastNo = Math.max(...stops.map((name) => story.steps.lastIndexOf(name)));
  const read = story.steps.lastIndexOf("Rasa reads");
  const between = story.steps.slice(read, lastNo);
  const changes: readonly StepName[] = ["Rasa says on", "Rasa says off", "Rasa writes", "enable", "answer yes"];
  const others: readonly StepName[] = [
    "the file is deleted",
    "the file breaks",
    "enable --local",
    "disable",
    "answer no",
  ];
  return read < lastNo && !between.some((name) => changes.includes(name) || others.includes(name));
}

/** Why a report that was recorded in one step may not leave in the last one; undefined where it may. */
function objection(story: Story, world: World, recorded: number): string | undefined {
  const now = world.now;
  const at = story.times[recorded] ?? NaN;
  const on = world.variable === "true";
  const isNo = isOff(world);
  const licensed = world.locked && story.byLicence.includes(recorded);
  if (!world.locked) {
    if (world.variable === "false") return "the variable says off";
    if (world.doNotTrack !== undefined) return "DO_NOT_TRACK says off";
    if (world.policy) return "a policy says off";
    if (isNo) return "the stored choice says off";
    if (story.no) return "our own no stands";
    if (story.local) return "nothing leaves in local mode";
    if (world.offByDefault && !on && story.yes < 0) return "this build is off until somebody enables it";
  }
  if (recorded <= story.ended) return "it was recorded before a no, another id or another machine";
  const announced = story.tellings.filter((told) => {
    const inHour = (moment: number) => moment - at >= 0 && moment - at <= HOUR_MS;
    return told.step <= recorded || inHour(told.first) || inHour(told.at);
  });
  if (story.byVariable.includes(recorded) && (on || story.yes >= 0)) return undefined;
  if (licensed && story.tellings.length > 0) return undefined;
  if (story.yes >= 0 && (story.yes <= recorded || announced.length > 0)) return undefined;
  if (announced.some((told) => now - told.at >= HOUR_MS)) return undefined;
  return announced.length > 0 ? "its hour isn't over" : "nobody was told of it";
}

/** Takes one step, and fails where something leaves that may not, leaves twice, or a no doesn't hold. */
function take(world: World, story: Story, name: StepName): { world: World; story: Story } {
  const step: Step = STEPS[name];
  const done = step(world, story.steps.length);
  const next = tellOn(story, name, world, done.world, done.looked);
  for (const recorded of done.left) {
    const why = objection(next, done.world, recorded);
    if (why !== undefined) fail(next, `what step ${recorded} recorded left, although ${why}`);
  }
  if (new Set(done.left).size !== done.left.length) fail(next, "a report left twice");
  if (next.no && !done.world.locked && look(done.world).consent.enabled) fail(next, "a no doesn't hold");
  return { world: done.world, story: next };
}

/** Whatever happened: once nothing says no, the clock is set, somebody is told and the hours pass, nothing waits any more. */
function checkEnd(world: World, story: Story): void {
  // No hour ends while the clock is earlier than the build.
  const now = Math.max(world.now, START);
  const noNo = { variable: undefined, doNotTrack: undefined, policy: false, locked: false, offByDefault: false };
  const free: World = { ...world, ...noNo, now };
  let end = { world: free, story };
  for (const name of ["Rasa says on", "tell", "61 minutes", "flush", "61 minutes", "flush"] as const) {
    const step: Step = STEPS[name];
    const done = step(end.world, end.story.steps.length);
    end = { world: done.world, story: tellOn(end.story, name, end.world, done.world, done.looked) };
  }
  // For thirty days at most, what was recorded under a licence waits for it, and what a newer version recorded waits
  // for that version's notice.
  const isOurs = ({ label }: Waiting) => label.permission !== "licence" && label.notice <= world.newest;
  const left = end.world.waiting.filter(isOurs);
  if (left.length > 0) fail(end.story, `${left.length} reports wait for ever`);
}

function fail(story: Story, why: string): never {
  throw new Error(`${story.steps.join(" → ")}: ${why}`);
}

/** Takes every order of these steps. Returns how many there are. */
function tryAll(names: readonly StepName[], depth: number, world = FRESH, story = BEGINNING): number {
  if (depth === 0) {
    checkEnd(world, story);
    return 1;
  }
  let count = 0;
  for (const name of names) {
    const next = take(world, story, name);
    count += tryAll(names, depth - 1, next.world, next.story);
  }
  return count;
}

const ALL = Object.keys(STEPS) as StepName[];

const ORDERS: readonly (readonly [name: string, steps: readonly StepName[], depth: number])[] = [
  ["of all steps", ALL, 3],
  [
    "of people and the hour",
    ["track", "flush", "tell", "answer yes", "enable", "disable", "reset-id", "25 minutes", "61 minutes"],
    5,
  ],
  [
    "of the environment",
    ["track", "tell", "enable", "disable", "variable on", "variable unset", "policy", "licence", "61 minutes"],
    4,
  ],
  [
    "of Rasa's own changes",
    ["track", "tell", "disable", "enable", "Rasa says on", "Rasa says off", "Rasa reads", "Rasa writes", "61 minutes"],
    4,
  ],
  [
    "of files that go and come",
    ["track", "disable", "enable", "enable --local", "the file is deleted", "the file breaks", "variable on", "flush"],
    4,
  ],
  [
    "of copies and clocks",
    [
      "track",
      "tell",
      "enable",
      "another machine",
      "a copy in a container",
      "61 minutes",
      "two hours back",
      "years ahead",
    ],
    4,
  ],
  [
    "of two processes and two versions",
    ["track", "begin", "end", "tell", "disable", "enable", "a new notice", "61 minutes"],
    4,
  ],
];

/** Both kinds of builds, with what tests call them. */
const BUILDS = [[FRESH, ""], [FRESH_AND_OFF, ", of a build that is off by default"]] as const;

for (const [name, steps, depth] of ORDERS) {
  for (const [fresh, kind] of BUILDS) {
    Deno.test(`nothing leaves that may not, in every order ${name}, ${depth} steps long${kind}`, () => {
      assertEquals(tryAll(steps, depth, fresh), steps.length ** depth);
    });
  }
}

/** How many long orders are tried, and how long they are. */
const LONG = { orders: 4_000, steps: 16 };

Deno.test(`nothing leaves that may not, in ${LONG.orders} random orders of all steps, ${LONG.steps} steps long`, () => {
  for (let seed = 1; seed <= LONG.orders; seed++) {
    const random = seededRandom(seed);
    let [world, story] = [BUILDS[seed % 2]![0] as World, BEGINNING];
    for (let step = 0; step < LONG.steps; step++) {
      // Somebody must record something for anything to leave.
      const name = step % 3 === 0 ? "track" : ALL[Math.floor(random() * ALL.length)]!;
      ({ world, story } = take(world, story, name));
    }
    checkEnd(world, story);
  }
});
