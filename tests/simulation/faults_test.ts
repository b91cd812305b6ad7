import { assertEquals } from "@std/assert";
import { loadYaml, parseConfiguration } from "../../lib/consent/global_yml/parse.ts";
import type { Variable } from "../../lib/host/variables.ts";
import { concerns, type Fault, FaultySupervisor } from "../support/machine/failing_host.ts";
import { NOON } from "../support/machine/memory_host.ts";
import { Journal } from "../support/machine/journal.ts";
import {
  BUILD,
  choiceOf,
  CONFIG_FILE,
  MACHINE_ID,
  RECORD_FILE,
  recordOf,
  STORED_OFF,
  STORED_ON,
} from "../support/scenes/scene.ts";
import { type Left, SharedMachine, type Snapshot } from "../support/machine/shared_machine.ts";

await loadYaml();

/**
 * Every step of a process fails, is torn, or is its last; then the next process finds what is left. No report that was
 * acknowledged may be lost, none may be sent twice unless the server's answer was, and a no must stay a no.
 */

const OTHERS = "# Kept by another tool\nother_tool:\n  key: 'a # b' # why\n  list: [1, 2]\n\n";
const ON = OTHERS + STORED_ON;
const OFF = OTHERS + STORED_OFF;
const FLOW = `{metrics: {enabled: true, rasa_user_id: ${MACHINE_ID}}, other_tool: 1}\n`;
const FLOW_RECORD = recordOf({
  asked: { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: BUILD.recipient },
  choice: choiceOf(FLOW),
});
const HOUR_MS = 60 * 60 * 1000;
/** Records of a user who said yes, and of one who was told at the beginning and didn't answer. */
const ASKED_RECORD = recordOf({ asked: { at: "2026-02-01T00:00:00.000Z", notice: 1, addressee: BUILD.recipient } });
const TOLD_RECORD = recordOf({
  told: { at: NOON.toISOString(), first: NOON.toISOString(), notice: 1, addressee: BUILD.recipient, terminal: false },
});
const TRACK = ["track", "Shell Started", "--json"];
const QUEUE_ONLY = [...TRACK, "--timeout", "0"];

interface Scenario {
  readonly name: string;
  /** global.yml; undefined: there is none. */
  readonly config?: string;
  /** The record of consent; undefined: there is none. */
  readonly record?: string;
  readonly env?: Partial<Record<Variable, string>>;
  /** By which the machine came to be as it is. */
  readonly before?: readonly (readonly string[])[];
  /** What Rasa writes into global.yml after that. */
  readonly rewrite?: string;
  readonly args: readonly string[];
  /** How it may end. */
  readonly codes: readonly number[];
  /** What becomes of the reports from before, once it has ended well. */
  readonly earlier: "go" | "never go";
  readonly answer?: (ids: readonly string[]) => number;
  /** The only faults it is worth its time with, and of many steps alike only the first and the last ones. */
  readonly sample?: readonly string[];
}

/** Takes two at a time, and never the third report. */
const smallServer = (ids: readonly string[]) =>
  ids.length > 2 || ids.some((id) => id.endsWith("000003000001")) ? 413 : 200;
const times = (count: number, args: readonly string[]) => Array.from({ length: count }, () => args);

const SCENARIOS: readonly Scenario[] = [
  { name: "track --timeout 0", config: ON, record: ASKED_RECORD, args: QUEUE_ONLY, codes: [0], earlier: "go" },
  {
    name: "track, while others wait,",
    config: ON,
    record: ASKED_RECORD,
    before: times(3, QUEUE_ONLY),
    args: TRACK,
    codes: [0],
    earlier: "go",
  },
  {
    name: "flush in several batches, one of them refused,",
    config: ON,
    record: ASKED_RECORD,
    before: times(7, QUEUE_ONLY),
    args: ["flush", "--json"],
    codes: [0, 4],
    earlier: "go",
    answer: smallServer,
  },
  {
    name: "flush of two batches",
    config: ON,
    record: ASKED_RECORD,
    before: times(510, QUEUE_ONLY),
    args: ["flush", "--json"],
    codes: [0, 4],
    earlier: "go",
    sample: ["fails once with EIO", "is never reached, because the process dies"],
  },
  {
    name: "the first track, switched on by the environment,",
    env: { RASA_TELEMETRY_ENABLED: "true" },
    args: TRACK,
    codes: [0],
    earlier: "go",
  },
  { name: "track before anybody was told", args: TRACK, before: [TRACK], codes: [0], earlier: "go" },
  {
    name: "track within the hour after the notice",
    config: ON,
    record: TOLD_RECORD,
    before: times(2, TRACK),
    args: TRACK,
    codes: [0],
    earlier: "go",
  },
  {
    name: "enable within the hour after the notice",
    config: ON,
    record: TOLD_RECORD,
    before: times(2, TRACK),
    args: ["enable"],
    codes: [0, 2],
    earlier: "go",
  },
  {
    name: "track after a no of Rasa's own",
    config: ON,
    record: ASKED_RECORD,
    before: times(2, QUEUE_ONLY),
    rewrite: OFF,
    args: TRACK,
    codes: [0],
    earlier: "never go",
  },
  {
    name: "flush after a no and a yes of Rasa's own",
    config: ON,
    record: ASKED_RECORD,
    before: times(2, QUEUE_ONLY),
    rewrite: ON.replaceAll("2025", "2026"),
    args: ["flush", "--json"],
    codes: [0, 4],
    earlier: "never go",
  },
  {
    name: "reset-id",
    config: ON,
    record: ASKED_RECORD,
    before: times(2, QUEUE_ONLY),
    args: ["reset-id"],
    codes: [0, 2],
    earlier: "never go",
  },
  { name: "init", before: times(2, TRACK), args: ["init", "--json"], codes: [0], earlier: "go" },
  { name: "the first enable", before: times(2, TRACK), args: ["enable"], codes: [0, 2], earlier: "never go" },
  {
    name: "enable after disable",
    config: OFF,
    record: recordOf({ choice: choiceOf(OFF) }),
    args: ["enable"],
    codes: [0, 2],
    earlier: "never go",
  },
  {
    name: "enable where the no stands beside global.yml",
    config: FLOW,
    record: FLOW_RECORD,
    before: [["disable"]],
    args: ["enable"],
    codes: [0, 2],
    earlier: "never go",
  },
  {
    name: "disable",
    config: ON,
    record: ASKED_RECORD,
    before: times(3, QUEUE_ONLY),
    args: ["disable"],
    codes: [0, 2],
    earlier: "never go",
  },
  {
    name: "disable where global.yml can't be changed",
    config: FLOW,
    record: FLOW_RECORD,
    before: times(2, QUEUE_ONLY),
    args: ["disable"],
    codes: [0, 2],
    earlier: "never go",
  },
  {
    name: "identify",
    config: ON,
    record: ASKED_RECORD,
    before: [QUEUE_ONLY],
    args: ["identify", "--json"],
    codes: [0],
    earlier: "go",
  },
];

/** A fault by the name that its tests have; `cut`: the power fails with the process. */
const FAULTS: Readonly<Record<string, { readonly fault: Fault; readonly cut?: boolean }>> = {
  ...Object.fromEntries(
    ["EACCES", "ENOSPC", "EIO", "EROFS"].flatMap((code) => [
      [`fails once with ${code}`, { fault: { kind: "fails", code, forever: false } }],
      [`is the first that fails with ${code}`, { fault: { kind: "fails", code, forever: true } }],
    ]),
  ),
  "happens, but is said to have failed": { fault: { kind: "failsLate" } },
  "is half done when the disk is full": { fault: { kind: "short" } },
  "is half done when the process dies": { fault: { kind: "tears" } },
  "is never reached, because the process dies": { fault: { kind: "dies", when: "before" } },
  "is the last before the process dies": { fault: { kind: "dies", when: "after" } },
  "is never reached, because the power fails": { fault: { kind: "dies", when: "before" }, cut: true },
};

interface Beginning {
  readonly snapshot: Snapshot;
  /** The reports that were acknowledged by then. */
  readonly earlier: readonly string[];
}

async function begin(scenario: Scenario): Promise<Beginning> {
  const machine = machineOf(scenario);
  const earlier: string[] = [];
  for (const args of scenario.before ?? []) {
    const left = await machine.start(args);
    assertEquals([args, left.code], [args, 0]);
    earlier.push(...acknowledgedBy(left));
    machine.host.clock += 1_000;
  }
  if (scenario.rewrite !== undefined) machine.host.files.plant(CONFIG_FILE, scenario.rewrite);
  return { snapshot: machine.snapshot(), earlier };
}

function machineOf({ config, record, env, answer }: Scenario, snapshot?: Snapshot): SharedMachine {
  const machine = new SharedMachine({
    ...(env === undefined ? {} : { env }),
    files: {
      ...(config === undefined ? {} : { [CONFIG_FILE]: config }),
      ...(record === undefined ? {} : { [RECORD_FILE]: record }),
    },
  });
  machine.answer = answer ?? machine.answer;
  if (snapshot !== undefined) machine.restore(snapshot);
  return machine;
}

/** The report that a command has said it keeps, or has delivered. */
function acknowledgedBy({ out }: Left): string[] {
  if (!out.startsWith("{")) return [];
  const { outcome, messageId } = JSON.parse(out);
  return ["queued", "delivered", "held"].includes(outcome) ? [messageId] : [];
}

/** What must be so whatever happened. */
function checkSanity(where: string, scenario: Scenario, machine: SharedMachine, left: Left): void {
  assertEquals([where, machine.host.files.held], [where, []]);
  assertEquals([where, /\n\s+at |Error:/.exec(left.err)], [where, null]);
  if (left.code !== undefined) {
    assertEquals([where, left.err, scenario.codes.includes(left.code)], [where, left.err, true]);
  }
  const text = machine.host.files.text(CONFIG_FILE);
  if (text === undefined) return assertEquals([where, scenario.config], [where, undefined]);
  const kind = parseConfiguration(text).kind;
  const whole = scenario.config === FLOW ? text === FLOW : text.startsWith(scenario.config === undefined ? "" : OTHERS);
  assertEquals([where, text, kind, whole], [where, text, "stored", true]);
}

/** What `status` says where the log of what was sent could not be written. */
const LACKS = /^rasa-telemetry: the log of what was sent lacks \d+ entr(y|ies): .*\n$/;

/** What it says of a request whose process died. */
const LOST =
  /^rasa-telemetry: the request of .* was under way when its process ended: whether it arrived isn't known\n/gm;

/** The next process, on a machine that works again. Gives how flush ended. */
async function recover(where: string, machine: SharedMachine): Promise<void> {
  machine.answer = () => 200;
  machine.host.clock += 600_000;
  const status = await machine.start(["status", "--json"]);
  assertEquals([where, status.code, status.err.replace(LACKS, "").replace(LOST, "")], [where, 0, ""]);
  if (JSON.parse(status.out).permission === "untold") {
    assertEquals([where, (await machine.start(["init"])).code], [where, 0]);
  }
  machine.host.clock += HOUR_MS;
  const flush = await machine.start(["flush", "--json"]);
  assertEquals([where, flush.code, flush.err, JSON.parse(flush.out).left], [where, 0, flush.err, 0]);
  const log = await machine.start(["log", "--json", "--last", "0"]);
  const lines = log.out.split("\n").slice(0, -1).map((line) => typeof JSON.parse(line));
  assertEquals([where, log.code, lines], [where, 0, lines.map(() => "object")]);
}

/** What the server has is in the log, or the log says that it lacks something. */
async function checkEvidence(where: string, machine: SharedMachine): Promise<void> {
  const taken = machine.taken;
  const { out, err } = await machine.start(["log", "--json", "--last", "0"]);
  const logged = out.split("\n").slice(0, -1).map((line) => JSON.parse(line).report.messageId);
  const missing = err === "" ? taken.filter((id) => !logged.includes(id)) : [];
  assertEquals([where, missing], [where, []]);
}

/**
 * Whether what went out must be known afterwards. A power cut takes what was written last. On a real disk that is full
 * an empty file says that something is missing. Where nothing can be kept, the environment lets a report go unseen.
 */
function leavesEvidence({ env }: Scenario, fault: Fault): boolean {
  const isForGood = fault.kind === "fails" && fault.forever;
  return !isForGood || (fault.code !== "ENOSPC" && env === undefined);
}

/** Reports from before that must not go: not now, not after another disable, not after an enable. */
async function checkNeverGoes(where: string, scenario: Scenario, machine: SharedMachine, left: Left): Promise<void> {
  const [command] = scenario.args;
  const sent = machine.served.length;
  // Time has passed: what the disk still owed it has by now.
  machine.journal = new Journal();
  // What wasn't acknowledged has to be said again.
  if (left.code !== 0 && (command === "disable" || command === "reset-id")) {
    assertEquals([where, (await machine.start(scenario.args)).code], [where, 0]);
  }
  if (command === "disable") {
    const track = await machine.start(TRACK);
    assertEquals([where, JSON.parse(track.out).outcome], [where, "disabled"]);
    machine.host.clock += 1_000;
  }
  if (left.code !== 0 || command === "disable" || scenario.rewrite !== undefined) {
    assertEquals([where, (await machine.start(["enable"])).code], [where, 0]);
    // The power fails right after that: what was removed, but not for good, is there again and still never goes.
    machine.journal.cut();
  }
  await recover(where, machine);
  assertEquals([where, machine.served.length], [where, sent]);
}

async function examine(scenario: Scenario, beginning: Beginning, at: number, name: string): Promise<void> {
  const { fault, cut } = FAULTS[name]!;
  const machine = machineOf(scenario, beginning.snapshot);
  const supervisor = new FaultySupervisor(at, fault);
  const left = await machine.start(scenario.args, supervisor);
  const step = supervisor.steps[at - 1];
  const where = `${at}: ${step?.action} ${step?.path} ${name}`;
  if (cut) machine.journal.cut();
  checkSanity(where, scenario, machine, left);
  if (scenario.earlier === "never go") {
    if (scenario.args[0] === "disable" && left.code === 0 && !cut && !left.err.includes("could not be deleted")) {
      assertEquals([where, machine.waiting], [where, []]);
    }
    return await checkNeverGoes(where, scenario, machine, left);
  }
  const forgotten = left.code === undefined || step?.action === "answer" || (fault.kind === "fails" && fault.forever);
  const waiting = machine.waiting;
  if (leavesEvidence(scenario, fault) && !cut) await checkEvidence(where, machine);
  const mayRepeat = new Set(forgotten ? machine.taken.filter((id) => waiting.includes(id)) : []);
  await recover(where, machine);
  const taken = machine.taken;
  const refused = machine.served.filter(({ ids, status }) => status === 413 && ids.length === 1).flatMap(({ ids }) =>
    ids
  );
  const gone = new Set([...taken, ...refused]);
  const lost = [...beginning.earlier, ...acknowledgedBy(left)].filter((id) => !gone.has(id));
  const repeated = taken.filter((id, index) => taken.indexOf(id) !== index && !mayRepeat.has(id));
  assertEquals([where, lost, repeated], [where, [], []]);
}

for (const scenario of SCENARIOS) {
  const rehearsal = once(() => rehearse(scenario));
  for (const [name, { fault, cut }] of Object.entries(FAULTS)) {
    if (scenario.sample?.includes(name) === false) continue;
    Deno.test(`${scenario.name} keeps its promises whichever step ${name}`, async () => {
      const { beginning, steps } = await rehearsal();
      for (let at = 1; at <= steps.length; at++) {
        if (scenario.sample !== undefined && isOneOfMany(steps, at - 1)) continue;
        if (concerns(fault, steps[at - 1]!)) await examine(scenario, beginning, at, name);
      }
      // And once it has ended, for what it had acknowledged.
      if (cut) await examine(scenario, beginning, steps.length + 1, name);
    });
  }
}

/** How a scenario begins, and its steps where nothing happens. */
async function rehearse(scenario: Scenario): Promise<{ beginning: Beginning; steps: FaultySupervisor["steps"] }> {
  const beginning = await begin(scenario);
  const supervisor = new FaultySupervisor();
  assertEquals((await machineOf(scenario, beginning.snapshot).start(scenario.args, supervisor)).code, 0);
  return { beginning, steps: supervisor.steps };
}

/** Whether a step stands amid steps of the same kind. */
function isOneOfMany(steps: FaultySupervisor["steps"], at: number): boolean {
  const around = [-2, -1, 1, 2].map((distance) => steps[at + distance]?.action);
  return around.every((action) => action === steps[at]?.action);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
