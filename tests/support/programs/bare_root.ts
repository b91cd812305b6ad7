import { ROOT } from "../../../scripts/toolchain/toolchain.ts";
import { CAN_MOUNT, type Condition } from "./conditions.ts";
import { type Ended, runProgram } from "./process.ts";

/**
 * A root file system as scripts/container/Dockerfile lays it out: the binary, the libraries that its headers ask for,
 * and nothing else. Entered without a container engine: with mounts and process numbers of its own, read-only, as a user
 * that no file knows.
 */

/** How a run differs from one in a root file system with /proc and nothing else. */
export interface BareOptions {
  /** The binary's whole environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether /proc is there; it is unless told otherwise. */
  readonly proc?: boolean;
  /** A folder of it that can be written, as a volume. */
  readonly volume?: string;
  /** Files under /etc, by name. */
  readonly etc?: Readonly<Record<string, string>>;
  /** The group of processes that it runs in. */
  readonly group?: MemoryGroup;
}

/** The number of a user that no file knows. */
const UNKNOWN_USER = 12_345;

/** Runs the binary in a bare root file system that is made for this run, in a folder. */
export async function runBare(
  binary: string,
  folder: string,
  args: readonly string[],
  { env = {}, proc = true, volume, etc = {}, group }: BareOptions = {},
): Promise<Ended> {
  const root = await makeRoot(binary, folder);
  if (proc) await Deno.mkdir(`${root}/proc`);
  if (volume !== undefined) await Deno.mkdir(`${root}${volume}`);
  for (const [name, content] of Object.entries(etc)) {
    await Deno.mkdir(`${root}/etc`, { recursive: true });
    await Deno.writeTextFile(`${root}/etc/${name}`, content);
  }
  const script = [
    ...(group === undefined ? [] : joinGroup(group)),
    'mount --bind "$0" "$0"',
    proc ? 'mount -t proc proc "$0/proc"' : "",
    volume === undefined ? "" : `mount -t tmpfs -o uid=${UNKNOWN_USER},mode=0700 tmpfs "$0${volume}"`,
    'mount -o remount,bind,ro "$0"',
    // Found before the environment is emptied.
    `chroot=$(command -v chroot)`,
    `exec env -i ${Object.keys(env).map((name) => `"${name}=\${${name}}"`).join(" ")} "$chroot" ` +
    `--userspec=${UNKNOWN_USER}:${UNKNOWN_USER} --groups= "$0" /usr/local/bin/rasa-telemetry "$@"`,
  ].join("\n");
  return await runProgram(
    [
      "unshare",
      "--mount",
      "--propagation",
      "private",
      "--pid",
      "--fork",
      "--kill-child",
      "sh",
      "-ec",
      script,
      root,
      ...args,
    ],
    { cwd: "/", env },
  );
}

/**
 * Enters the group. The kernel counts cached pages of a file for the group that read them first, so that the binary is dropped
 * from the cache before.
 */
function joinGroup({ folder }: MemoryGroup): string[] {
  const binary = '"$0/usr/local/bin/rasa-telemetry"';
  return [`sync ${binary}`, `dd if=${binary} iflag=nocache count=0 status=none`, `echo 0 > ${folder}/cgroup.procs`];
}

/** Lays out a root file system in a folder, as the image's build does. */
export async function makeRoot(binary: string, folder: string): Promise<string> {
  const root = await Deno.makeTempDir({ dir: folder, prefix: "root-" });
  await Deno.chmod(root, 0o755);
  const { code, err } = await runProgram(["sh", `${ROOT}/scripts/container/make_root.sh`, binary, root], {
    cwd: "/",
    env: {},
  });
  if (code !== 0) throw new Error(err);
  return root;
}

/** Processes that share a limit of memory. */
export interface MemoryGroup {
  readonly folder: string;
  /** The most they have had, in bytes, files that the kernel keeps for them included. */
  peak(): Promise<number>;
}

/** The files of the kernel's two kinds of control groups that are needed here. */
const GROUP_KINDS = [
  // The older kind divides a group that has processes; the newer one only divides the outermost.
  {
    top: "/sys/fs/cgroup/memory",
    own: /:memory:(.*)/,
    limit: "memory.limit_in_bytes",
    peak: "memory.max_usage_in_bytes",
  },
  { top: "/sys/fs/cgroup", own: /^0::\/()/m, limit: "memory.max", peak: "memory.peak" },
];

/** Gives the work a group with such a limit, which is gone afterwards. Needs `CAN_LIMIT_MEMORY`. */
export async function withMemory<T>(bytes: number, work: (group: MemoryGroup) => Promise<T>): Promise<T> {
  const own = await Deno.readTextFile("/proc/self/cgroup");
  for (const { top, own: pattern, limit, peak } of GROUP_KINDS) {
    const folder = `${top}${pattern.exec(own)?.[1] ?? ""}/rasa-telemetry-test-${crypto.randomUUID()}`;
    if (!await makeGroup(folder, limit, bytes)) continue;
    try {
      return await work({ folder, peak: async () => Number(await Deno.readTextFile(`${folder}/${peak}`)) });
    } finally {
      await Deno.remove(folder);
    }
  }
  throw new Error("No group of processes with a limit of memory can be made here");
}

async function makeGroup(folder: string, limit: string, bytes: number): Promise<boolean> {
  try {
    await Deno.mkdir(folder);
  } catch {
    return false;
  }
  try {
    await Deno.writeTextFile(`${folder}/${limit}`, String(bytes), { create: false });
    return true;
  } catch {
    // The group exists, but nothing counts its memory.
    await Deno.remove(folder);
    return false;
  }
}

/** A bare root file system that can be entered. */
export const CAN_ENTER: Condition = CAN_MOUNT;

/** A limit of memory for a group of processes. */
export const CAN_LIMIT_MEMORY: Condition = {
  met: CAN_ENTER.met && await withMemory(1 << 27, () => Promise.resolve(true)).catch(() => false),
  reason: "no control group whose memory can be limited",
};
