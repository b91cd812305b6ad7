// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { configure } from "../../../lib/build_config.ts";
import { compile } from "../../build/compile.ts";
import { makeWheel } from "../../build/wheel.ts";
import { freePorts } from "../../support/free_ports.ts";
import { ask, commandFile } from "../../support/venv.ts";
import { findPythons } from "../../toolchain/python.ts";
import { findHostTarget, TARGETS } from "../../toolchain/targets.ts";
import { PIP_WAYS } from "./pip.ts";
import { installTools, type Stage, type Way } from "./stage.ts";
import { TOOL_WAYS } from "./tools.ts";

/**
 * Tries the wheel with everything that people install with, most of it from PyPI: too slow for the gate, and it needs a
 * network. In each way an event must arrive at a collector on this machine, and the command must start.
 *
 * Usage: deno task wheels:try [NAME...]      (all ways, unless parts of their names are given)
 */

/** Tries the ways, and returns how many failed. */
async function tryAll(ways: readonly Way[]): Promise<number> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-wheels-" }));
  const [port = 0] = freePorts(1);
  let arrived = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, () => {
    arrived++;
    return Response.json({ success: true });
  });
  try {
    const stage = await prepare(folder, port);
    let failed = 0;
    for (const way of ways) {
      const since = performance.now();
      arrived = 0;
      const problem = await tryOne(way, stage, () => arrived).catch((error: Error) => error.message);
      if (problem !== undefined) failed++;
      const seconds = ((performance.now() - since) / 1000).toFixed(1);
      console.error(`wheels: ${way.name}: ${problem === undefined ? "ok" : `FAILED: ${problem}`} (${seconds} s)`);
    }
    return failed;
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Tries one way in a folder of its own, and returns what is wrong with it. */
async function tryOne(way: Way, stage: Stage, arrived: () => number): Promise<string | undefined> {
  const folder = `${stage.folder}/${way.name.replace(/[^\w.]+/g, "-")}`;
  await Deno.mkdir(folder);
  await Deno.mkdir(`${folder}/home`);
  const expected = await way.run({ ...stage, folder, home: `${folder}/home` });
  return arrived() === expected ? undefined : `${arrived()} events arrived instead of ${expected}`;
}

/** Makes what all ways share: the wheels, and the tools from PyPI. */
async function prepare(folder: string, port: number): Promise<Stage> {
  const pythons = await findPythons();
  const newest = pythons.at(-1);
  const target = findHostTarget();
  if (newest === undefined || target === undefined) throw new Error("This needs a Python, and a system with a wheel");
  const binary = `${folder}/${commandFile("built")}`;
  const config = configure({ endpoint: `http://127.0.0.1:${port}`, writeKey: "k" });
  await compile({ config, output: binary, target: target.triple, check: false });
  const [wheels, all] = [`${folder}/wheels`, `${folder}/all`];
  await Deno.mkdir(wheels);
  await Deno.mkdir(all);
  const anyWheel = await makeWheel(undefined, wheels);
  const wheel = await makeWheel({ target, path: binary, sbom: "{}\n" }, wheels);
  // Only their names count where pip chooses for another system.
  await Deno.writeTextFile(`${folder}/small`, "");
  for (const each of TARGETS) await makeWheel({ target: each, path: `${folder}/small`, sbom: "{}\n" }, all);
  await Deno.copyFile(anyWheel, `${all}/${anyWheel.split(/[\\/]/).at(-1)}`);
  // A name on the PATH may be a shim that needs the real home.
  const python = (await ask(newest.command, ["-c", "import sys; print(sys.executable)"])).trim();
  const tools = await installTools(python, `${folder}/tools`);
  return { folder, home: folder, pythons, python, wheels, wheel, anyWheel, all, tools };
}

if (import.meta.main) {
  const wanted = [...PIP_WAYS, ...TOOL_WAYS].filter(({ name }) =>
    Deno.args.length === 0 || Deno.args.some((part) => name.includes(part))
  );
  try {
    const failed = await tryAll(wanted);
    console.error(`wheels: ${wanted.length - failed} of ${wanted.length} ways are good`);
    Deno.exitCode = failed === 0 && wanted.length > 0 ? 0 : 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  }
}
