import { assertEquals, assertMatch } from "@std/assert";
import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { everythingIn } from "../../support/inputs/folders.ts";
import { finish, sha256 } from "../../support/programs/installer.ts";
import type { Ended } from "../../support/programs/process.ts";
import { brokenOff, redirect, ReleaseServer } from "../../support/programs/release_server.ts";

/** The installer for Windows, run by both kinds of PowerShell against a server on this machine. */

const FILE = "rasa-telemetry-windows-x64.exe";
const ON_WINDOWS = Deno.build.os === "windows";
const SYSTEM_ROOT = Deno.env.get("SystemRoot") ?? "";

/** A program that says which version it is, and runs for a minute where it is told to. */
const SOURCE = `class Program {
  static void Main(string[] args) {
    System.Console.WriteLine("rasa-telemetry 0.1.0");
    if (args[0] == "wait") System.Threading.Thread.Sleep(60000);
  }
}`;

const PROGRAM = ON_WINDOWS ? await compile(SOURCE) : new Uint8Array();

/** Elsewhere there is nothing to test: the installer is for Windows alone. */
const SHELLS = ON_WINDOWS ? ["powershell", "pwsh"].map((shell) => ({ shell, here: starts(shell) })) : [];

interface Machine {
  readonly server: ReleaseServer;
  readonly home: string;
  install(args?: readonly string[], env?: Record<string, string>): Promise<Ended>;
}

function scene(name: string, work: (machine: Machine) => Promise<void>): void {
  for (const { shell, here } of SHELLS) {
    Deno.test({ name: `install.ps1, run by ${shell}, ${name}`, ignore: !here, fn: () => withMachine(shell, work) });
  }
}

async function withMachine(shell: string, work: (machine: Machine) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" }));
  const server = new ReleaseServer(PROGRAM, await sha256(PROGRAM), ["0.1.0", "0.0.9"]);
  const home = `${folder}\\home`;
  const install: Machine["install"] = (args = [], env = {}) =>
    finish(
      new Deno.Command(shell, {
        args: ["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", INSTALLER, ...args],
        clearEnv: true,
        env: {
          ...systemVariables(),
          OS: "Windows_NT",
          PROCESSOR_ARCHITECTURE: "AMD64",
          USERPROFILE: home,
          RASA_TELEMETRY_INSTALL_URL: server.url,
          ...env,
        },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
  try {
    await Deno.mkdir(home);
    await work({ server, home, install });
  } finally {
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const INSTALLER = `${ROOT}\\scripts\\release\\install.ps1`;

scene("installs the newest release into .local\\bin of the profile", async ({ server, home, install }) => {
  const { code, out, err } = await install();
  assertEquals([code, err], [0, ""]);
  assertMatch(out, /Installed rasa-telemetry 0\.1\.0 as .*\\\.local\\bin\\rasa-telemetry\.exe/);
  assertMatch(out, /\(the checksum alone was compared, because (gh isn't here|this gh can't|gh isn't logged in)/);
  assertEquals(server.requests, ["latest/download/SHA256SUMS", `latest/download/${FILE}`]);
  assertEquals(await Deno.readFile(`${home}\\.local\\bin\\rasa-telemetry.exe`), PROGRAM);
  assertEquals(await everythingIn(home), INSTALLED);
});

const INSTALLED = [".local", ".local/bin", ".local/bin/rasa-telemetry.exe"];

scene("installs a release where -Dir says", async ({ server, home, install }) => {
  const { code } = await install(["-Version", "v0.1.0", "-Dir", `${home}\\my tools`]);
  assertEquals([code, server.requests[0]], [0, "download/v0.1.0/SHA256SUMS"]);
  assertEquals(await everythingIn(home), ["my tools", "my tools/rasa-telemetry.exe"]);
});

scene("replaces a binary that is running, and tidies up the next time", async ({ home, install }) => {
  await install();
  const target = `${home}\\.local\\bin\\rasa-telemetry.exe`;
  const running = new Deno.Command(target, { args: ["wait"], stdout: "piped" }).spawn();
  try {
    const reader = running.stdout.getReader();
    await reader.read();
    await reader.cancel();
    assertEquals((await install()).code, 0);
    assertEquals(await Deno.readFile(target), PROGRAM);
  } finally {
    running.kill();
    await running.status;
  }
  assertEquals((await install()).code, 0);
  assertEquals(await everythingIn(home), INSTALLED);
});

for (
  const [what, file, answer, message] of [
    [
      "a binary with another checksum",
      FILE,
      () => new Response("another"),
      /its SHA-256 is\r?\n {2}[0-9a-f]{64} instead/,
    ],
    ["half a binary", FILE, () => new Response(PROGRAM.subarray(0, 1000)), /is not what the release has/],
    ["a download that breaks off", FILE, () => brokenOff(PROGRAM), /can't be downloaded|is not what the release has/],
    ["a list without this file", "SHA256SUMS", () => new Response(`${"0".repeat(64)}  x\n`), /has 0 checksums for/],
    ["a checksum that is too short", "SHA256SUMS", () => new Response(`abc  ${FILE}\n`), /has no SHA-256 for.*"abc"/],
    ["a missing binary", FILE, () => new Response("no", { status: 404 }), /can't be downloaded: .*404/],
    [
      "a redirect from this machine",
      FILE,
      () => redirect("/releases/latest/download/x"),
      /isn't an https:\/\/ address/,
    ],
    ["what a console obeys", "SHA256SUMS", () => new Response(`\x1b[2J  ${FILE}\n`), /has no SHA-256 for.*"\?\[2J"/],
  ] as const
) {
  scene(`refuses ${what}, and leaves what was there`, async ({ server, home, install }) => {
    assertEquals((await install()).code, 0);
    server.files.set(file, answer);
    const { code, err } = await install();
    assertMatch(err, message);
    assertEquals([code, await everythingIn(home)], [1, INSTALLED]);
    assertEquals(await Deno.readFile(`${home}\\.local\\bin\\rasa-telemetry.exe`), PROGRAM);
  });
}

scene("refuses another version than the one asked for", async ({ home, install }) => {
  const { code, err } = await install(["-Version", "0.0.9"]);
  assertMatch(err, /is version 0\.1\.0, and 0\.0\.9 was asked for/);
  assertEquals([code, await everythingIn(home)], [1, []]);
});

for (
  const [what, args, env, message] of [
    [
      "Windows on another processor",
      [],
      { PROCESSOR_ARCHITECTURE: "ARM64" },
      /no binary for Windows on ARM64; it runs on/,
    ],
    ["another system", [], { OS: "" }, /this is not Windows; run install\.sh instead/],
    ["a version that is none", ["-Version", "..\\x"], {}, /isn't a version/],
    ["a mirror without encryption", ["-BaseUrl", "http://mirror.example"], {}, /isn't an https:\/\/ address/],
    [
      "a mirror that only looks local",
      ["-BaseUrl", "http://localhost:1@mirror.example"],
      {},
      /isn't an https:\/\/ address/,
    ],
    ["an unknown option", ["-Prefix", "x"], {}, /unknown argument "-Prefix"/],
  ] as const
) {
  scene(`refuses ${what}`, async ({ server, home, install }) => {
    const { code, err } = await install(args, env);
    assertMatch(err, message);
    assertEquals([code, server.requests, await everythingIn(home)], [1, [], []]);
  });
}

/** Compiles a program with the compiler that is part of Windows. */
async function compile(source: string): Promise<Uint8Array<ArrayBuffer>> {
  const folder = await Deno.makeTempDir({ prefix: "rasa-telemetry-test-" });
  try {
    await Deno.writeTextFile(`${folder}\\program.cs`, source);
    const compiler = `${SYSTEM_ROOT}\\Microsoft.NET\\Framework64\\v4.0.30319\\csc.exe`;
    const args = ["/nologo", `/out:${folder}\\program.exe`, `${folder}\\program.cs`];
    const { success } = await new Deno.Command(compiler, { args }).output();
    assertEquals(success, true);
    return await Deno.readFile(`${folder}\\program.exe`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** What PowerShell and .NET need to start at all. */
function systemVariables(): Record<string, string> {
  const names = ["SystemRoot", "SystemDrive", "windir", "PATH", "PATHEXT", "TEMP", "TMP", "ProgramFiles", "APPDATA"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function starts(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-NoProfile", "-Command", "exit 0"] }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
