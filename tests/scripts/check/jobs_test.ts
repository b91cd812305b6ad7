import { assertEquals } from "@std/assert";
import { countTests, runJobs, sum } from "../../../scripts/check/jobs.ts";

for (
  const [text, code, passed, failed] of [
    ["ok | 12 passed (3 steps) | 0 failed (2s)", 0, 12, 0],
    ["ok | 12 passed | 0 failed | 2 ignored (8m51s)", 0, 12, 0],
    ["ok | 0 passed | 0 failed | 3 ignored (1ms)", 0, 0, 0],
    ["FAILED | 10 passed | 2 failed (1s)", 1, 10, 2],
    ['a test of "ok | 1 passed | 0 failed (1s)" ... ok (0ms)\n\nok | 2 passed | 0 failed (1s)', 0, 2, 0],
    // A module that can't be loaded, a process that was killed, and a file without tests.
    ["FAILED | 10 passed | 0 failed (1s)", 1, 10, 1],
    ["", 137, 0, 1],
    ["ok | 0 passed | 0 failed (0ms)", 0, 0, 1],
    ["", 0, 0, 1],
  ] as const
) {
  Deno.test(`countTests says ${passed} passed, ${failed} failed of ${JSON.stringify(text)} and code ${code}`, () => {
    assertEquals(countTests(`running 1 test\n\n${text}\n`, code), { passed, failed });
  });
}

Deno.test("runJobs gives each free lane the next job, and returns what they found", async () => {
  const log: string[] = [];
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const jobs = gates.map(({ promise }, index) => async (lane: number) => {
    log.push(`${index} in ${lane}`);
    await promise;
    return { passed: index, failed: 1 };
  });
  const done = runJobs(jobs, 2);
  assertEquals(log, ["0 in 0", "1 in 1"]);
  gates[1]?.resolve();
  await Promise.resolve().then(() => new Promise((resolve) => setTimeout(resolve)));
  assertEquals(log, ["0 in 0", "1 in 1", "2 in 1"]);
  gates.forEach(({ resolve }) => resolve());
  assertEquals(sum(await done), { passed: 3, failed: 3 });
});
