import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { basename } from "@std/path";

import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { everythingIn } from "../inputs/folders.ts";
import { endToEnd } from "../scenes/end_to_end.ts";
import type { Identity } from "./authority.ts";
import { ON_POSIX } from "./conditions.ts";
import { type Ended, succeeds } from "./process.ts";
import { ReleaseServer } from "./release_server.ts";
import { TARGETS } from "../../../scripts/toolchain/targets.ts";

/** The installer for Linux and macOS, run by every shell that people have as sh, against a server on this machine. */

/** The installer itself. */
export const INSTALLER = `${ROOT}/scripts/release/install.sh`;

/** Whether `wget` is GNU Wget: other programs of that name, and its successor, take other options. */
export const HAS_GNU_WGET: boolean = ON_POSIX.met && await succeeds("sh", "-c", 'wget --version | grep -q "GNU Wget "');

/** What is served as the binary: a program that any POSIX system starts. */
export const PROGRAM: Uint8Array<ArrayBuffer> = new TextEncoder().encode(
  "#!/bin/sh\n# A program of some length.\necho rasa-telemetry 0.1.0\n",
);

/** The name of the binary for this machine. */
export const FILE: string = TARGETS.find(({ triple }) => triple === Deno.build.target)?.file ?? "";

/** Shells to run the installer with; the system's `sh` only where it isn't one of the other two. */
const SHELLS: readonly (readonly string[])[] = [["sh"], ["dash"], ["busybox", "sh"]]
  .filter(([name = ""]) => name !== "sh" || !["dash", "busybox"].includes(realName(name)));

/** What a test has: a home, and a server with releases. */
export interface Machine {
  readonly server: ReleaseServer;
  readonly home: string;
  /** A folder that is searched for programs before all others. */
  readonly fakes: string;
  /** How the shell is started. */
  readonly shell: readonly string[];
  /** Runs the installer with the server as its mirror. */
  install(args?: readonly string[], env?: Record<string, string>): Promise<Ended>;
  /** Starts a command line in the same environment. */
  start(argv: readonly string[], env?: Record<string, string>, stdin?: "null" | "piped"): Deno.ChildProcess;
}

/** Declares a test of the installer for each shell. It is ignored where the shell, or a program that it needs, is missing. */
export function scene(
  name: string,
  work: (machine: Machine) => Promise<void>,
  { needs = [], identity }: {
    readonly needs?: readonly string[];
    /** What the server is known by. Without one it has no encryption. */
    readonly identity?: Identity;
  } = {},
): void {
  for (const shell of SHELLS) {
    const programs = [...shell.slice(0, 1), ...needs].map((program) => ({
      met: findProgram(program) !== undefined,
      reason: `no ${program}`,
    }));
    endToEnd(
      `install.sh, run by ${shell.join(" ")}, ${name}`,
      { needs: ON_POSIX.met ? programs : ON_POSIX, endpoint: "nobody" },
      ({ folder, home }) => withReleases({ folder, home, shell, identity }, work),
    );
  }
}

async function withReleases(
  { folder, home, shell, identity }: {
    readonly folder: string;
    readonly home: string;
    readonly shell: readonly string[];
    readonly identity: Identity | undefined;
  },
  work: (machine: Machine) => Promise<void>,
): Promise<void> {
  const server = new ReleaseServer(PROGRAM, await sha256(PROGRAM), ["0.1.0"], identity);
  const fakes = `${folder}/fakes`;
  const start: Machine["start"] = ([program = "", ...args], env = {}, stdin = "null") =>
    new Deno.Command(program, {
      args,
      clearEnv: true,
      env: {
        PATH: `${fakes}:${Deno.env.get("PATH")}`,
        HOME: home,
        RASA_TELEMETRY_INSTALL_URL: server.url,
        LC_ALL: "C",
        ...env,
      },
      stdin,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  const install: Machine["install"] = (args = [], env = {}) => finish(start([...shell, INSTALLER, ...args], env));
  try {
    await Deno.mkdir(fakes);
    const machine = { server, home, fakes, shell, install, start };
    // The machine's own gh may be of any age and know its user.
    await fake(machine, "gh", "exit 1");
    await work(machine);
  } finally {
    await server.close();
  }
}

/** Waits for a program's end. */
export async function finish(child: Deno.ChildProcess): Promise<Ended> {
  const { code, signal, stdout, stderr } = await child.output();
  return { code, signal, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

/** Asserts that the installer refuses with such a message, leaves nothing, and doesn't touch what was installed. */
export async function refuses(
  { home, install }: Machine,
  message: RegExp,
  { args = [], env = {}, code = 1 }: { args?: readonly string[]; env?: Record<string, string>; code?: number } = {},
): Promise<void> {
  await Deno.mkdir(`${home}/.local/bin`, { recursive: true });
  await Deno.writeTextFile(`${home}/.local/bin/rasa-telemetry`, "an older one");
  const run = await install(args, env);
  assertMatch(run.err, message);
  assertStringIncludes(run.err, "Cannot install rasa-telemetry: ");
  assertEquals([run.code, run.out.replace(/^Downloading \S+\n/, "")], [code, ""]);
  assertEquals(await everythingIn(home), [".local", ".local/bin", ".local/bin/rasa-telemetry"]);
  assertEquals(await Deno.readTextFile(`${home}/.local/bin/rasa-telemetry`), "an older one");
}

/** Waits until the server was asked for `count` files. Throws where that takes more than about 10 s. */
export async function requested({ server }: { readonly server: ReleaseServer }, count: number): Promise<void> {
  for (let attempt = 0; attempt < 1000 && server.requests.length < count; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(server.requests.length, count);
}

/** Puts a program on the path before the system's own. */
export async function fake({ fakes }: Machine, name: string, script: string): Promise<void> {
  await Deno.writeTextFile(`${fakes}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** What it uses besides a program that downloads and one that hashes. */
export const BASICS = ["uname", "mktemp", "mkdir", "mv", "rm", "chmod", "dirname", "cat", "tr"];

/** Leaves nothing on the path but these programs, the shell and the basic ones. */
export async function onlyHas(
  { fakes, shell }: Machine,
  programs: readonly string[],
): Promise<Record<string, string>> {
  await Deno.remove(`${fakes}/gh`);
  for (const name of [...shell.slice(0, 1), ...BASICS, ...programs]) {
    const path = findProgram(name);
    if (path !== undefined) await Deno.symlink(path, `${fakes}/${name}`);
  }
  return { PATH: fakes };
}

/** Makes the installer take the machine for another one. */
export async function fakeUname(machine: Machine, system: string, processor: string): Promise<void> {
  await fake(machine, "uname", `case $1 in -s) echo ${system} ;; -m) echo ${processor} ;; esac`);
}

/** Where a program is, or undefined where there is none of that name, or no system that install.sh is for. */
export function findProgram(name: string): string | undefined {
  if (Deno.build.os === "windows") return undefined;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.map((folder) => `${folder}/${name}`).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
      throw error;
    }
  });
}

/** What a program on the path is called behind its links. */
function realName(name: string): string {
  const path = findProgram(name);
  return path === undefined ? "" : basename(Deno.realPathSync(path));
}

/** The SHA-256 of some bytes, in hex. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
