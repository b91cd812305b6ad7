import { assertEquals } from "@std/assert";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { runProgram } from "../../support/programs/process.ts";

/** `.ci/run` with an `npx` in place of the real one, which answers each task with what it is told to. */
async function runCi(
  answers: Readonly<Record<"test" | "deep" | "host", string>>,
): Promise<[code: number, last: string]> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    const cases = Object.entries(answers).map(([task, answer]) => `${task}) ${answer} ;;`).join("\n");
    await writeProgram(`${folder}/npx`, `case $4 in\n${cases}\nesac`);
    // Nothing is installed for this.
    await writeProgram(`${folder}/apt-get`, "exit 1");
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const { code, out } = await runProgram(["bash", `${ROOT}/.ci/run`], { cwd: folder, env });
    return [code, out.trimEnd().split("\n").at(-1) ?? ""];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function writeProgram(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
}

for (
  const [name, test, host, code, last] of [
    ["adds the counts up", "echo 40 passed, 0 failed", "echo 7 passed, 0 failed", 0, "50 passed, 0 failed"],
    [
      "says its counts last where a Rasa is skipped",
      "echo 40 passed, 0 failed",
      "echo '1 skipped: no Python'; echo 0 passed, 0 failed",
      0,
      "43 passed, 0 failed",
    ],
    [
      "goes on after a failure",
      "echo 39 passed, 1 failed; exit 1",
      "echo 7 passed, 0 failed",
      1,
      "49 passed, 1 failed",
    ],
    [
      "fails where the real Rasa does",
      "echo 40 passed, 0 failed",
      "echo 5 passed, 2 failed; exit 1",
      1,
      "48 passed, 2 failed",
    ],
    ["takes a task without counts for failed", "echo 40 passed, 0 failed", "echo killed", 1, "43 passed, 1 failed"],
  ] as const
) {
  Deno.test({
    name: `.ci/run ${name}`,
    ignore: Deno.build.os === "windows",
    fn: async () => assertEquals(await runCi({ test, deep: "echo 3 passed, 0 failed", host }), [code, last]),
  });
}
