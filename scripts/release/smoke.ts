// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { VERSION } from "../../lib/build_config.ts";
import { findHostTarget, hostTarget } from "../toolchain/targets.ts";
import { ROOT } from "../toolchain/toolchain.ts";
import { tryWheel } from "./smoke_wheel.ts";

/**
 * Tries a release on this machine: installs it into a temporary folder with its own installer, from a server on the
 * loopback interface. Then asks the installed binary what it is, whether telemetry is on, and what it would send. Has
 * pip choose a wheel, and starts what that holds. Sends nothing.
 *
 * Usage: deno task smoke [FOLDER]      (dist/ unless given)
 */

const ON_WINDOWS = Deno.build.os === "windows";

/** Tries the release in a folder, and returns what is wrong with it, a line each. */
async function tryRelease(release: string): Promise<string[]> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-smoke-" }));
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => serveRelease(release, request),
  );
  try {
    await Deno.mkdir(`${folder}/home`);
    const problems = await install(release, folder, `http://127.0.0.1:${server.addr.port}`);
    return problems.length > 0 ? problems : [...await tryBinary(folder), ...await tryWheel(release, folder)];
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

async function serveRelease(release: string, request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const name = /^\/latest\/download\/([\w.-]+)$/.exec(pathname)?.[1];
  const file = name === undefined ? undefined : await Deno.open(`${release}/${name}`).catch(() => undefined);
  return file === undefined ? new Response("Not Found", { status: 404 }) : new Response(file.readable);
}

async function install(release: string, folder: string, url: string): Promise<string[]> {
  const powershell = ["powershell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"];
  const argv = ON_WINDOWS
    ? [...powershell, `${release}/install.ps1`, "-BaseUrl", url, "-Dir", `${folder}\\bin`, "-ChecksumOnly"]
    // The release is attested when everything about it was tried.
    : ["sh", `${release}/install.sh`, "--base-url", url, "--dir", `${folder}/bin`, "--checksum-only"];
  const { code, out, err } = await run(folder, argv, {});
  return [
    ...unless(code === 0, `the installer ended with code ${code}: ${err}`),
    ...unless(out.includes(`Installed rasa-telemetry ${VERSION} as `), `the installer said: ${out}`),
  ];
}

async function tryBinary(folder: string): Promise<string[]> {
  const binary = `${folder}/bin/rasa-telemetry${ON_WINDOWS ? ".exe" : ""}`;
  const start = (args: readonly string[], env: Record<string, string> = {}) => run(folder, [binary, ...args], env);
  const version = await start(["--version"]);
  const status = await start(["status"]);
  const off = JSON.parse((await start(["status", "--json"], { RASA_TELEMETRY_ENABLED: "false" })).out || "{}");
  const debug = await start(["track", "Shell Started"], { RASA_TELEMETRY_DEBUG: "true" });
  const report = JSON.parse(debug.out || "{}");
  const isOn = status.code === 0 && status.out.startsWith("Telemetry is on.");
  const isOff = off.enabled === false && off.decidedBy === "RASA_TELEMETRY_ENABLED";
  const isTracked = debug.code === 0 && report.event === "Shell Started";
  return [
    ...unless(version.out.trim() === `rasa-telemetry ${VERSION}`, `--version said: ${version.out}${version.err}`),
    ...unless(isOn, `status said: ${status.out}${status.err}`),
    ...unless(!status.out.includes("no write key"), "the binary has no write key"),
    ...unless(isOff, `status --json said: ${JSON.stringify(off)}`),
    ...unless(isTracked, `track said: ${debug.out}${debug.err}`),
  ];
}

async function run(
  folder: string,
  [program = "", ...args]: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number; out: string; err: string }> {
  const home = `${folder}/home`;
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { HOME: home, USERPROFILE: home, NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

function unless(condition: boolean, complaint: string): string[] {
  return condition ? [] : [complaint];
}

if (import.meta.main) {
  const problems = await tryRelease(Deno.args[0] ?? `${ROOT}/dist`);
  for (const problem of problems) console.error(`smoke: ${problem}`);
  const file = findHostTarget()?.file ?? hostTarget();
  console.error(`smoke: ${file}: ${problems.length === 0 ? "ok" : "FAILED"}`);
  Deno.exit(problems.length === 0 ? 0 : 1);
}
