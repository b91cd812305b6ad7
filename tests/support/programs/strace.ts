import { assertEquals } from "@std/assert";
import type { EndToEnd, RunOptions } from "../scenes/end_to_end.ts";
import { binaryPath } from "./binary.ts";

/** A record of a program's system calls, made by strace. */

/** A system call, as strace writes it. */
export interface Call {
  readonly name: string;
  /** The arguments, as far as strace had written them when the thread ended. */
  readonly args: string;
  /** What came of it; `?` where the thread ended before the call did, so that nobody knows. */
  readonly result: string;
}

/** What a command did. */
export interface Trace {
  readonly calls: readonly Call[];
  readonly out: string;
  /** The test's folder. */
  readonly folder: string;
  /** The program that was run. */
  readonly binary: string;
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

/** Runs a command with a temporary folder of its own and records its system calls. Throws where it doesn't end with code 0. */
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
    calls.push(...parseThread(await Deno.readTextFile(`${records}/${name}`)));
  }
  await Deno.remove(records, { recursive: true });
  return { calls, out, folder, binary: options.binary ?? binaryPath() };
}

/** Texts in quotes and the paths of open files are read as a whole: what is in them ends no call. */
const ARGS = String.raw`(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^"<])*?`;

/**
 * A call. strace writes what it knows when the call begins and the rest when it ends. Where the thread ends in between, it
 * writes `?` for the result, or ` <detached ...>` or ` <unfinished ...>` and no result. The call may have been made, so it
 * counts as one.
 */
const CALL = new RegExp(
  String.raw`^(\w+)\((${ARGS})(?: ?<unfinished \.\.\.>)?(?:\)\s+= (.*)| ?<(?:unfinished|detached) \.\.\.>)$`,
);

/**
 * A call that the kernel never began. One thread ends the whole process while another one stands still before a call, so that
 * strace may ask the kernel which call that is. The kernel kills the second thread, strace's question fails, and strace
 * writes `???` (older ones `????`) for the call's name. A thread that is killed there is not let into the call. Sources: strace's
 * `syscall_entering_decode` and `get_scno`; Linux' `ptrace_report_syscall_entry`, "must prevent normal entry so no system
 * call is made".
 */
const NEVER_BEGUN = /^\?{3,4}\((?: ?<unfinished \.\.\.>)?(?:\)\s+= \?| ?<(?:unfinished|detached) \.\.\.>)$/;

/** The calls of one thread, from the file that strace -ff wrote about it. Throws on a line that it doesn't understand. */
export function parseThread(record: string): Call[] {
  const lines = record.split("\n").filter((line) => line !== "");
  return lines.flatMap((line, index) => {
    const [, name, args, result = "?"] = CALL.exec(line) ?? [];
    if (name !== undefined && args !== undefined) return [{ name, args, result }];
    // Only a thread's last call can be one that wasn't begun. Anywhere else this reading of it would be wrong.
    if (index === lines.length - 1 && NEVER_BEGUN.test(line)) return [];
    throw new Error(`strace wrote what isn't understood: ${line}`);
  });
}
