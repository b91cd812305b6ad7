import { assertEquals, assertMatch } from "@std/assert";
import { hashFile } from "../../scripts/release/assets.ts";
import { ask, makeVenv, PIP_OFFLINE } from "../../scripts/support/venv.ts";
import { findPython } from "../../scripts/toolchain/python.ts";
import { binaryPath } from "../support/programs/binary.ts";
import { CAN_MOUNT, ON_POSIX } from "../support/programs/conditions.ts";
import { type Ended, runProgram } from "../support/programs/process.ts";
import { until } from "../support/programs/waiting.ts";
import { CAN_MAKE_VENVS, type Installed, installWheel } from "../support/programs/wheels.ts";
import { type EndToEnd, endToEnd } from "../support/scenes/end_to_end.ts";

/** What pip makes of a wheel. `deno task wheels:try` tries what else people install with. */

let folder = "";
let installed: Installed;

Deno.test.beforeAll(async () => {
  if (!CAN_MAKE_VENVS.met) return;
  folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
  installed = await installWheel(folder);
});

Deno.test.afterAll(async () => {
  if (CAN_MAKE_VENVS.met) await Deno.remove(folder, { recursive: true });
});

/** Runs a Python program in the project's folder. Nothing tells the package where its binary is. */
async function run(
  { home, project }: EndToEnd,
  argv: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return await runProgram(argv, { cwd: project, env: { HOME: home, USERPROFILE: home, ...env } });
}

const ENABLED = "import rasa_telemetry; print(rasa_telemetry.enabled())";
const TOLD = { RASA_TELEMETRY_ENABLED: "true" };

/** Asserts that the package in front of such a Python reports through its own binary, and delivers. */
async function reports(here: EndToEnd, python: string, env: Record<string, string> = {}): Promise<void> {
  const program = "import rasa_telemetry as t; t.track('Shell Started', {'type': 'rasa'}); t.close(20)";
  const { code, out, err } = await run(here, [python, "-c", program], { ...TOLD, ...env });
  assertEquals([code, out, err], [0, "", ""]);
  await until("it arrives", () => here.collector.reports.length === 1);
  assertEquals(here.collector.reports.map(({ event }) => event), ["Shell Started"]);
}

endToEnd("pip chooses the wheel of this system where there is one for any too", {
  needs: CAN_MAKE_VENVS,
}, async (here) => {
  assertEquals(await hashFile(installed.binary), await hashFile(binaryPath()));
  const { code, out } = await run(here, [installed.command, "--version"]);
  assertEquals([code, out], [0, (await here.run(["--version"])).out]);
  await reports(here, installed.venv.python);
});

endToEnd(
  "the command of a venv that isn't activated ends as the binary does",
  { needs: CAN_MAKE_VENVS },
  async (here) => {
    for (const args of [["status", "--json"], ["nonsense"], ["track", "Shell Startd"]]) {
      const { code, out, err } = await run(here, [installed.command, ...args], { DO_NOT_TRACK: "1" });
      assertEquals({ code, out, err, signal: null }, await here.run(args, { env: { DO_NOT_TRACK: "1" } }));
    }
  },
);

endToEnd("the command's process is the binary's: a signal ends both, and what it has is delivered", {
  needs: [CAN_MAKE_VENVS, ON_POSIX],
}, async (here) => {
  const { child, stdin, ended } = here.start(["stream", "--json"], {
    binary: installed.command,
    env: TOLD,
    stdin: null,
  });
  await stdin?.write(new TextEncoder().encode('{"event": "Shell Started", "properties": {"type": "rasa"}}\n'));
  await until("it arrives", () => here.collector.reports.length === 1);
  child.kill("SIGTERM");
  const { code, signal, out } = await ended();
  assertEquals([code, signal, JSON.parse(out).delivered], [0, null, 1]);
});

endToEnd("pip install --target gives a package that finds its binary", { needs: CAN_MAKE_VENVS }, async (here) => {
  const target = `${here.folder}/target`;
  const args = [...PIP_OFFLINE, "--target", target, "--find-links", installed.wheels, "rasa-telemetry"];
  await ask(installed.venv.python, args);
  const python = await findPython() ?? "";
  await reports(here, python, { PYTHONPATH: target });
  const { out } = await run(here, [python, "-m", "rasa_telemetry_command", "--version"], { PYTHONPATH: target });
  assertMatch(out, /^rasa-telemetry \d/);
});

/** Copies the installed packages into a folder, which keeps modes. */
async function copyPackages(to: string): Promise<void> {
  await ask(installed.venv.python, [
    "-c",
    "import shutil, sys; shutil.copytree(*sys.argv[1:])",
    installed.venv.packages,
    to,
  ]);
}

endToEnd("where the executable bit is lost, the command says so, and the package reports nothing", {
  needs: [CAN_MAKE_VENVS, ON_POSIX],
}, async (here) => {
  const copy = `${here.folder}/copy`;
  await copyPackages(copy);
  await Deno.chmod(`${copy}/rasa_telemetry/rasa-telemetry`, 0o644);
  // The command is on the PATH, where the package looks after it has looked beside itself.
  const env = { ...TOLD, PYTHONPATH: copy, PATH: `${installed.venv.scripts}:${Deno.env.get("PATH")}` };
  const command = await run(here, [installed.command, "status"], env);
  assertEquals([command.code, command.out], [126, ""]);
  assertMatch(command.err, /^Cannot start .*: its executable bit is lost; give it back: chmod \+x .*\n$/);
  const { code, out } = await run(here, [installed.venv.python, "-c", ENABLED], env);
  assertEquals([code, out.trim()], [0, "False"]);
});

endToEnd("where programs may not run, the command says so, and the package reports nothing", {
  needs: [CAN_MAKE_VENVS, CAN_MOUNT],
}, async (here) => {
  const copy = `${here.folder}/copy`;
  await copyPackages(copy);
  const among = async (args: readonly string[]) => {
    const script = 'mount -t tmpfs -o noexec tmpfs "$0"; cp -r "$1"/. "$0"; shift; exec "$@"';
    const mounted = `${here.folder}/mounted`;
    await Deno.mkdir(mounted, { recursive: true });
    const unshare = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", script, mounted, copy];
    return await run(here, [...unshare, installed.venv.python, ...args], { ...TOLD, PYTHONPATH: mounted });
  };
  const command = await among(["-m", "rasa_telemetry_command", "status"]);
  assertEquals([command.code, command.out], [126, ""]);
  assertMatch(command.err, /^Cannot start .*: its file system is mounted with noexec; install it elsewhere, /);
  const { code, out, err } = await among(["-c", ENABLED]);
  assertEquals([code, out.trim(), err], [0, "False", ""]);
});

endToEnd("the wheel for any system gives the package alone, which reports nothing and says nothing", {
  needs: CAN_MAKE_VENVS,
}, async (here) => {
  const venv = await makeVenv(await findPython() ?? "", `${here.folder}/venv`);
  await ask(venv.python, [...PIP_OFFLINE, installed.anyWheel]);
  const commands = await Array.fromAsync(Deno.readDir(venv.scripts), ({ name }: Deno.DirEntry) => name);
  assertEquals(commands.filter((name) => name.startsWith("rasa")), []);
  const { code, out, err } = await run(here, [venv.python, "-c", `${ENABLED}; rasa_telemetry.track('Shell Started')`], {
    ...TOLD,
    PATH: "",
  });
  assertEquals([code, out.trim(), err], [0, "False", ""]);
});
