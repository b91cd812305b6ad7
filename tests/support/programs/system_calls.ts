import { assertEquals } from "@std/assert";
import { type Occasion, type Use, USES } from "../../../scripts/docs/paths.ts";
import { binaryPath, httpsBinaryPath, nowhereBinaryPath } from "./binary.ts";
import type { BinaryOptions, Place } from "./isolation.ts";

export type { Occasion } from "../../../scripts/docs/paths.ts";

/** A record of the binary's system calls, compared with the list of every path that it may use. */

const RANK = ["look", "list", "read", "write"] as const;

/** A system call, as strace writes it. */
export interface Call {
  readonly name: string;
  readonly args: string;
}

/** What a command did. */
export interface Trace {
  readonly calls: readonly Call[];
  readonly out: string;
  readonly folder: string;
}

/** Everything that names a file, uses the network, concerns other processes, or could do one of these out of sight. */
const TRACED = [
  "%file",
  "%network",
  "%process",
  ...[
    "kill",
    "tkill",
    "tgkill",
    "ptrace",
    "process_vm_readv",
    "process_vm_writev",
    "pidfd_open",
    "pidfd_getfd",
    "pidfd_send_signal",
    "open_by_handle_at",
    "io_uring_setup",
    "memfd_create",
    "fchmod",
    "fchown",
    "ftruncate",
    "fsync",
    "fdatasync",
    "setns",
    "unshare",
    "bpf",
    "perf_event_open",
  ].map((name) => `?${name}`),
].join(",");

/** Runs a command with a temporary folder of its own, in which traps stand, and records its system calls. */
export async function trace(here: Place, args: readonly string[], options: BinaryOptions = {}): Promise<Trace> {
  const { folder } = here;
  const records = await Deno.makeTempDir({ dir: folder, prefix: "trace-" });
  // With -ff each thread has a file of its own, in which no call is torn by another.
  const strace = ["strace", "-ff", "-y", "-qq", "-s", "4096", "-e", "signal=none", "-e", `trace=${TRACED}`];
  const outside = options.wrap ?? ((argv: readonly string[]) => argv);
  const { code, out } = await here.run(args, {
    ...options,
    env: { TMPDIR: `${folder}/tmp`, ...options.env },
    wrap: (argv) => outside([...strace, "-o", `${records}/thread`, ...argv]),
  });
  assertEquals([args, code], [args, 0]);
  const calls: Call[] = [];
  for await (const { name } of Deno.readDir(records)) {
    for (const line of (await Deno.readTextFile(`${records}/${name}`)).split("\n").filter((line) => line !== "")) {
      const [, call, args] = /^(\w+)\((.*?)(?:\)\s+= .*| <unfinished \.\.\.>)$/.exec(line) ?? [];
      if (call === undefined || args === undefined) throw new Error(`strace wrote what isn't understood: ${line}`);
      calls.push({ name: call, args });
    }
  }
  await Deno.remove(records, { recursive: true });
  return { calls, out, folder };
}

/** The paths that a call names. */
function pathsOf({ name, args }: Call, folder: string): string[] {
  if (/^(connect|bind|accept|send|recv|getpeername|getsockname|getcwd)/.test(name)) return [];
  const named = [...args.matchAll(/(?:^|, )(?:(AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)"/g)];
  const held = /^f(chmod|chown|truncate)$/.test(name) ? /^\d+<([^>]*)>/.exec(args)?.[1] : undefined;
  if (held !== undefined) return [held];
  // The text that a link leads to, and the arguments of a program, are no paths that are used.
  const used = /^(rename|link)/.test(name) ? named : named.slice(0, 1);
  return used.flatMap(([, at, base, path = ""]) => {
    // An empty path is what an open file itself is asked.
    if (path === "") return [];
    if (path.startsWith("/")) return [path];
    return [`${at === undefined || at === "AT_FDCWD" ? `${folder}/project` : base}/${path}`];
  });
}

/** What a call does to the paths it names. */
export function effectOf({ name, args }: Call): Use["most"] {
  if (/^(open|openat|openat2)$/.test(name)) {
    if (/O_(WRONLY|RDWR|CREAT|TRUNC|APPEND|TMPFILE)/.test(args)) return "write";
    return args.includes("O_DIRECTORY") ? "list" : "read";
  }
  return /^(access|faccessat2?|l?stat(64)?|newfstatat|fstatat64|statx|statfs|readlink|readlinkat)$/.test(name)
    ? "look"
    : "write";
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A path as `USES` names it; the folder of RASA_TELEMETRY_HOME goes by the name of the one it replaces. */
function nameOf(path: string, { folder }: Trace): string {
  const binaries = [binaryPath(), httpsBinaryPath(), nowhereBinaryPath()];
  if (binaries.includes(path)) return "BINARY";
  if (path === `${folder}/authorities.pem`) return "AUTHORITIES";
  return path.replace(`${folder}/home`, "~").replace(`${folder}/project`, ".")
    .replace(`${folder}/elsewhere`, "~/.config/rasa").replace(UUID, "*").replace(/(?<=.)\/$/, "");
}

function matches(pattern: string, path: string): boolean {
  const source = pattern.replace(/[.+?^$(){}|[\]\\]/g, "\\$&").replace(
    /\/\*\*|\*/g,
    (star) => star === "*" ? "[^/]*" : "(/.*)?",
  );
  return new RegExp(`^${source}$`).test(path);
}

/** What a command did with files although no occasion explains it, each as `effect path`; empty where all is explained. */
export function unexplained(trace: Trace, occasions: readonly Occasion[], most: Use["most"]): string[] {
  const uses = USES.filter(({ occasion }) => occasions.includes(occasion));
  const patterns = uses.flatMap(({ paths }) => paths);
  const found = new Set<string>();
  for (const call of trace.calls.filter(({ name }) => !/^(execve|exit_group|clone3?|wait4|prctl)$/.test(name))) {
    const effect = effectOf(call);
    for (const path of pathsOf(call, trace.folder).map((path) => nameOf(path, trace))) {
      const use = uses.find(({ paths }) => paths.some((pattern) => matches(pattern, path)));
      const limit = Math.min(RANK.indexOf(use?.most ?? "look"), RANK.indexOf(most));
      // The runtime looks at each folder above a path for links, and makes those that are missing above what it writes.
      const above = patterns.some((pattern) => pattern.startsWith(`${path === "/" ? "" : path}/`)) ||
        `${trace.folder}/`.startsWith(`${path}/`);
      const made = call.name === "mkdir" && path === "~/.config" && most === "write";
      const explained = use === undefined ? (above && effect === "look") || made : RANK.indexOf(effect) <= limit;
      if (!explained) found.add(`${effect} ${path}`);
    }
  }
  // A record without the program in it would explain everything.
  assertEquals(trace.calls.some((call) => effectOf(call) === "read" && call.args.includes('/rasa-telemetry"')), true);
  return [...found].sort();
}

/** Every address that something was sent to or a connection made with. */
export function addressesOf({ calls }: Trace): string[] {
  const found = calls.filter(({ name }) => /^(connect|send)/.test(name)).flatMap(({ args }) => {
    const family = /sa_family=(\w+)/.exec(args)?.[1];
    if (family === undefined) return [];
    const [, port, host] = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"/.exec(args) ??
      /sin6_port=htons\((\d+)\),.*inet_pton\(AF_INET6, "([^"]+)"/.exec(args) ?? [];
    return [host === undefined ? /sun_path="([^"]+)"/.exec(args)?.[1] ?? family : `${host}:${port}`];
  });
  return [...new Set(found)].sort();
}
