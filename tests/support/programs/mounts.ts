import type { EndToEnd } from "../scenes/end_to_end.ts";
import { IN_CONTAINER } from "./conditions.ts";
import { startProgram } from "./process.ts";

/** Mounts that only those programs see that are started through them. */
export interface Mounts {
  /** The command line that starts another one among the mounts. */
  wrap(argv: readonly string[]): readonly string[];
  /** Where a path among the mounts is found from outside. */
  outside(path: string): string;
}

/** Makes mounts with a shell script, which has the home as `$1`. They are gone when the work is done. Needs `CAN_MOUNT`. */
export async function withMounts(
  { home, folder, project }: EndToEnd,
  script: string,
  work: (mounts: Mounts) => Promise<void>,
): Promise<void> {
  const unshare = ["unshare", "--mount", "--propagation", "private"];
  // The namespace exists for as long as this process runs.
  const keeper = startProgram([...unshare, "sh", "-ec", `${script}\necho ready\nread _ || true`, "sh", home], {
    cwd: folder,
    env: {},
    stdin: null,
  });
  const reader = keeper.child.stdout.getReader();
  try {
    const { done } = await reader.read();
    if (done) throw new Error(`These mounts can't be made: ${script}`);
    const enter = ["nsenter", `--mount=/proc/${keeper.child.pid}/ns/mnt`];
    await work({
      wrap: (argv) => [...enter, "sh", "-c", 'cd "$0" && exec "$@"', project, ...argv],
      outside: (path) => `/proc/${keeper.child.pid}/root${path}`,
    });
  } finally {
    await keeper.stdin?.close().catch(() => {});
    await reader.cancel();
    await keeper.child.stderr.cancel();
    await keeper.child.status;
  }
}

/** Has the home on a volume where this machine is a container: people are asked there only then. Needs `CAN_ASK`. */
export async function withAskedHome(here: EndToEnd, work: (mounts: Mounts) => Promise<void>): Promise<void> {
  if (IN_CONTAINER) return await withMounts(here, 'mount -t tmpfs tmpfs "$1"', work);
  await work({ wrap: (argv) => argv, outside: (path) => path });
}

/** Writes a file until the disk has no room left. */
export async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  try {
    for (;;) await file.write(new Uint8Array(4096));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  }
}
