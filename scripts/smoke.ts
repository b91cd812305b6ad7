// deno-lint-ignore-file no-console -- a script talks to the person who started it
import { VERSION } from "../lib/build_config.ts";
import { ASSETS } from "./assets.ts";
import { hostTarget } from "./runtime.ts";
import { ROOT } from "./toolchain.ts";

/**
 * Tries a release on this machine: installs it with its own installer from a server on the loopback interface, into a
 * temporary folder, and asks the installed binary what it is, whether it is on, and what it would send. Sends nothing.
 *
 * Usage: deno run -A scripts/smoke.ts [FOLDER]      (dist/ unless given)
 */

const release = Deno.args[0] ?? `${ROOT}/dist`;
const windows = Deno.build.os === "windows";
const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-smoke-" }));
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, serveRelease);
const problems: string[] = [];
try {
  await Deno.mkdir(`${folder}/home`);
  await install(`http://127.0.0.1:${server.addr.port}`);
  if (problems.length === 0) await tryBinary(`${folder}/bin/rasa-telemetry${windows ? ".exe" : ""}`);
} finally {
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
}
for (const problem of problems) console.error(`smoke: ${problem}`);
const file = ASSETS.find(({ triple }) => triple === hostTarget())?.file ?? hostTarget();
console.error(`smoke: ${file}: ${problems.length === 0 ? "ok" : "FAILED"}`);
Deno.exit(problems.length === 0 ? 0 : 1);

async function serveRelease(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  const name = /^\/latest\/download\/([\w.-]+)$/.exec(pathname)?.[1];
  const file = name === undefined ? undefined : await Deno.open(`${release}/${name}`).catch(() => undefined);
  return file === undefined ? new Response("Not Found", { status: 404 }) : new Response(file.readable);
}

async function install(url: string): Promise<void> {
  const powershell = ["powershell", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"];
  const argv = windows
    ? [...powershell, `${release}/install.ps1`, "-BaseUrl", url, "-Dir", `${folder}\\bin`]
    : ["sh", `${release}/install.sh`, "--base-url", url, "--dir", `${folder}/bin`];
  const { code, out, err } = await run(argv, {});
  expect(code === 0, `the installer ended with code ${code}: ${err}`);
  expect(out.includes(`Installed rasa-telemetry ${VERSION} as `), `the installer said: ${out}`);
}

async function tryBinary(binary: string): Promise<void> {
  const version = await run([binary, "--version"], {});
  expect(version.out.trim() === `rasa-telemetry ${VERSION}`, `--version said: ${version.out}${version.err}`);

  const status = await run([binary, "status"], {});
  expect(status.code === 0 && status.out.startsWith("Telemetry is on."), `status said: ${status.out}${status.err}`);
  expect(!status.out.includes("no write key"), "the binary has no write key");

  const off = JSON.parse((await run([binary, "status", "--json"], { RASA_TELEMETRY_ENABLED: "false" })).out || "{}");
  expect(
    off.enabled === false && off.decidedBy === "RASA_TELEMETRY_ENABLED",
    `status --json said: ${JSON.stringify(off)}`,
  );

  const debug = await run([binary, "track", "Shell Started"], { RASA_TELEMETRY_DEBUG: "true" });
  const report = JSON.parse(debug.out || "{}");
  expect(debug.code === 0 && report.event === "Shell Started", `track said: ${debug.out}${debug.err}`);
}

async function run(
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

function expect(condition: boolean, complaint: string): void {
  if (!condition) problems.push(complaint);
}
