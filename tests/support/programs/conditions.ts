import { CONTAINER_MARKERS } from "../../../lib/host/container.ts";
import { succeeds } from "./process.ts";

/** What tests need of the machine. Each is asked before the first test, so that a test is ignored where it isn't met. */
export interface Condition {
  readonly met: boolean;
  /** What is missing where it isn't met, as the ignored test's name says it. */
  readonly reason: string;
}

/** A condition on a program that must be here. */
export async function hasProgram(program: string, ...args: readonly string[]): Promise<Condition> {
  return { met: await succeeds(program, ...args), reason: `no ${program}` };
}

/** Linux, whose kernel's answers the tests know. */
export const ON_LINUX: Condition = { met: Deno.build.os === "linux", reason: "not Linux" };

/** A system with signals, modes, links and a shell. */
export const ON_POSIX: Condition = { met: Deno.build.os !== "windows", reason: "Windows" };

/** Whether the tests run as root. */
export const IS_ROOT: boolean = ON_POSIX.met && Deno.uid() === 0;

/** Mounts that only the test sees. */
export const CAN_MOUNT: Condition = {
  met: ON_LINUX.met && IS_ROOT &&
    await succeeds("unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/tmp"),
  reason: "mounts need root on Linux",
};

/** Whether this machine is a container to the program. */
export const IN_CONTAINER: boolean = CONTAINER_MARKERS.some((path) => {
  try {
    return Deno.lstatSync(path) !== undefined;
  } catch {
    return false;
  }
});

/** A home about which somebody is asked: in a container only one on a volume. */
export const CAN_ASK: Condition = { met: !IN_CONTAINER || CAN_MOUNT.met, reason: "a container without volumes" };

/** Devices that the test makes. */
export const CAN_MAKE_DEVICES: Condition = {
  met: IS_ROOT && await succeeds("sh", "-c", 'd=$(mktemp -d) && mknod "$d/a" c 1 3; e=$?; rm -r "$d"; exit $e'),
  reason: "devices need root",
};

/** A network in which nothing can be reached. */
export const CAN_UNPLUG: Condition = {
  met: ON_LINUX.met && IS_ROOT && await succeeds("unshare", "--net", "true"),
  reason: "a network of its own needs root on Linux",
};

/** Limits on what a process may use. */
export const CAN_LIMIT: Condition = {
  met: ON_LINUX.met && await succeeds("prlimit", "--nofile=100", "true"),
  reason: "no prlimit",
};

/** A record of a process's system calls. */
export const CAN_TRACE: Condition = {
  met: ON_LINUX.met && await succeeds("strace", "-o", "/dev/null", "true"),
  reason: "no strace, or tracing is forbidden",
};

/** A process that is the first of a namespace, as in a container. */
export const CAN_BE_FIRST: Condition = {
  met: ON_LINUX.met && await succeeds("unshare", "--pid", "--fork", "--mount-proc", "true"),
  reason: "a process namespace needs root on Linux",
};
