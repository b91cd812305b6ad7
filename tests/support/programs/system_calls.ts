import { assertEquals } from "@std/assert";
import type { Call, Trace } from "./strace.ts";

/** The list of every path that the binary may use, and what a record of its system calls says beside it. */

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
    paths: ["./.git", "./.git/objects/**", "./.git/refs/**"],
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

/** What stands for a path that strace could not read. No list explains it. */
const UNREAD_PATH = "a path that could not be read";

/** The paths that a call names. */
function pathsOf({ name, args, result }: Call, folder: string): string[] {
  if (/^(socket|connect|bind|accept|send|recv|getpeername|[gs]etsock|getcwd)/.test(name)) return [];
  const held = /^f(chmod|chown|truncate)$/.test(name) ? /^\d+<([^>]*)>/ : /^\d+<([^>]*)>, NULL,/;
  const open = held.exec(args)?.[1];
  // What the kernel could not read had no effect.
  if (result.startsWith("-1 EFAULT")) return [];
  if (open !== undefined) return [open];
  // An address in memory where a path should be.
  if (/^(?:(?:AT_FDCWD|\d+)(?:<[^>]*>)?, )?0x/.test(args)) return [UNREAD_PATH];
  const named = [...args.matchAll(/(?:^|, )(?:(AT_FDCWD|\d+)(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)"/g)];
  // The text that a link leads to, and the arguments of a program, are no paths that are used.
  const used = /^(rename|link)/.test(name) ? named : named.slice(0, 1);
  return used.flatMap(([, , base, path = ""]) => {
    // An empty path is what an open file itself is asked.
    if (path === "") return [];
    if (path.startsWith("/")) return [path];
    return [`${base ?? `${folder}/project`}/${path}`];
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
function nameOf(path: string, { folder, binary }: Trace): string {
  if (path === binary) return "BINARY";
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

/** What stands for an address that strace had not written yet. */
const UNREAD_ADDRESS = "an address that could not be read";

/** Every address that something was sent to or a connection made with. */
export function addressesOf({ calls }: Trace): string[] {
  const found = calls.filter(({ name }) => /^(connect|send)/.test(name)).flatMap(({ name, args, result }) => {
    // strace writes what sendmmsg sends only once it has been sent.
    if (name === "sendmmsg" && result === "?" && !args.includes("msg_hdr")) return [UNREAD_ADDRESS];
    if (name === "connect" && !args.includes("sa_family=")) return [UNREAD_ADDRESS];
    return [...args.matchAll(/sa_family=(\w+)[^}]*/g)].map(([address, family = ""]) => {
      const [, port, host] = /sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]+)"/.exec(address) ??
        /sin6_port=htons\((\d+)\),.*inet_pton\(AF_INET6, "([^"]+)"/.exec(address) ?? [];
      return host === undefined ? /sun_path="([^"]+)"/.exec(address)?.[1] ?? family : `${host}:${port}`;
    });
  });
  return [...new Set(found)].sort();
}
