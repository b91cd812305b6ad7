// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { parseArgs } from "@std/cli/parse-args";
import { exists } from "@std/fs/exists";
import { configure } from "../../lib/build_config.ts";
import { compile } from "../build/compile.ts";
import { Authority } from "../support/authority.ts";
import { freePorts } from "../support/free_ports.ts";
import { findPython } from "../toolchain/python.ts";
import { hostTarget } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { Disk } from "./disk.ts";
import { judge } from "./judge.ts";
import { describePhase, phaseAt, phaseSeconds } from "./phases.ts";
import { residentOf } from "./resident.ts";
import { Servers } from "./servers.ts";

const HELP = `Has a Python program report an event a second while everything around it fails in turns: the proxy, the
server, and the disk. In the end every event must have arrived under one id, or be counted.

Usage: deno task soak [--minutes N]

  --minutes N   how long (60 unless given)

Linux and Python 3. The disk fills up only where the soak may mount (root). One line a phase; ends with 1 where an event
is lost or arrives under two ids.
`;

/** Where a policy would stand for this machine, and for programs that run in `/`. */
const POLICIES = ["/etc/rasa/telemetry.yml", "/.rasa-telemetry.yml"];
/** How long the program may take to end, and what is left to be delivered, in milliseconds. */
const END_MS = 60_000;

/** Runs a soak. Returns what is wrong at its end, a line each. */
async function soak(minutes: number, folder: string): Promise<string[]> {
  const python = await findPython();
  if (python === undefined || Deno.build.os !== "linux") throw new Error("Cannot soak: it takes Linux and Python 3");
  const [port = 0] = freePorts(1);
  const binary = `${folder}/rasa-telemetry`;
  const config = configure({ endpoint: `https://localhost:${port}`, writeKey: "soak" });
  await compile({ config, output: binary, target: hostTarget(), check: false });
  const authority = await Authority.create();
  await Deno.writeTextFile(`${folder}/authority.pem`, authority.pem);
  const servers = new Servers(await authority.issue(), port, phaseAt(0, minutes));
  const disk = await Disk.open(folder);
  try {
    const env = {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: disk.home,
      RASA_TELEMETRY_ENABLED: "true",
      RASA_TELEMETRY_BINARY: binary,
      SSL_CERT_FILE: `${folder}/authority.pem`,
      HTTPS_PROXY: `http://127.0.0.1:${servers.proxyPort}`,
    };
    const log = `${folder}/module.log`;
    const argv = [python, `${ROOT}/scripts/soak/host.py`, `${ROOT}/python/src`, String(minutes * 60), log];
    const host = disk.start(argv, env);
    const reported = await watch(minutes, host, servers, disk, binary);
    servers.phase = phaseAt(minutes * 60, minutes);
    const ask = async (args: readonly string[]) => JSON.parse(await disk.run([binary, ...args, "--json"], env));
    const until = performance.now() + END_MS;
    let status = await ask(["status"]);
    while (status.queued > 0 && performance.now() < until) {
      await ask(["flush"]);
      status = await ask(["status"]);
    }
    const said = await Deno.readTextFile(log).catch(() => "");
    const unread = [...said.matchAll(/Events dropped because the pipe was full: (\d+)/g)].map(([, count]) =>
      Number(count)
    );
    const dropped = status.dropped + unread.reduce((one, other) => one + other, 0);
    const distinct = new Set(servers.taken.map(([, messageId]) => messageId)).size;
    console.log(
      `${reported} reported, ${distinct} arrived (${servers.taken.length} times, in ${servers.requests} requests), ` +
        `${status.queued} wait, ${dropped} counted as dropped ${JSON.stringify(status.droppedBy)}`,
    );
    return judge({ reported, taken: servers.taken, waiting: status.queued, dropped });
  } finally {
    await servers.close();
    await disk.close();
  }
}

/** Leads through the phases until the host has ended. Returns how many events it reported. */
async function watch(
  minutes: number,
  host: Deno.ChildProcess,
  servers: Servers,
  disk: Disk,
  binary: string,
): Promise<number> {
  let [reported, slowest, isOver] = [0, "", false];
  const counting = (async () => {
    for await (const text of host.stdout.pipeThrough(new TextDecoderStream())) {
      const [count, ms] = text.trimEnd().split("\n").at(-1)?.split(" ") ?? [];
      [reported, slowest] = [Number(count), ms ?? ""];
    }
    await host.status;
    isOver = true;
  })();
  const since = performance.now();
  for (let shown = -1; !isOver; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const seconds = (performance.now() - since) / 1000;
    const phase = phaseAt(seconds, minutes);
    const number = Math.floor(seconds / phaseSeconds(minutes));
    for (const path of POLICIES) {
      if (await exists(path)) throw new Error(`Cannot soak: ${path} is there, and a policy stops recording`);
    }
    // What is deleted meanwhile makes room.
    if (phase.full) await disk.fill();
    if (number === shown) continue;
    const arrived = new Set(servers.taken.map(([, messageId]) => messageId)).size;
    const { processes, kib } = await residentOf(binary);
    console.log(
      `${(seconds / 60).toFixed(1).padStart(5)} min  ${String(reported).padStart(5)} reported  ` +
        `${String(arrived).padStart(5)} arrived  ${String(servers.requests).padStart(5)} requests  ` +
        `${processes} child, ${(kib / 1024).toFixed(1)} MiB  slowest ${slowest} ms  ${describePhase(phase)}` +
        (phase.full && !disk.canFill ? " (it can't be filled here)" : ""),
    );
    shown = number;
    servers.phase = phase;
    if (!phase.full) await disk.empty();
  }
  await counting;
  return reported;
}

if (import.meta.main) {
  const { minutes, help } = parseArgs(Deno.args, {
    string: ["minutes"],
    boolean: ["help"],
    default: { minutes: "60" },
  });
  const long = Number(minutes);
  if (help || !(long > 0)) {
    console.log(HELP);
    Deno.exit(help ? 0 : 2);
  }
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-soak-" }));
  try {
    const problems = await soak(long, folder);
    for (const problem of problems) console.error(`soak: ${problem}`);
    if (problems.length > 0) Deno.exitCode = 1;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exitCode = 1;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
