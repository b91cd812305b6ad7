import { assertEquals } from "@std/assert";
import { loadYaml, parseConfiguration } from "../../lib/consent/global_yml/parse.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { InterleavedProcess } from "../support/machine/interleaving.ts";
import { NOON } from "../support/machine/memory_host.ts";
import { seededRandom } from "../support/machine/random.ts";
import {
  ASKED,
  BUILD,
  choiceOf,
  CONFIG_FILE,
  QUEUE,
  RECORD_FILE,
  recordOf,
  STORED_OFF,
  STORED_ON,
  toldAt,
} from "../support/scenes/scene.ts";
import { SharedMachine, type Snapshot } from "../support/machine/shared_machine.ts";

await loadYaml();

/** Processes that overtake each other between any two steps: one as a whole within another, and several at random. */

const OTHERS = "# Kept by another tool\nother_tool: 1\n";
const ON = OTHERS + STORED_ON;
const OFF = OTHERS + STORED_OFF;
const FOREIGN = "foreign_tool: new\n";
const TRACK = ["track", "Shell Started", "--json"];
const QUEUE_ONLY = [...TRACK, "--timeout", "0"];
const FLUSH = ["flush", "--json"];

/** How many orders of processes are tried. */
const SCHEDULES = 100;
const HOUR_MS = 60 * 60 * 1000;

interface Setting {
  /** global.yml and the record of consent, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Partial<Record<Variable, string>>;
  /** How many reports wait. */
  readonly waiting?: number;
}

const SAID_YES: Setting = { files: { ...ASKED, [CONFIG_FILE]: ON }, waiting: 3 };
const TELLING = {
  at: NOON.toISOString(),
  first: NOON.toISOString(),
  notice: 1,
  addressee: BUILD.recipient,
  terminal: false,
};
/** The notice was shown at the beginning. */
const TOLD: Setting = { files: { ...toldAt(NOON.toISOString()), [CONFIG_FILE]: ON }, waiting: 3 };
const SAID_NO: Setting = {
  files: { [CONFIG_FILE]: OFF, [RECORD_FILE]: recordOf({ choice: choiceOf(OFF) }) },
};
/** The same where nobody has chosen anything, so that a choice changes both files. */
const TOLD_FRESH: Setting = {
  files: { [RECORD_FILE]: recordOf({ told: TELLING, choice: "silent" }) },
  waiting: 3,
};
const FIRST_RUN: Setting = { env: { RASA_TELEMETRY_ENABLED: "true" } };
const UNTOLD: Setting = { waiting: 2 };

/** A way to make the same machine again and again. */
async function prepare({ files = {}, env = {}, waiting = 0 }: Setting): Promise<() => SharedMachine> {
  const make = (snapshot?: Snapshot) => {
    const machine = new SharedMachine({ files, env });
    // So that delivering takes several requests.
    machine.answer = (ids) => ids.length > 2 ? 413 : 200;
    if (snapshot !== undefined) machine.restore(snapshot);
    return machine;
  };
  const first = make();
  for (let count = 0; count < waiting; count++) assertEquals((await first.start(QUEUE_ONLY)).code, 0);
  const snapshot = first.snapshot();
  return () => make(snapshot);
}

/**
 * What lies between the last look at global.yml and the request. Who writes a no there without any lock, as other tools
 * do, writes it while a request is under way.
 */
const LAST_LOOK = [`stat ${QUEUE}/disabled`, `read ${RECORD_FILE}`, "clock ", "request /v1/batch", "request /v1/track"];
/** What disable says where somebody keeps the lock of requests: which request, or that one may be under way. */
const UNCERTAIN = "may still arrive";

/** What came of one process overtaking another. */
interface Overtaking {
  /** Before which step of the outer process the inner one ran, for messages. */
  readonly where: string;
  /** The same step's name alone; undefined: the outer one had ended. */
  readonly before: string | undefined;
  readonly machine: SharedMachine;
  readonly outer: InterleavedProcess;
  /** How many requests there were when the inner one ended. */
  readonly sent: number;
  /** Whether the outer one had the lock of requests. */
  readonly requesting: boolean;
}

/** Lets something happen within a command, before its every step in turn. */
async function overtakeEverywhere<T>(
  setting: Setting,
  args: readonly string[],
  inner: (machine: SharedMachine) => T | Promise<T>,
  check: (overtaking: Overtaking, result: T) => void | Promise<void>,
): Promise<void> {
  const make = await prepare(setting);
  let ended = false;
  for (let steps = 0; !ended; steps++) {
    const machine = make();
    const outer = new InterleavedProcess(machine, args);
    const before = await outer.advance(steps);
    ended = before === undefined;
    const requesting = machine.host.files.held.includes(`${QUEUE}/sending.lock`);
    const result = await inner(machine);
    const sent = machine.served.length;
    await outer.advance();
    const where = `before step ${steps + 1}: ${before}`;
    // What came while flush was at it is left.
    const fine = outer.ended?.code === 0 || (args === FLUSH && outer.ended?.code === 4);
    assertEquals([where, fine, machine.host.files.held], [where, true, []]);
    await check({ where, before, machine, outer, sent, requesting }, result);
  }
}

/** What everybody is told they'd find sent, in any order. */
async function flushed(machine: SharedMachine): Promise<string[]> {
  machine.host.clock += 600_000;
  await machine.start(["init"]);
  machine.host.clock += HOUR_MS;
  assertEquals((await machine.start(FLUSH)).code, 0);
  return machine.taken.toSorted();
}

const SENDERS = [["track", TRACK], ["flush", FLUSH], ["identify", ["identify"]]] as const;

for (const [name, args] of SENDERS) {
  Deno.test(`disable within ${name}: no request is made once it has returned, and nothing is left`, async () => {
    const disable = (machine: SharedMachine) => machine.start(["disable"]);
    const uncertain = new Set<boolean>();
    await overtakeEverywhere(SAID_YES, args, disable, async ({ where, machine, sent, requesting }, { code, err }) => {
      assertEquals([where, code, machine.waiting], [where, 0, []]);
      // Here the request stands still until disable gives up. It says so exactly then.
      assertEquals([where, err.includes(UNCERTAIN)], [where, requesting]);
      uncertain.add(requesting);
      const underWay = machine.served.length - sent;
      assertEquals([where, requesting ? underWay <= 1 : underWay === 0], [where, true]);
      const again = await machine.start(TRACK);
      assertEquals([where, JSON.parse(again.out).outcome], [where, "disabled"]);
    });
    assertEquals(uncertain.size, 2);
  });

  Deno.test(`disable beside ${name}, in any order: no request begins once it has returned`, async () => {
    const make = await prepare(SAID_YES);
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = seededRandom(seed);
      const machine = make();
      const disable = new InterleavedProcess(machine, ["disable"]);
      const sender = new InterleavedProcess(machine, args);
      // The sender may be anywhere when disable begins.
      await sender.advance(Math.floor(random() * 250));
      while (disable.ended === undefined) {
        const next = sender.ended === undefined && random() < 0.5 ? sender : disable;
        await next.advance(1 + Math.floor(random() ** 2 * 20));
      }
      const sent = machine.served.length;
      await sender.advance();
      const where = `seed ${seed}`;
      assertEquals([where, disable.ended.code, disable.ended.err.includes(UNCERTAIN)], [where, 0, false]);
      assertEquals([where, machine.served.length, machine.waiting], [where, sent, []]);
    }
  });
}

for (
  const [name, args] of [["track --timeout 0", QUEUE_ONLY], ["identify --timeout 0", [
    "identify",
    "--timeout",
    "0",
  ]]] as const
) {
  Deno.test(`${name} within disable: what it records is not left, and never goes`, async () => {
    const inner = (machine: SharedMachine) => machine.start(args);
    await overtakeEverywhere(SAID_YES, ["disable"], inner, async ({ where, machine }, { code }) => {
      assertEquals([where, code, machine.waiting], [where, 0, []]);
      machine.host.clock += 1_000;
      await machine.start(["enable"]);
      machine.host.clock += HOUR_MS;
      await machine.start(FLUSH);
      assertEquals([where, machine.served], [where, []]);
    });
  });
}

const COMPANIONS: readonly (readonly [string, Setting, readonly string[], readonly string[]])[] = [
  ["track within track", SAID_YES, TRACK, TRACK],
  ["track within flush", SAID_YES, FLUSH, TRACK],
  ["track --timeout 0 within flush", SAID_YES, FLUSH, QUEUE_ONLY],
  ["flush within track", SAID_YES, TRACK, FLUSH],
  ["flush within flush", SAID_YES, FLUSH, FLUSH],
  ["track within track, before the hour is over", TOLD, TRACK, TRACK],
  ["enable within track, before the hour is over", TOLD, TRACK, ["enable"]],
  ["track within enable, before the hour is over", TOLD, ["enable"], TRACK],
  ["enable within track, where nobody has chosen", TOLD_FRESH, TRACK, ["enable"]],
  ["track within enable, where nobody has chosen", TOLD_FRESH, ["enable"], TRACK],
  ["enable within the first track", FIRST_RUN, TRACK, ["enable"]],
  ["the first track within enable", FIRST_RUN, ["enable"], TRACK],
  ["the first track within another first track", FIRST_RUN, TRACK, TRACK],
  ["flush within the first track", FIRST_RUN, TRACK, FLUSH],
  ["track within init", UNTOLD, ["init"], TRACK],
  ["init within track", UNTOLD, TRACK, ["init"]],
  ["init within init", UNTOLD, ["init"], ["init"]],
];

for (const [name, setting, outerArgs, innerArgs] of COMPANIONS) {
  Deno.test(`${name}: every report arrives once, under one id`, async () => {
    const earlier = (await prepare(setting))().waiting;
    const inner = async (machine: SharedMachine) => {
      const since = machine.host.clock;
      const left = await machine.start(innerArgs);
      return { ...left, waited: machine.host.clock > since };
    };
    await overtakeEverywhere(setting, outerArgs, inner, async ({ where, machine, outer }, { code, out, waited }) => {
      // A choice isn't stored where somebody keeps the lock, and says so.
      assertEquals([where, code === 0 || code === 4 || (innerArgs[0] === "enable" && code === 2)], [where, true]);
      const reports = [outer.ended?.out ?? "", out].filter((text) => text.includes("messageId")).map((text) =>
        JSON.parse(text)
      );
      const outcomes = reports.map(({ outcome }) => ["queued", "delivered", "held"].includes(outcome));
      assertEquals([where, outcomes], [where, outcomes.map(() => true)]);
      const expected = [...earlier, ...reports.map(({ messageId }) => messageId)].toSorted();
      assertEquals([where, await flushed(machine)], [where, expected]);
      const ids = machine.host.requests.flatMap(({ body }) => (body["batch"] ?? [body]) as { userId: string }[])
        .map(({ userId }) => userId);
      // Who waited in vain for the one that was making the id may have gone out under its own.
      const most = waited ? 2 : 1;
      assertEquals([where, new Set(ids).size <= most, ids.length > 0], [where, true, expected.length > 0]);
    });
  });
}

for (
  const [outer, inner, setting] of [
    ["disable", "enable", SAID_YES],
    ["enable", "disable", SAID_NO],
    ["enable", "disable", SAID_YES],
    ["enable", "disable", TOLD],
    ["reset-id", "disable", SAID_YES],
    ["disable", "reset-id", SAID_YES],
    ["reset-id", "enable", TOLD],
  ] as const
) {
  const state = setting === SAID_NO ? "off" : setting === TOLD ? "told" : "on";
  Deno.test(`${inner} within ${outer}, where telemetry is ${state}: nothing from before goes`, async () => {
    const run = (machine: SharedMachine) => {
      machine.host.clock += 1_000;
      return machine.start([inner]);
    };
    await overtakeEverywhere(setting, [outer], run, async ({ where, machine }, { code }) => {
      // A process that doesn't get the lock says so.
      assertEquals([where, code === 0 || code === 2], [where, true]);
      const text = machine.host.files.text(CONFIG_FILE) ?? "";
      assertEquals([where, text.startsWith(OTHERS), parseConfiguration(text).kind], [where, true, "stored"]);
      const deleted = outer !== "enable" || code === 0;
      const before = machine.waiting;
      machine.host.clock += 1_000;
      await machine.start(["enable"]);
      machine.host.clock += HOUR_MS;
      await machine.start(FLUSH);
      assertEquals([where, machine.taken.length], [where, deleted ? 0 : before.length]);
    });
  });
}

/** What lies between comparing global.yml with what was read and replacing it. */
const LAST_COMPARISON = [`stat ${CONFIG_FILE}`, `rename ${CONFIG_FILE}`];

/** What comes of another tool that writes global.yml without any lock, before each step of a command. */
async function lostWrites(
  setting: Setting,
  args: readonly string[],
  rewrite: (text: string) => string,
  isKept: (text: string) => boolean,
): Promise<string[]> {
  const lost: string[] = [];
  const write = ({ host }: SharedMachine) => {
    host.files.plant(CONFIG_FILE, rewrite(host.files.text(CONFIG_FILE) ?? ""));
  };
  await overtakeEverywhere(setting, args, write, ({ before, machine }) => {
    if (!isKept(machine.host.files.text(CONFIG_FILE) ?? "")) lost.push(before ?? "its end");
  });
  return lost;
}

const WRITERS: readonly (readonly [string, Setting, readonly string[]])[] = [
  ["enable", SAID_NO, ["enable"]],
  ["disable", SAID_YES, ["disable"]],
  ["the first enable", {}, ["enable"]],
];

for (const [name, setting, args] of WRITERS) {
  Deno.test(`${name} loses another tool's write to global.yml only between its last look and its rename`, async () => {
    const lost = await lostWrites(setting, args, (text) => text + FOREIGN, (text) => text.includes(FOREIGN));
    assertEquals(lost.filter((step) => !LAST_COMPARISON.includes(step)), []);
  });
}

const READERS: readonly (readonly [string, Setting, readonly string[]])[] = [
  ["init", { files: { [CONFIG_FILE]: ON }, waiting: 2 }, ["init"]],
  ["the first track", { ...FIRST_RUN, files: { [CONFIG_FILE]: ON } }, TRACK],
  ["track", SAID_YES, TRACK],
  ["flush", TOLD, FLUSH],
  ["reset-id", SAID_YES, ["reset-id"]],
];

for (const [name, setting, args] of READERS) {
  Deno.test(`another tool's no within ${name} stands, and nothing from before it ever goes`, async () => {
    const write = ({ host }: SharedMachine) => host.files.plant(CONFIG_FILE, OFF);
    await overtakeEverywhere(setting, args, write, async ({ where, before, machine, sent, outer }) => {
      assertEquals([where, machine.host.files.text(CONFIG_FILE)], [where, OFF]);
      const underWay = machine.served.length - sent;
      assertEquals([where, LAST_LOOK.includes(before ?? "") ? underWay <= 1 : underWay === 0], [where, true]);
      assertEquals([where, JSON.parse((await machine.start(TRACK)).out).outcome], [where, "disabled"]);
      // Rasa takes its no back. Nobody was told since, or said yes.
      machine.host.files.plant(CONFIG_FILE, ON.replaceAll("2025", "2026"));
      machine.host.clock += HOUR_MS;
      const served = machine.served.length;
      await machine.start(FLUSH);
      assertEquals([where, machine.served.length, machine.waiting], [where, served, []]);
      assertEquals([where, outer.ended?.err.includes("Error")], [where, false]);
    });
  });
}

const POOL = [TRACK, TRACK, QUEUE_ONLY, FLUSH, ["identify", "--json"], ["status", "--json"], ["log"], ["init"]];

for (
  const [name, setting] of Object.entries({
    "whose user said yes": SAID_YES,
    "within the hour after the notice": TOLD,
    "of a first run": FIRST_RUN,
    "before the notice": UNTOLD,
  })
) {
  Deno.test(`four processes ${name}, in any order: every report arrives once`, async () => {
    const make = await prepare(setting);
    for (let seed = 1; seed <= SCHEDULES; seed++) {
      const random = seededRandom(seed);
      const machine = make();
      const processes = Array.from(
        { length: 4 },
        () => new InterleavedProcess(machine, POOL[Math.floor(random() * POOL.length)]!),
      );
      for (;;) {
        const running = processes.filter(({ ended }) => ended === undefined);
        if (running.length === 0) break;
        await running[Math.floor(random() * running.length)]!.advance(1 + Math.floor(random() ** 2 * 60));
      }
      const where = `seed ${seed}: ${processes.map(({ args }) => args.join(" ")).join(" | ")}`;
      const codes = processes.map(({ ended }) => ended?.code);
      assertEquals([where, codes.every((code) => code === 0 || code === 4)], [where, true]);
      const outs = processes.map(({ ended }) => ended?.out ?? "").filter((out) => out.includes("messageId"));
      const own = outs.map((out) => JSON.parse(out).messageId);
      const waiting = make().waiting;
      assertEquals([where, await flushed(machine)], [where, [...waiting, ...own].toSorted()]);
    }
  });
}
