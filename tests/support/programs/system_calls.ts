import { assertEquals } from "@std/assert";
import { type Occasion, type Use, USES } from "../../../scripts/docs/paths.ts";
import type { Call, Trace } from "./strace.ts";

/** The list of every path that the binary may use, and what a record of its system calls says beside it. */

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
