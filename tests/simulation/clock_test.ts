import { assertEquals } from "@std/assert";
import { FileFault } from "../../lib/host/host.ts";
import { MemoryHost, type MemoryHostOptions, NOON } from "../support/machine/memory_host.ts";
import { ASKED, queued, RECORD_FILE, runHere, runJson } from "../support/scenes/scene.ts";
import { SharedMachine } from "../support/machine/shared_machine.ts";

/** Clocks that are wrong, are set, or pass quickly; and an outage, during which a thousand programs start. */

const DAY_MS = 24 * 60 * 60 * 1000;
const YEAR_MS = 365 * DAY_MS;
const TRACK = ["track", "Shell Started", "--json"];
const QUEUE_ONLY = [...TRACK, "--timeout", "0"];

function saidYes(): SharedMachine {
  return new SharedMachine({ files: ASKED });
}

async function record(machine: SharedMachine, args: readonly string[] = QUEUE_ONLY): Promise<string> {
  const { code, out } = await machine.start(args);
  const { outcome, messageId } = JSON.parse(out);
  assertEquals([code, outcome === "queued" || outcome === "delivered"], [0, true]);
  return messageId;
}

async function dropped(machine: SharedMachine): Promise<number> {
  return JSON.parse((await machine.start(["status", "--json"])).out).dropped;
}

for (const years of [-30, -5, -2, 2, 5, 30]) {
  const direction = years < 0 ? "back" : "forward";
  const size = Math.abs(years);

  Deno.test(`track and flush lose nothing, and keep the order, where the clock is set ${direction} by ${size} years between runs`, async () => {
    const machine = saidYes();
    const ids = [await record(machine), await record(machine)];
    machine.jump(years * YEAR_MS);
    ids.push(await record(machine));
    machine.jump(-years * YEAR_MS);
    ids.push(await record(machine));
    machine.jump(years * YEAR_MS);
    assertEquals([(await machine.start(["flush"])).code, machine.taken, await dropped(machine)], [0, ids, 0]);
  });

  Deno.test(`track delivers after the clock was set ${direction} by ${size} years during a request`, async () => {
    const machine = saidYes();
    const ids = [await record(machine)];
    machine.answer = () => {
      machine.jump(years * YEAR_MS);
      return 503;
    };
    ids.push(await record(machine, TRACK));
    machine.answer = () => 200;
    machine.jump(-years * YEAR_MS);
    // Past the longest wait.
    machine.host.clock += 300_000;
    ids.push(await record(machine, TRACK));
    assertEquals([machine.taken, await dropped(machine)], [ids, 0]);
  });

  Deno.test(`flush sends nothing twice where the clock is set ${direction} by ${size} years while a batch is under way`, async () => {
    const machine = saidYes();
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) ids.push(await record(machine));
    machine.answer = (batch) => {
      machine.jump(years * YEAR_MS);
      return batch.length > 2 ? 413 : 200;
    };
    assertEquals([(await machine.start(["flush"])).code, machine.taken, await dropped(machine)], [0, ids, 0]);
  });
}

for (
  const [days, expires] of [
    [29, false],
    [31, true],
    [89, true],
    [91, false],
    [3650, false],
    [-31, false],
    [-3650, false],
  ] as const
) {
  Deno.test(`track and flush ${expires ? "drop" : "send"} what has waited for ${days} days by the clock`, async () => {
    for (const command of [TRACK, ["flush"]]) {
      const machine = saidYes();
      const waited = await record(machine);
      machine.jump(days * DAY_MS);
      const { code } = await machine.start(command);
      const result = [code, machine.taken.includes(waited), await dropped(machine)];
      assertEquals([command, ...result], [command, 0, !expires, expires ? 1 : 0]);
    }
  });
}

const HOUR_MS = 60 * 60 * 1000;

/** A machine whose user was told by this clock, with one report that waits. */
async function toldBy(at: string): Promise<SharedMachine> {
  const machine = new SharedMachine();
  machine.jump(new Date(at).getTime() - NOON.getTime());
  assertEquals((await machine.start(["init"])).code, 0);
  assertEquals(JSON.parse((await machine.start(QUEUE_ONLY)).out).outcome, "held");
  return machine;
}

/** The clock is put right: it is noon. */
function setRight(machine: SharedMachine): void {
  machine.jump(NOON.getTime() - machine.host.clock);
}

async function delivered(machine: SharedMachine): Promise<number> {
  return JSON.parse((await machine.start(["flush", "--json"])).out).delivered;
}

for (const at of ["2031-05-01T00:00:00.000Z", "1970-01-01T00:00:10.000Z", "2024-12-31T00:00:00.000Z"]) {
  Deno.test(`what was told by a clock of ${at} counts from when the clock is right, for an hour`, async () => {
    const machine = await toldBy(at);
    setRight(machine);
    // Whoever looks first writes the date anew; not one that is only asked.
    assertEquals(await delivered(machine), 0);
    assertEquals(JSON.parse(machine.host.files.text(RECORD_FILE) ?? "").told.at, NOON.toISOString());
    machine.host.clock = NOON.getTime() + HOUR_MS - 60_000;
    assertEquals([await delivered(machine), machine.taken], [0, []]);
    machine.host.clock = NOON.getTime() + HOUR_MS;
    assertEquals(await delivered(machine), 1);
  });

  Deno.test(`what was told by a clock of ${at} lets nothing leave where that date can't be put right`, async () => {
    const machine = await toldBy(at);
    setRight(machine);
    machine.host.files.before = ({ action, path }) => {
      if (path.startsWith(RECORD_FILE) && action !== "read" && action !== "stat") throw new FileFault(action, "EROFS");
    };
    for (let hour = 0; hour < 48; hour++) {
      machine.host.clock += HOUR_MS;
      assertEquals([await delivered(machine), machine.served], [0, []]);
    }
  });
}

Deno.test("flush says when each attempt was made and when each report happened, however the clock was set", async () => {
  const machine = saidYes();
  machine.answer = () => 503;
  const moments: string[] = [];
  await record(machine);
  const happened = machine.host.now().toISOString();
  for (const jump of [0, -10 * YEAR_MS, 20 * YEAR_MS, 600_000]) {
    machine.jump(jump);
    moments.push(machine.host.now().toISOString());
    assertEquals((await machine.start(["flush"])).code, 4);
  }
  const bodies = machine.host.requests.map(({ body }) => body);
  assertEquals(bodies.map((body) => body["sentAt"]), moments);
  assertEquals(bodies.map((body) => body["timestamp"]), moments.map(() => happened));
});

/** Each of its waits is the shortest that the back-off allows. */
class HastyHost extends MemoryHost {
  override random(): number {
    return 0;
  }
}

const STARTS = 1_000;
const STEP_MS = 60;
const MOST_REQUESTS = 10;

const OUTAGES: readonly (readonly [string, MemoryHostOptions["respond"], readonly string[]])[] = [
  ["answers 503", 503, TRACK],
  ["refuses connections", new TypeError("error sending request"), TRACK],
  ["never answers", "never", TRACK],
  ["never answers callers who have a second", "never", [...TRACK, "--timeout", "1"]],
];

for (const [name, outage, args] of OUTAGES) {
  Deno.test(`track started a thousand times asks a server that ${name} at most ${MOST_REQUESTS} times`, async () => {
    let answer = outage;
    const host: MemoryHost = new HastyHost({
      files: ASKED,
      respond: () => typeof answer === "function" ? 200 : answer ?? 200,
    });
    for (let start = 0; start < STARTS; start++) {
      assertEquals(await runHere(host, ...args), 0);
      host.clock += STEP_MS;
    }
    const asked = host.requests.length;
    // deno-lint-ignore no-console -- the figure is also worth knowing where it is within the bound
    console.error(`a server that ${name}: ${asked} requests by ${STARTS} starts`);
    assertEquals([asked <= MOST_REQUESTS, queued(host).length], [true, STARTS]);
    answer = 200;
    host.clock += 300_000;
    assertEquals((await runJson(host, "flush"))["delivered"], STARTS);
  });
}
