import { assertEquals } from "@std/assert";
import { FIRST_STATE, isEarly, type ServerState, type Waits } from "../../lib/sender/server_state.ts";
import { backOff, LONGEST_WAIT_MS, parseRetryAfter } from "../../lib/sender/verdicts.ts";
import { NOON } from "../support/machine/memory_host.ts";

const ALL: Waits = { backOff: true, shortDeadline: true };
const at = (wait: number): number => NOON.getTime() + wait;

for (
  const [what, state, waits, early] of [
    ["where nothing was ever delivered", {}, ALL, false],
    ["before its moment", { notBefore: at(1) }, ALL, true],
    ["at its moment", { notBefore: at(0) }, ALL, false],
    ["before its moment, for whom the back-off doesn't count", { notBefore: at(1) }, { ...ALL, backOff: false }, false],
    ["before the server's moment, for everybody", { serverNotBefore: at(1) }, { ...ALL, backOff: false }, true],
    ["before the moment of short deadlines", { hurried: { notBefore: at(1), failures: 1 } }, ALL, true],
    ["before the moment of short deadlines, with time", { hurried: { notBefore: at(1), failures: 1 } }, {
      ...ALL,
      shortDeadline: false,
    }, false],
    ["at the longest wait", { notBefore: at(LONGEST_WAIT_MS) }, ALL, true],
    ["beyond it, because the clock was set back", { notBefore: at(LONGEST_WAIT_MS + 1) }, ALL, false],
  ] as const satisfies readonly (readonly [string, Partial<ServerState>, Waits, boolean])[]
) {
  Deno.test(`isEarly is ${early} ${what}`, () => {
    assertEquals(isEarly({ ...FIRST_STATE, ...state }, NOON, waits), early);
  });
}

Deno.test("no wait that is ever stored is longer than the longest one", () => {
  const waits = [1, 5, 20, 1_000].map((failures) => backOff(failures, 1, undefined));
  const asked = parseRetryAfter("999999", NOON) ?? 0;
  assertEquals([...waits, asked, backOff(20, 1, asked)].every((wait) => wait <= LONGEST_WAIT_MS), true);
});
