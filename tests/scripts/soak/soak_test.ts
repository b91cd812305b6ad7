import { assertEquals } from "@std/assert";
import { judge } from "../../../scripts/soak/judge.ts";
import { describePhase, phaseAt, PHASES, phaseSeconds } from "../../../scripts/soak/phases.ts";

const NOTHING = { waiting: 0, dropped: 0 };

Deno.test("judge finds nothing wrong where each event arrived under one id, waits, or is counted", () => {
  assertEquals(judge({ reported: 2, taken: [[0, "a"], [1, "b"], [0, "a"]], ...NOTHING }), []);
  assertEquals(judge({ reported: 4, taken: [[1, "b"]], waiting: 1, dropped: 2 }), []);
  assertEquals(judge({ reported: 0, taken: [], ...NOTHING }), []);
});

Deno.test("judge names what is lost, counted wrongly, doubled or made up", () => {
  assertEquals(judge({ reported: 3, taken: [[1, "b"]], waiting: 1, dropped: 0 }), [
    "2 didn't arrive (0, 2), but 1 wait and 0 are counted as dropped",
  ]);
  assertEquals(judge({ reported: 1, taken: [[0, "a"]], waiting: 0, dropped: 1 }), [
    "0 didn't arrive, but 0 wait and 1 are counted as dropped",
  ]);
  assertEquals(judge({ reported: 1, taken: [[0, "a"], [0, "b"]], ...NOTHING }), ["arrived under two ids: 0"]);
  assertEquals(judge({ reported: 1, taken: [[0, "a"], [7, "b"], [NaN, "c"]], ...NOTHING }), [
    "arrived, and nobody reported them: 7, NaN",
  ]);
});

Deno.test("phaseAt goes through all phases in turns, and ends with one in which all is well", () => {
  const seconds = phaseSeconds(60);
  const round = PHASES.map((_, index) => phaseAt((index + 0.5) * seconds, 60));
  assertEquals([seconds, round], [60, PHASES]);
  assertEquals(phaseAt((PHASES.length + 1.5) * seconds, 60), PHASES[1]);
  assertEquals([1, 3, 25, 60].map((minutes) => describePhase(phaseAt(minutes * 60 - 0.5, minutes))), [
    "server: takes all",
    "server: takes all",
    "server: takes all",
    "server: takes all",
  ]);
  assertEquals(PHASES.slice(1).map((_, index) => phaseAt((index + 1.5) * phaseSeconds(3), 3)), PHASES.slice(1));
});
