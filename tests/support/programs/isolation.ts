import { binaryPath, endpointPort, withFolder } from "./binary.ts";
import { Collector } from "./collector.ts";

/**
 * What the end-to-end tests need to be hostile to the binary: programs that start it in another way, with an end that is
 * noticed even if it never comes, mounts of their own, another user, nodes that are no files, and a record of every system
 * call. What a machine can't do is known before the first test, so that those tests are ignored there.
 */

/** How a process ended, and what it left. */
export interface Ended {
  /** 128 and the signal's number where a signal ended it. */
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
}

/** How to start a program: an environment of its own, nothing inherited but the search path. */
export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The number of the user (and group) to run it as. */
  readonly user?: number | undefined;
  /** Written to standard input, which then ends; undefined: there is nothing on it; null: it stays open. */
  readonly stdin?: string | null | undefined;
}

/** A program that runs. */
export interface Running {
  readonly child: Deno.ChildProcess;
  /** Its standard input where that stays open. */
  readonly stdin: WritableStreamDefaultWriter<Uint8Array> | undefined;
  /** Resolves when it has ended and its streams are closed. Kills it and throws where that takes too long. */
  ended(): Promise<Ended>;
}

/** Longest run, in milliseconds: delivering may take 10 s in all, starting on a busy machine a few more. */
const LONGEST_RUN_MS = 15_000;

/** How programs are found and, on Windows, what none can do without. */
const SYSTEM_ENVIRONMENT = {
  PATH: Deno.env.get("PATH") ?? "",
  ...(Deno.build.os === "windows" ? { SystemRoot: Deno.env.get("SystemRoot") ?? "" } : {}),
};

/** Starts a program. */
export function startProgram(argv: readonly string[], options: ProgramOptions): Running {
  const [program = "", ...args] = argv;
  const user = options.user === undefined ? {} : { uid: options.user, gid: options.user };
  const child = new Deno.Command(program, {
    args,
    cwd: options.cwd,
    clearEnv: true,
    env: { ...SYSTEM_ENVIRONMENT, ...options.env },
    ...user,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = options.stdin === undefined ? undefined : child.stdin.getWriter();
  return {
    child,
    stdin: options.stdin === null ? stdin : undefined,
    ended: () => awaitEnd(child, stdin, options.stdin),
  };
}

/** Runs a program to its end. */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<Ended> {
  return await startProgram(argv, options).ended();
}

async function awaitEnd(
  child: Deno.ChildProcess,
  stdin: WritableStreamDefaultWriter<Uint8Array> | undefined,
  content: string | null | undefined,
): Promise<Ended> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, LONGEST_RUN_MS);
  try {
    const output = child.output();
    if (typeof content === "string") await feed(stdin, content);
    const { code, signal, stdout, stderr } = await output;
    if (late) throw new Error(`The program did not end within ${LONGEST_RUN_MS / 1000} s`);
    return { code, signal, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  } finally {
    clearTimeout(timer);
    await stdin?.abort().catch(() => {});
  }
}

/** Writes and closes. A program that ends without reading breaks the pipe, which is its right. */
async function feed(writer: WritableStreamDefaultWriter<Uint8Array> | undefined, content: string): Promise<void> {
  try {
    await writer?.write(new TextEncoder().encode(content));
    await writer?.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof TypeError)) throw error;
  }
}

/** How to start the binary in a place. */
export interface BinaryOptions {
  /** Beside the home's. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another home than the place's; undefined: no variable names one. */
  readonly home?: string | undefined;
  readonly user?: number | undefined;
  readonly stdin?: string | null | undefined;
  /** Another binary than the usual one. */
  readonly binary?: string;
  /** Makes the command line out of the binary and its arguments: starts it through another program. */
  readonly wrap?: (argv: readonly string[]) => readonly string[];
}

/** What a test has: a collector at the binary's endpoint, a folder with `home` and `project`, and the binary. */
export interface Place {
  readonly collector: Collector;
  readonly folder: string;
  readonly home: string;
  start(args: readonly string[], options?: BinaryOptions): Running;
  run(args: readonly string[], options?: BinaryOptions): Promise<Ended>;
}

/** An end-to-end test in a place of its own, ignored where the machine lacks what it needs. */
export function place(name: string, needs: boolean, work: (here: Place) => Promise<void>): void {
  Deno.test({
    name,
    ignore: !needs,
    fn: () =>
      withFolder(async (folder) => {
        const collector = new Collector(endpointPort());
        const home = `${folder}/home`;
        const start = (args: readonly string[], options: BinaryOptions = {}) => {
          const set = "home" in options ? options.home : home;
          const env = { ...(set === undefined ? {} : { HOME: set, USERPROFILE: set }), ...options.env };
          const wrap = options.wrap ?? ((argv: readonly string[]) => argv);
          const program = options.binary ?? (options.user === undefined ? binaryPath() : `${folder}/rasa-telemetry`);
          return startProgram(wrap([program, ...args]), { ...options, cwd: `${folder}/project`, env });
        };
        try {
          await work({ collector, folder, home, start, run: (args, options) => start(args, options).ended() });
        } finally {
          await collector.close();
        }
      }),
  });
}

/** The number of a user who owns nothing. Source: the kernel's overflow user, which distributions call nobody. */
const NOBODY = 65_534;

/**
 * The user to run the binary as where root could do what nobody else can: nobody, who is given the binary and, until the test
 * changes that, the home. Undefined where the tests don't run as root: then it is their own user.
 */
export async function asNobody({ folder, home }: Place): Promise<number | undefined> {
  if (!IS_ROOT) return undefined;
  await Deno.chmod(folder, 0o755);
  await Deno.chown(home, NOBODY, NOBODY);
  try {
    await Deno.link(binaryPath(), `${folder}/rasa-telemetry`);
  } catch {
    // Another filesystem.
    await Deno.copyFile(binaryPath(), `${folder}/rasa-telemetry`);
  }
  return NOBODY;
}

/** Mounts that only those see who are started through them. */
export interface Mounts {
  /** The command line, started among the mounts. */
  wrap(argv: readonly string[]): readonly string[];
  /** Where a path among the mounts is found from outside. */
  outside(path: string): string;
}

/** Makes mounts with a shell script, which has the home as `$1`; they are gone when the work is done. Needs `CAN_MOUNT`. */
export async function withMounts(
  { home, folder }: Place,
  script: string,
  work: (mounts: Mounts) => Promise<void>,
): Promise<void> {
  const keeper = startProgram(
    [
      "unshare",
      "--mount",
      "--propagation",
      "private",
      "sh",
      "-ec",
      `${script}\necho ready\nread _ || true`,
      "sh",
      home,
    ],
    { cwd: folder, env: {}, stdin: null },
  );
  const reader = keeper.child.stdout.getReader();
  try {
    const { done } = await reader.read();
    if (done) throw new Error(`These mounts can't be made: ${script}`);
    const namespace = `/proc/${keeper.child.pid}/ns/mnt`;
    await work({
      wrap: (
        argv,
      ) => ["nsenter", `--mount=${namespace}`, "sh", "-c", 'cd "$0" && exec "$@"', `${folder}/project`, ...argv],
      outside: (path) => `/proc/${keeper.child.pid}/root${path}`,
    });
  } finally {
    await keeper.stdin?.close().catch(() => {});
    await reader.cancel();
    await keeper.child.stderr.cancel();
    await keeper.child.status;
  }
}

/** What can stand at a path instead of a file. */
export type NodeKind = "folder" | "link" | "dangling link" | "pipe" | "socket" | "null device" | "endless device";

/** Those that can be made here. */
export function nodeKinds(): NodeKind[] {
  const kinds: NodeKind[] = ["folder", "link", "dangling link", "pipe", "socket"];
  return CAN_MAKE_DEVICES ? [...kinds, "null device", "endless device"] : kinds;
}

/** Puts such a node at a path; a link leads to `target`, a dangling one beside it. */
export async function plantNode(kind: NodeKind, path: string, target: string): Promise<void> {
  switch (kind) {
    case "folder":
      return await Deno.mkdir(path);
    case "link":
      return await Deno.symlink(target, path);
    case "dangling link":
      return await Deno.symlink(`${target}-that-is-not-there`, path);
    case "pipe":
      return await runTool(["mkfifo", path]);
    case "null device":
      return await runTool(["mknod", path, "c", "1", "3"]);
    case "endless device":
      return await runTool(["mknod", path, "c", "1", "5"]);
    case "socket": {
      // Made under a short name: a socket's path has at most 108 bytes.
      const short = await Deno.makeTempFile({ prefix: "socket-" });
      await Deno.remove(short);
      using _listener = Deno.listen({ transport: "unix", path: short });
      return await Deno.rename(short, path);
    }
  }
}

/**
 * Everything under a folder, by its path: kind, mode and size, and of files when they changed and, if they are small, their
 * content. Folders' times are left out: to try whether one can be written changes them.
 */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    const info = await Deno.lstat(path);
    if (info.isDirectory) {
      found[name] = `folder ${info.mode?.toString(8)}`;
      for (const [inner, what] of Object.entries(await snapshot(path))) found[`${name}/${inner}`] = what;
    } else if (info.isSymlink) {
      found[name] = `link to ${await Deno.readLink(path)}`;
    } else {
      const readable = info.isFile && info.size < 1024 * 1024 && ((info.mode ?? 0o400) & 0o400) !== 0;
      const content = readable ? new TextDecoder("latin1").decode(await Deno.readFile(path)) : "";
      found[name] = `${info.mode?.toString(8)} ${info.size} ${info.rdev} ${info.mtime?.toISOString()} ${content}`;
    }
  }
  return found;
}

/** Polls, bounded, until something has happened. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It did not happen within 10 s: ${what}`);
}

async function runTool(argv: readonly string[]): Promise<void> {
  const { code, err } = await runProgram(argv, { cwd: "/", env: {} });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${err}`);
}

async function works(argv: readonly string[]): Promise<boolean> {
  try {
    return (await runProgram(argv, { cwd: "/", env: {} })).code === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) return false;
    throw error;
  }
}

/** Whether this is Linux, where the tests know what the kernel does. */
export const ON_LINUX = Deno.build.os === "linux";

/** Whether there are signals, modes, links and a shell. */
export const ON_POSIX = Deno.build.os !== "windows";

const IS_ROOT = ON_POSIX && Deno.uid() === 0;

/** Whether mounts of one's own can be made. */
export const CAN_MOUNT = ON_LINUX && IS_ROOT &&
  await works(["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/tmp"]);

/** Whether devices can be made. */
const CAN_MAKE_DEVICES = IS_ROOT &&
  await works(["sh", "-c", 'd=$(mktemp -d) && mknod "$d/a" c 1 3; e=$?; rm -r "$d"; exit $e']);

/** Whether a process can be put into a network in which nothing can be reached. */
export const CAN_UNPLUG = ON_LINUX && IS_ROOT && await works(["unshare", "--net", "true"]);

/** Whether a process' limits can be set. */
export const CAN_LIMIT = ON_LINUX && await works(["prlimit", "--nofile=100", "true"]);

/** Whether the system calls of a process can be recorded: strace is there, and tracing is allowed. */
export const CAN_TRACE = ON_LINUX && await works(["strace", "-o", "/dev/null", "true"]);
