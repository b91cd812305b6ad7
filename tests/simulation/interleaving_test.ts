import { assertEquals } from "@std/assert";
import { parseConfiguration } from "../../lib/consent/global_yml/parse.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { InterleavedProcess } from "../support/machine/interleaving.ts";
import { seededRandom } from "../support/machine/random.ts";
import { CONFIG_FILE, QUEUE, STORED_OFF, STORED_ON } from "../support/scenes/scene.ts";
import { SharedMachine, type Snapshot } from "../support/machine/shared_machine.ts";

/** Processes that overtake each other between any two steps: one as a whole within another, and several at random. */

const OTHERS = "# Kept by another tool\nother_tool: 1\n";
const ON = OTHERS + STORED_ON;
const OFF = OTHERS + STORED_OFF;
const FOREIGN = "foreign_tool: new\n";
const TRACK = ["track", "Shell Started", "--json"];
const QUEUE_ONLY = [...TRACK, "--timeout", "0"];
const FLUSH = ["flush", "--json"];

interface Setting {
  readonly config?: string;
  readonly env?: Partial<Record<Variable, string>>;
  /** How many reports wait. */
  readonly waiting?: number;
}

const TOLD: Setting = { config: ON, waiting: 3 };
const FIRST_RUN: Setting = { env: { RASA_TELEMETRY_ENABLED: "true" } };
const UNTOLD: Setting = { waiting: 2 };

/** A way to make the same machine again and again. */
async function prepare({ config, env, waiting = 0 }: Setting): Promise<() => SharedMachine> {
  const options = {
    ...(env === undefined ? {} : { env }),
    ...(config === undefined ? {} : { files: { [CONFIG_FILE]: config } }),
  };
  const make = (snapshot?: Snapshot) => {
    const machine = new SharedMachine(options);
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

/** What lies between the last look at whether reports may leave and the request: who says no there, says it to a request under way. */
const LAST_LOOK = [`stat ${CONFIG_FILE}`, `stat ${QUEUE}/disabled`, "clock ", "request /v1/batch", "request /v1/track"];

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
    const result = await inner(machine);
    const sent = machine.served.length;
    await outer.advance();
    const where = `before step ${steps + 1}: ${before}`;
    // What came while flush was at it is left.
    const fine = outer.ended?.code === 0 || (args === FLUSH && outer.ended?.code === 4);
    assertEquals([where, fine, machine.host.files.held], [where, true, []]);
    await check({ where, before, machine, outer, sent }, result);
  }
}

function waitingIds(machine: SharedMachine): string[] {
  return machine.host.files.names(QUEUE).flatMap((name) => /^\d{15}-(.{36})\.json$/.exec(name)?.[1] ?? []);
}

/** What everybody is told they'd find sent, in any order. */
async function flushed(machine: SharedMachine): Promise<string[]> {
  machine.host.clock += 600_000;
  await machine.start(["init"]);
  machine.host.clock += 1_000;
  assertEquals((await machine.start(FLUSH)).code, 0);
  return machine.taken.toSorted();
}

for (const [name, args] of [["track", TRACK], ["flush", FLUSH], ["identify", ["identify"]]] as const) {
  Deno.test(`disable within ${name}: no request begins after it, and nothing is left`, async () => {
    const disable = (machine: SharedMachine) => machine.start(["disable"]);
    await overtakeEverywhere(TOLD, args, disable, async ({ where, before, machine, sent }, { code }) => {
      assertEquals([where, code], [where, 0]);
      const underWay = LAST_LOOK.includes(before ?? "") ? machine.served.length - sent : 0;
      assertEquals([where, underWay <= 1, machine.served.length, waitingIds(machine)], [
        where,
        true,
        sent + underWay,
        [],
      ]);
      const again = await machine.start(TRACK);
      assertEquals([where, JSON.parse(again.out).outcome], [where, "disabled"]);
    });
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
    await overtakeEverywhere(TOLD, ["disable"], inner, async ({ where, machine }, { code }) => {
      assertEquals([where, code, waitingIds(machine)], [where, 0, []]);
      machine.host.clock += 1_000;
      await machine.start(["enable"]);
      await machine.start(FLUSH);
      assertEquals([where, machine.served], [where, []]);
    });
  });
}

const COMPANIONS: readonly (readonly [string, Setting, readonly string[], readonly string[]])[] = [
  ["track within track", TOLD, TRACK, TRACK],
  ["track within flush", TOLD, FLUSH, TRACK],
  ["track --timeout 0 within flush", TOLD, FLUSH, QUEUE_ONLY],
  ["flush within track", TOLD, TRACK, FLUSH],
  ["flush within flush", TOLD, FLUSH, FLUSH],
  ["the first track within another first track", FIRST_RUN, TRACK, TRACK],
  ["flush within the first track", FIRST_RUN, TRACK, FLUSH],
  ["track within init", UNTOLD, ["init"], TRACK],
  ["init within track", UNTOLD, TRACK, ["init"]],
  ["init within init", UNTOLD, ["init"], ["init"]],
];

for (const [name, setting, outerArgs, innerArgs] of COMPANIONS) {
  Deno.test(`${name}: every report arrives once, under one id`, async () => {
    const inner = async (machine: SharedMachine) => {
      const since = machine.host.clock;
      const left = await machine.start(innerArgs);
      return { ...left, waited: machine.host.clock > since };
    };
    await overtakeEverywhere(setting, outerArgs, inner, async ({ where, machine, outer }, { code, out, waited }) => {
      assertEquals([where, code === 0 || code === 4], [where, true]);
      const reports = [outer.ended?.out ?? "", out].filter((text) => text.includes("messageId")).map((text) =>
        JSON.parse(text)
      );
      const outcomes = reports.map(({ outcome }) => ["queued", "delivered", "held"].includes(outcome));
      assertEquals([where, outcomes], [where, outcomes.map(() => true)]);
      const earlier = Array.from(
        { length: setting.waiting ?? 0 },
        (_, index) => `00000000-0000-4000-8000-${String(index + 1).padStart(6, "0")}000001`,
      );
      const expected = [...earlier, ...reports.map(({ messageId }) => messageId)].toSorted();
      assertEquals([where, await flushed(machine)], [where, expected]);
      const ids = machine.host.requests.flatMap(({ body }) => (body["batch"] ?? [body]) as { userId: string }[])
        .map(({ userId }) => userId);
      // Who waited in vain for the one that was making the id went out under its own.
      assertEquals([where, new Set(ids).size], [where, expected.length > 0 ? (waited ? 2 : 1) : 0]);
    });
  });
}

for (
  const [outer, inner, config] of [["disable", "enable", ON], ["enable", "disable", OFF], [
    "enable",
    "disable",
    ON,
  ]] as const
) {
  Deno.test(`${inner} within ${outer}, where telemetry is ${config === ON ? "on" : "off"}: nothing from before goes`, async () => {
    const setting = { config, waiting: 2 };
    const run = (machine: SharedMachine) => {
      machine.host.clock += 1_000;
      return machine.start([inner]);
    };
    await overtakeEverywhere(setting, [outer], run, async ({ where, machine }, { code }) => {
      // A process that doesn't get the lock says so.
      assertEquals([where, code === 0 || code === 2], [where, true]);
      const text = machine.host.files.text(CONFIG_FILE) ?? "";
      assertEquals([where, text.startsWith(OTHERS), parseConfiguration(text).kind], [where, true, "stored"]);
      machine.host.clock += 1_000;
      const deleted = outer === "disable" || code === 0;
      const before = waitingIds(machine);
      await machine.start(["enable"]);
      await machine.start(FLUSH);
      assertEquals([where, before, machine.taken.length], [where, before, deleted ? 0 : before.length]);
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
  ["enable", { config: OFF }, ["enable"]],
  ["disable", { config: ON }, ["disable"]],
  ["init", { config: OTHERS }, ["init"]],
  ["the first enable", {}, ["enable"]],
  ["the first track", FIRST_RUN, TRACK],
];

for (const [name, setting, args] of WRITERS) {
  Deno.test(`${name} loses another tool's write to global.yml only between its last look and its rename`, async () => {
    const lost = await lostWrites(setting, args, (text) => text + FOREIGN, (text) => text.includes(FOREIGN));
    assertEquals(lost.filter((step) => !LAST_COMPARISON.includes(step)), []);
  });
}

for (const [name, setting, args] of WRITERS.filter(([name]) => name === "init" || name === "the first track")) {
  Deno.test(`${name} overrules another tool's no only between its last look and its rename`, async () => {
    const isOff = (text: string) => {
      const configuration = parseConfiguration(text);
      return configuration.kind === "stored" && !configuration.stored.enabled;
    };
    const lost = await lostWrites(setting, args, () => STORED_OFF, isOff);
    assertEquals(lost.filter((step) => !LAST_COMPARISON.includes(step)), []);
  });
}

Deno.test("flush begins no request after another tool wrote a no", async () => {
  const write = ({ host }: SharedMachine) => host.files.plant(CONFIG_FILE, OFF);
  await overtakeEverywhere(TOLD, FLUSH, write, ({ where, before, machine, sent }) => {
    const underWay = LAST_LOOK.includes(before ?? "") ? machine.served.length - sent : 0;
    assertEquals([where, underWay <= 1, machine.served.length], [where, true, sent + underWay]);
  });
});

const POOL = [TRACK, TRACK, QUEUE_ONLY, FLUSH, ["identify", "--json"], ["status", "--json"], ["log"], ["init"]];
const SCHEDULES = 100;

for (
  const [name, setting] of Object.entries({
    "that were told": TOLD,
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
      const waiting = waitingIds(make());
      assertEquals([where, await flushed(machine)], [where, [...waiting, ...own].toSorted()]);
    }
  });
}
