import { assertEquals } from "@std/assert";
import { MOST_IDLE_MS } from "../../lib/host/host.ts";
import { Window } from "../../lib/sender/window.ts";
import { range } from "../support/inputs/numbered_events.ts";

/** A window with a clock that is set by hand, whose shipments have numbers. */
class Scene {
  clock = 0;
  readonly window: Window<number>;
  #next = 0;

  constructor() {
    this.window = new Window({ elapsed: () => this.clock });
  }

  /** Begins one, and hands it over. */
  begin(): number {
    this.window.begin(this.#next);
    this.window.pass(this.#next);
    return this.#next++;
  }

  /** Begins as many as there is room for, and gives them. */
  fill(): readonly number[] {
    const begun: number[] = [];
    while (this.window.hasRoom(true)) begun.push(this.begin());
    return begun;
  }

  answer(shipment: number): void {
    this.window.answer(shipment);
    this.window.end(shipment);
  }

  /** Has as many connections as there may be. */
  widen(): void {
    for (const _ of range(0, 4)) for (const shipment of this.fill()) this.answer(shipment);
  }
}

Deno.test("Window has room for one at first, and for one more each time that all were answered, up to four", () => {
  const scene = new Scene();
  const sizes = range(0, 6).map(() => {
    const begun = scene.fill();
    for (const shipment of begun) scene.answer(shipment);
    return begun.length;
  });
  assertEquals(sizes, [1, 2, 3, 4, 4, 4]);
});

Deno.test("Window lets others than full batches go only where nothing is under way", () => {
  const scene = new Scene();
  scene.widen();
  assertEquals(scene.window.hasRoom(false), true);
  const first = scene.begin();
  assertEquals([scene.window.hasRoom(false), scene.window.hasRoom(true)], [false, true]);
  scene.answer(first);
  assertEquals(scene.window.hasRoom(false), true);
});

Deno.test("Window lets nothing follow what needs a new connection until it is answered", () => {
  const scene = new Scene();
  scene.answer(scene.begin());
  const [warm = NaN, opening = NaN, ...others] = scene.fill();
  scene.answer(warm);
  assertEquals([others, scene.fill()], [[], []]);
  scene.window.answer(opening);
  assertEquals(scene.window.hasRoom(true), true);
});

Deno.test("Window adds a connection only after as many answers as there are connections", () => {
  const scene = new Scene();
  scene.answer(scene.begin());
  const [slow = NaN, opening = NaN] = scene.fill();
  scene.answer(opening);
  const beside = scene.begin();
  assertEquals(scene.window.hasRoom(true), false);
  scene.answer(slow);
  assertEquals([scene.fill().length, scene.window.underWay.includes(beside)], [2, true]);
});

for (const how of ["handed over", "ended"] as const) {
  Deno.test(`Window lets nothing begin beside what is being made ready until it has ${how}`, () => {
    const scene = new Scene();
    scene.widen();
    scene.begin();
    scene.window.begin(-1);
    assertEquals([scene.window.isLeaving, scene.window.hasRoom(true)], [true, false]);
    // Another one that ends changes nothing.
    scene.window.pass(0);
    assertEquals(scene.window.hasRoom(true), false);
    if (how === "handed over") scene.window.pass(-1);
    else scene.window.end(-1);
    assertEquals([scene.window.isLeaving, scene.window.hasRoom(true)], [false, true]);
  });
}

Deno.test("Window has room for nothing beside others after a failure, and begins with one again", () => {
  const scene = new Scene();
  scene.widen();
  const [failed = NaN, ...late] = scene.fill();
  scene.window.fail();
  scene.window.end(failed);
  for (const shipment of late) {
    assertEquals(scene.fill(), []);
    scene.answer(shipment);
  }
  // What was answered late says nothing.
  assertEquals(scene.fill().length, 1);
});

Deno.test("Window counts on no connection for what ended without an answer", () => {
  const scene = new Scene();
  const [first = NaN] = scene.fill();
  scene.window.end(first);
  const [second = NaN, ...others] = scene.fill();
  assertEquals(others, []);
  scene.answer(second);
  assertEquals(scene.fill().length, 2);
});

Deno.test("Window begins with one again after a pause after which the connections are closed", () => {
  for (const [pauseMs, expected] of [[0, 4], [1_000, 4], [MOST_IDLE_MS, 1], [60_000, 1]] as const) {
    const scene = new Scene();
    scene.widen();
    scene.clock += pauseMs;
    assertEquals([pauseMs, scene.fill().length], [pauseMs, expected]);
  }
});

Deno.test("Window counts on no connection that others have left unused for so long that it is closed", () => {
  const scene = new Scene();
  scene.widen();
  for (const _ of range(0, 10)) {
    // Two at a time, which use the connections that were used last.
    const pair = [scene.begin(), scene.begin()];
    scene.clock += MOST_IDLE_MS / 8;
    for (const shipment of pair) scene.answer(shipment);
  }
  assertEquals(scene.fill().length, 3);
});

Deno.test("Window counts on connections for as long as their requests are under way", () => {
  const scene = new Scene();
  scene.widen();
  const [first = NaN] = scene.fill();
  scene.clock += MOST_IDLE_MS + 1_000;
  scene.answer(first);
  assertEquals(scene.fill().length, 1);
});
