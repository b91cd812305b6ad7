/**
 * Which tests the gate runs, and which it leaves to `deno task deep`, so that the gate stays a matter of minutes. CI
 * runs both.
 */

/** `"gate"`: what every change goes through. `"deep"`: the rest. */
export type Depth = "gate" | "deep";

/**
 * The files that are left to the deep run: crowds, kills, disks, terminals and random orders, which take long because
 * they try much. What each of them tries is tried once in a file of the gate too.
 */
const DEEP: readonly string[] = [
  "tests/e2e/consent_orders_test.ts",
  "tests/e2e/crowd_test.ts",
  "tests/e2e/disable_end_test.ts",
  "tests/e2e/disk_test.ts",
  "tests/e2e/fuzz_test.ts",
  "tests/e2e/kill_test.ts",
  "tests/e2e/network_test.ts",
  "tests/e2e/odd_homes_test.ts",
  "tests/e2e/odd_starts_test.ts",
  "tests/e2e/one_request_test.ts",
  "tests/e2e/page_test.ts",
  "tests/e2e/place_binary_test.ts",
  "tests/e2e/place_test.ts",
  "tests/e2e/question_test.ts",
  "tests/e2e/several_requests_test.ts",
  "tests/e2e/stream_cost_test.ts",
  "tests/e2e/stream_test.ts",
  "tests/e2e/streams_test.ts",
  "tests/e2e/terminal_test.ts",
  "tests/e2e/user_text_test.ts",
  "tests/simulation/faults_test.ts",
  "tests/simulation/full_queue_test.ts",
];

/** The files of a depth among these, whose paths are as seen from the project. */
export function filesOf(depth: Depth, files: readonly string[]): string[] {
  return files.filter((file) => DEEP.includes(file) === (depth === "deep"));
}

/** The arguments by which `deno test` runs the unit tests of a depth. */
export function unitTestsOf(depth: Depth): string[] {
  const deep = DEEP.filter((file) => !file.startsWith("tests/e2e/"));
  return depth === "deep" ? deep : [`--ignore=${["tests/e2e", ...deep].join(",")}`, "tests"];
}

/** What a depth takes of things in order: the gate the first and the last, the deep run what is between them. */
export function endsOrMiddle<T>(depth: Depth, things: readonly T[]): T[] {
  return things.filter((_, at) => (at === 0 || at === things.length - 1) === (depth === "gate"));
}
