import { assertEquals, assertMatch } from "@std/assert";
import { findPythons } from "../../../scripts/toolchain/python.ts";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { ON_LINUX, ON_POSIX } from "../../support/programs/conditions.ts";
import { type Ended, runProgram, startProgram } from "../../support/programs/process.ts";

/** The command of the wheel, on every Python of this machine, with shell scripts in the binary's place. */

const pythons = await findPythons();

/** A folder with the command's module, and beside it the package's folder. */
interface Installation {
  readonly folder: string;
  /** Where the binary belongs. */
  readonly binary: string;
  run(python: string, args?: readonly string[]): Promise<Ended>;
}

/** Declares a test for each Python. */
function onEach(name: string, work: (here: Installation, python: string) => Promise<void>, ignore = false): void {
  for (const { version, command } of pythons) {
    Deno.test({
      name: `the command ${name}, on Python ${version}`,
      ignore: ignore || !ON_POSIX.met,
      fn: async () => {
        const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
        try {
          await Deno.mkdir(`${folder}/rasa_telemetry`);
          const module = `${folder}/rasa_telemetry_command.py`;
          await Deno.copyFile(`${ROOT}/python/src/rasa_telemetry_command.py`, module);
          const run = (python: string, args: readonly string[] = []) => (
            runProgram([python, "-I", module, ...args], { cwd: folder, env: {} })
          );
          await work({ folder, binary: `${folder}/rasa_telemetry/rasa-telemetry`, run }, command);
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      },
    });
  }
}

async function putProgram(path: string, script: string, mode = 0o755): Promise<void> {
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`);
  await Deno.chmod(path, mode);
}

onEach("hands over its arguments and streams, and ends as the binary ends", async ({ binary, run }, python) => {
  await putProgram(binary, 'printf "%s|" "$@"\necho problem >&2\nexit 3');
  const ended = await run(python, ["track", "a b", "", "--", "*"]);
  assertEquals(ended, { code: 3, signal: null, out: "track|a b||--|*|", err: "problem\n" });
});

onEach("ends by the signal that ends the binary", async ({ binary, run }, python) => {
  await putProgram(binary, "kill -TERM $$");
  assertEquals((await run(python)).signal, "SIGTERM");
});

onEach("leaves no signal ignored that wasn't", async ({ folder, binary, run }, python) => {
  await putProgram(binary, "exec grep SigIgn /proc/self/status");
  const bare = await runProgram([binary], { cwd: folder, env: {} });
  assertEquals((await run(python)).out, bare.out);
}, !ON_LINUX.met);

for (
  const [what, prepare, code, reason] of [
    ["is missing", () => Promise.resolve(), 127, /it is missing \(No such file or directory\); install it again: pip /],
    [
      "has lost its executable bit",
      (path: string) => putProgram(path, "exit 0", 0o644),
      126,
      /its executable bit is lost; give it back: chmod \+x \/.*\/rasa_telemetry\/rasa-telemetry\n$/,
    ],
    [
      "is for another system",
      (path: string) => Deno.writeFile(path, new Uint8Array([0x4d, 0x5a, 0x90, 0]), { mode: 0o755 }),
      126,
      /it isn't a program for this system; install it again: pip /,
    ],
    [
      "asks for a loader that isn't here",
      (path: string) => Deno.writeTextFile(path, "#!/nowhere/ld-linux.so\n", { mode: 0o755 }),
      127,
      /this system lacks the loader that it needs: glibc 2\.27 or newer on Linux, and not musl\n$/,
    ],
    ["is a folder", (path: string) => Deno.mkdir(path), 126, /Permission denied\n$/],
  ] as const
) {
  onEach(`says so where the binary ${what}, and looks nowhere else`, async ({ folder, binary }, python) => {
    await prepare(binary);
    // A command of the same name on the PATH, as pip puts it there.
    await Deno.mkdir(`${folder}/bin`);
    await putProgram(`${folder}/bin/rasa-telemetry`, `exec ${python} ${folder}/rasa_telemetry_command.py "$@"`);
    const path = `${folder}/bin:${Deno.env.get("PATH")}`;
    const ended = await runProgram([`${folder}/bin/rasa-telemetry`, "status"], { cwd: folder, env: { PATH: path } });
    assertEquals([ended.code, ended.out], [code, ""]);
    assertMatch(ended.err, /^Cannot start \/.*\/rasa_telemetry\/rasa-telemetry: /);
    assertMatch(ended.err, reason);
  });
}

/** Runs the command as on Windows, where a process can't become another one. */
function asOnWindows(script: string): readonly string[] {
  return ["-c", `import os, subprocess, sys\nimport rasa_telemetry_command as command\nos.name = "nt"\n${script}`];
}

onEach("waits on Windows for the binary's end when Ctrl-C comes", async ({ folder, binary }, python) => {
  await putProgram(`${binary}.exe`, 'echo "ready $*"\nread line\nexit 5');
  const argv = [python, ...asOnWindows("sys.exit(command.main())"), "stream"];
  const { child, stdin } = startProgram(argv, { cwd: folder, env: { PYTHONPATH: folder }, stdin: null });
  const reader = child.stdout.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), "ready stream\n");
  child.kill("SIGINT");
  await stdin?.close();
  assertEquals([(await child.status).code, (await reader.read()).done], [5, true]);
  assertEquals(await new Response(child.stderr).text(), "");
});

onEach("gives on Windows the exit code of a crash as it is", async ({ folder }, python) => {
  const script = "subprocess.call = lambda arguments: 0xC000013A\nprint(command.main())";
  const { out, err } = await runProgram([python, ...asOnWindows(script)], { cwd: folder, env: { PYTHONPATH: folder } });
  assertEquals([out, err], ["-1073741510\n", ""]);
});
