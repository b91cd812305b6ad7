import { assertEquals } from "@std/assert";
import { binaryPath, httpsBinaryPath, nowhereBinaryPath } from "./binary.ts";
import type { EndToEnd, RunOptions } from "../scenes/end_to_end.ts";

/** A record of the binary's system calls, and the list of every path that it may use. */

/** When a path is used: at every start, to learn what is stored, to make a report, or to reach a server over HTTPS. */
export type Occasion = "start" | "stored" | "report" | "https";

/** Paths of one purpose. `~` is the home, `.` the working directory; `*` stands for any name, `**` for all below. */
export interface Use {
  readonly occasion: Occasion;
  /** The most that is done there: to look whether something is there, to list it, to read it, or to change it too. */
  readonly most: "look" | "list" | "read" | "write";
  readonly paths: readonly string[];
  readonly why: string;
}

/** Every path that is used at all. What is not in here is a failure. */
export const USES: readonly Use[] = [
  {
    occasion: "start",
    most: "read",
    paths: ["BINARY", "/proc/self/exe"],
    why: "the program itself, which stands behind the runtime in the same file",
  },
  {
    occasion: "start",
    most: "read",
    paths: ["/etc/ld.so.preload", "/etc/ld.so.cache", "/lib*/**/*.so*", "/usr/lib*/**/*.so*"],
    why: "the system's loader: the C library and its parts",
  },
  { occasion: "start", most: "look", paths: ["/lib*/**", "/usr/lib*/**"], why: "the loader's search for them" },
  {
    occasion: "start",
    most: "read",
    paths: ["/proc/self/maps", "/proc/self/cgroup", "/proc/self/mountinfo", "/proc/meminfo", "/sys/fs/cgroup/**"],
    why: "the runtime: how much memory and how many processors it may use",
  },
  {
    occasion: "start",
    most: "read",
    paths: ["/sys/devices/system/cpu/**", "/sys/devices/system/clocksource/**"],
    why: "the runtime: processors and their clock",
  },
  { occasion: "start", most: "read", paths: ["/dev/urandom"], why: "the runtime: randomness" },
  {
    occasion: "start",
    most: "read",
    paths: ["/etc/localtime", "/usr/share/zoneinfo/**"],
    why: "the runtime: the time zone, which is not reported",
  },
  { occasion: "start", most: "read", paths: ["./.env"], why: "the licence, if no variable holds one" },
  { occasion: "start", most: "look", paths: ["."], why: "the working directory" },
  {
    occasion: "stored",
    most: "write",
    paths: ["~/.config/rasa", "~/.config/rasa/global.yml", "~/.config/rasa/global.yml.*.tmp"],
    why: "the stored choice and the machine id",
  },
  {
    occasion: "stored",
    most: "write",
    paths: ["~/.config/rasa/telemetry", "~/.config/rasa/telemetry/*"],
    why: "what waits, the state of deliveries, locks, the log of what was sent",
  },
  { occasion: "stored", most: "read", paths: ["AUTHORITIES"], why: "the file that SSL_CERT_FILE names" },
  { occasion: "report", most: "read", paths: ["/proc/sys/kernel/osrelease"], why: "context.os.version" },
  {
    occasion: "report",
    most: "list",
    paths: ["/dev", "/dev/dxg", "/proc/driver/nvidia/gpus", "/sys/bus/pci/drivers", "/sys/bus/pci/drivers/nvidia"],
    why: "context.gpu: how many there are, by names in folders",
  },
  {
    occasion: "report",
    most: "list",
    paths: [
      "/dev/disk/by-id",
      "/run/cloud-init",
      "/sys/bus/pci/drivers/ena",
      "/sys/bus/pci/drivers/gve",
      "/sys/bus/pci/drivers/mana",
      "/var/lib/cloud",
      "/var/lib/waagent",
    ],
    why: "context.cloud: what only a provider's machines have",
  },
  { occasion: "report", most: "look", paths: ["/.dockerenv", "/run/.containerenv"], why: "context.docker" },
  {
    occasion: "report",
    most: "read",
    paths: ["./.git/HEAD", "./.git/config", "./.git/config.worktree", "./.git/commondir"],
    why: "context.project: the hash of the remote's address",
  },
  {
    occasion: "report",
    most: "look",
    paths: ["./.git", "./.git/objects/**", "./.git/refs/**", "./.git/remotes/origin", "./.git/branches/origin"],
    why: "context.project: whether git would take this for a repository",
  },
  {
    occasion: "report",
    most: "read",
    paths: [
      "~/.gitconfig",
      "~/.config/git/config",
      "/etc/gitconfig",
      "/usr/local/etc/gitconfig",
      "/opt/homebrew/etc/gitconfig",
      "/opt/local/etc/gitconfig",
      "/home/linuxbrew/.linuxbrew/etc/gitconfig",
      "/Library/Developer/CommandLineTools/usr/share/git-core/gitconfig",
      "/Applications/Xcode.app/Contents/Developer/usr/share/git-core/gitconfig",
    ],
    why: "context.project: whether git's own configuration changes that address",
  },
  {
    occasion: "https",
    most: "read",
    paths: ["/etc/resolv.conf", "/etc/hosts", "/etc/host.conf", "/etc/nsswitch.conf", "/etc/gai.conf"],
    why: "the system's resolver: the endpoint's address",
  },
  {
    occasion: "https",
    most: "read",
    paths: ["/dev/sysgenid"],
    why: "the runtime: whether a virtual machine was copied, for its randomness",
  },
];

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
export async function trace(here: EndToEnd, args: readonly string[], options: RunOptions = {}): Promise<Trace> {
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
