import { assert, assertEquals } from "@std/assert";
import { fateNow, outlookOf } from "../../lib/consent/outlook.ts";
import { isYes } from "../../lib/consent/rules.ts";
import { FRESH, look, type Step, type StepName, STEPS, type World } from "../consent/model.ts";
import { seededRandom } from "../support/machine/random.ts";
import { CAN_ASK, ON_LINUX } from "../support/programs/conditions.ts";
import { withAskedHome } from "../support/programs/mounts.ts";
import { HAS_PTY } from "../support/programs/pseudo_terminal.ts";
import { inParallel } from "../support/programs/waiting.ts";
import { ConsentMachine, lockingLicence, type Said, type Surroundings } from "../support/scenes/consent_machine.ts";
import { endToEnd } from "../support/scenes/end_to_end.ts";

/**
 * Takes random orders of steps with the compiled binary, and with the model of consent (tests/consent/model.ts), whose
 * orders are held against what people were promised. After each step the two must agree: on what left, on what waits,
 * and on what `status` says.
 */

/** How many orders are tried. TELEMETRY_ORDERS names another number, for a long run. */
const ORDERS = Number(Deno.env.get("TELEMETRY_ORDERS") ?? 20);
/** The seed of the first one. */
const FIRST = Number(Deno.env.get("TELEMETRY_ORDERS_FROM") ?? 1);
const LENGTH = 14;
/** How many machines there are at a time. */
const AT_ONCE = 3;
/** How far the two may be apart in time, in milliseconds: the real clock goes on. */
const APART_MS = 120_000;

type Name = Parameters<ConsentMachine["take"]>[0];

/** The steps, each as often as it is wanted among the others. */
const CHOICES: readonly (readonly [times: number, name: Name])[] = [
  [3, "flush"],
  [4, "tell"],
  [1, "tell on a terminal"],
  [1, "answer yes"],
  [1, "answer no"],
  [2, "enable"],
  [2, "disable"],
  [1, "enable --local"],
  [1, "reset-id"],
  [3, "variable on"],
  [1, "variable off"],
  [3, "variable unset"],
  [1, "DO_NOT_TRACK"],
  [1, "policy"],
  [1, "licence"],
  [2, "Rasa says on"],
  [2, "Rasa says off"],
  [1, "Rasa reads"],
  [1, "Rasa writes"],
  [1, "the file is deleted"],
  [1, "the file breaks"],
  [1, "another machine"],
  [3, "25 minutes"],
  [5, "61 minutes"],
  [1, "two at once"],
  [1, "a stream"],
  [2, "begin"],
  [2, "end"],
];
const NAMES = CHOICES.flatMap(([times, name]) => Array<Name>(times).fill(name));

/** A world, and what the environment was when the other process began. */
interface Scene {
  readonly world: World;
  readonly begun: Pick<World, "variable" | "doNotTrack" | "locked"> | undefined;
}

interface Taken extends Scene {
  readonly left: readonly number[];
}

function takeStep(name: StepName, world: World, step: number): ReturnType<Step> {
  const take: Step = STEPS[name];
  return take(world, step);
}

/** Takes steps one after the other. */
function takeAll(world: World, steps: readonly (readonly [StepName, number])[]): { world: World; left: number[] } {
  const left: number[] = [];
  for (const [name, step] of steps) {
    const done = takeStep(name, world, step);
    world = done.world;
    left.push(...done.left);
  }
  return { world, left };
}

/** What a step comes to in the model. */
function takeInModel(scene: Scene, name: Name, step: number): Taken {
  const { world, begun } = scene;
  switch (name) {
    case "two at once":
      return { ...scene, ...takeAll(world, [["track", step], ["track", step + 0.5], ["flush", step]]) };
    case "a stream":
      return { ...scene, ...takeAll(world, [["track", step], ["flush", step]]) };
    case "begin": {
      const { variable, doNotTrack, locked } = world;
      return { world: takeStep("begin", world, step).world, begun: { variable, doNotTrack, locked }, left: [] };
    }
    case "end": {
      const { world: ended, left } = endStream({ ...world, ...begun });
      const { variable, doNotTrack, locked } = world;
      const after = takeAll({ ...ended, variable, doNotTrack, locked }, [["flush", step]]);
      return { world: after.world, begun: undefined, left: [...left, ...after.left] };
    }
    default:
      return { ...scene, ...takeAll(world, [[name, step]]) };
  }
}

/** The stream sends what it has, or queues it, under the environment that it began in. */
function endStream(world: World): { world: World; left: readonly number[] } {
  if (world.pending === undefined) return { world: { ...world, pending: undefined }, left: [] };
  const looked = takeStep("flush", { ...world, variable: "false" }, 0).world;
  const { pending } = world;
  const { consent } = look(world);
  const isUnclear = world.stored.kind === "broken";
  const fate = consent.enabled && consent.decidedBy !== "local" ? fateNow("event", pending.label, consent) : undefined;
  if (fate?.kind === "leaves") return takeStep("end", world, 0);
  const isKept = fate?.kind === "waits" || (fate === undefined && isUnclear);
  const kept = { ...looked, variable: world.variable, pending: undefined };
  return { world: isKept ? { ...kept, waiting: [...kept.waiting, pending] } : kept, left: [] };
}

/** The step that is taken in place of one that makes no sense here. */
function sensible(name: Name, { world, begun }: Scene): Name {
  const isTime = name === "25 minutes" || name === "61 minutes";
  // What a process has in memory knows nothing of a time that is only said to have passed.
  if (begun !== undefined && (isTime || name === "begin")) return "end";
  // Processes that are the first at the same time may each begin an epoch.
  if (world.record === undefined && (name === "two at once" || name === "begin")) return "track";
  // A stream that began under a no says nothing of what it is given.
  if (name === "begin" && !look(world).consent.enabled) return "track";
  return name === "end" && begun === undefined ? "flush" : name;
}

/** What waits and may still leave one day, in the model. */
function alive(world: World): number[] {
  const { consent } = look(world);
  return world.waiting.filter(({ label }) => fateNow("event", label, consent).kind !== "dropped")
    .map(({ step }) => step).sort(byNumber);
}

async function playOrder(at: Surroundings, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const machine = new ConsentMachine(at, String(seed));
  await machine.begin();
  const names: Name[] = [];
  let scene: Scene = { world: FRESH, begun: undefined };
  const play = async (name: Name) => {
    const step = names.push(name);
    const where = `seed ${seed}: ${names.join(" → ")}`;
    const { left, ...after } = takeInModel(scene, name, step);
    scene = after;
    await machine.take(name, step);
    assertEquals([where, machine.left().sort(byNumber)], [where, [...left].sort(byNumber)]);
    await compare(where, machine, scene.world);
  };
  try {
    for (let count = 0; count < LENGTH; count++) {
      // Somebody must record something for anything to leave.
      await play(count % 3 === 0 ? "track" : sensible(NAMES[Math.floor(random() * NAMES.length)]!, scene));
    }
    if (scene.begun !== undefined) await play("end");
    for (const name of ["variable unset", "Rasa says on", "tell", "61 minutes", "flush"] as const) await play(name);
  } finally {
    await machine.end();
  }
}

/** Compares what `status` says with the model, and what waits. */
async function compare(where: string, machine: ConsentMachine, world: World): Promise<void> {
  const { consent } = look(world);
  const { permission, leavesFrom } = outlookOf(consent, world.newest);
  const said = await machine.said();
  const { enabled, decidedBy } = consent;
  assertEquals([where, said.enabled, said.decidedBy, said.permission], [where, enabled, decidedBy, permission]);
  const inMs = leavesFrom === null ? null : leavesFrom.getTime() - world.now;
  const saidInMs = said.leavesFrom === null ? null : Date.parse(said.leavesFrom) - Date.now();
  assert((inMs === null) === (saidInMs === null), `${where}: it leaves in ${saidInMs} ms, and not in ${inMs} ms`);
  assert(
    Math.abs((inMs ?? 0) - (saidInMs ?? 0)) < APART_MS,
    `${where}: it leaves in ${saidInMs} ms, not in ${inMs} ms`,
  );
  const waiting = await machine.waiting();
  // What never leaves may lie there until somebody looks who may.
  assertEquals([where, alive(world).filter((step) => !waiting.includes(step))], [where, []]);
  assertEquals([where, said.heldBy], [where, heldBy(world)]);
  if (waiting.length > 0) await assertReason(where, machine, said);
}

/** How much of what waits is held, and for what, in the model: also under a no from outside, which may end. */
function heldBy(world: World): Said["heldBy"] {
  const counts = { hour: 0, notice: 0, licence: 0 };
  const variable = isYes(world.variable) ? world.variable : undefined;
  const { consent } = look(world.locked ? world : { ...world, policy: false, doNotTrack: undefined, variable });
  if (!consent.enabled || consent.decidedBy === "local") return counts;
  for (const { label } of world.waiting) {
    const fate = fateNow("event", label, consent);
    if (fate.kind !== "waits") continue;
    const isForLicence = label.permission === "licence" && !world.locked;
    counts[fate.until !== null ? "hour" : isForLicence ? "licence" : "notice"]++;
  }
  return counts;
}

/** Whatever waits: `status` says until when, or for what. */
async function assertReason(where: string, machine: ConsentMachine, said: Said): Promise<void> {
  // A no is reason enough, and a date is one.
  if (!said.enabled || said.leavesFrom !== null) return;
  const told = await machine.told();
  assert(/^Leaving +(not before|once|never)/m.test(told), `${where}: something waits, and nobody says why: ${told}`);
}

function byNumber(left: number, right: number): number {
  return left - right;
}

endToEnd(`the binary does what the model of consent does, in ${ORDERS} random orders`, {
  needs: [ON_LINUX, HAS_PTY, CAN_ASK],
}, async (here) => {
  const licence = await lockingLicence();
  await withAskedHome(here, async (mounts) => {
    const faults: string[] = [];
    await inParallel(AT_ONCE, ORDERS, async (index) => {
      try {
        await playOrder({ here, mounts, licence }, FIRST + index);
      } catch (error) {
        faults.push(error instanceof Error ? error.message : String(error));
      }
    });
    assertEquals(faults, []);
  });
});
