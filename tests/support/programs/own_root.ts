import { CAN_MOUNT, type Condition, ON_LINUX } from "./conditions.ts";
import { type Ended, runProgram, succeeds } from "./process.ts";

/**
 * Roots as containers have them, made with mounts and without an engine: a folder is `/`, and this machine's programs
 * and files are mounted into it. Only `/etc`, `/own` and `/volume` are the folder's own.
 */

/** Whose mounts they are: root's, or those of an ordinary user in a user namespace. */
export interface Mounter {
  readonly who: string;
  /** What must be so. */
  readonly needs: Condition;
  /** The command line that starts another one with mounts of its own. */
  readonly argv: readonly string[];
  /** The one that starts another one in the root as somebody else; empty where it is the same user. */
  readonly as?: readonly string[];
}

const UNSHARE = ["unshare", "--mount", "--propagation", "private"];

/** Root, whose mounts can be of every kind. */
export const ROOT_USER: Mounter = { who: "root", needs: CAN_MOUNT, argv: UNSHARE };

/** A user who may mount folders and tmpfs. */
export const ORDINARY_USER: Mounter = {
  who: "a user",
  needs: {
    met: ON_LINUX.met &&
      await succeeds("unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/tmp"),
    reason: "no user namespaces, or mounts are forbidden in them",
  },
  argv: [...UNSHARE, "--user", "--map-root-user"],
};

/** The number of a user who owns nothing. Source: the kernel's overflow user. */
const NOBODY = "65534";

/** A user of a container that root started. */
export const OTHER_USER: Mounter = {
  who: "root for a user",
  needs: CAN_MOUNT,
  argv: UNSHARE,
  as: ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
};

/** How a program is started in a root of its own. */
export interface Entry {
  /** The folder that is `/`. */
  readonly root: string;
  /** A shell script that mounts more, with the root as `$root` and the folder that the root is in as `$folder`. */
  readonly mounts?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Lays out a folder that can be a root. `etc` are files under `/etc`, by name. */
export async function makeOwnRoot(root: string, etc: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const name of ["etc", "own", "volume"]) await Deno.mkdir(`${root}/${name}`, { recursive: true });
  // Everybody's, as for a user of the container.
  await Deno.chmod(root, 0o755);
  await Deno.chmod(`${root}/own`, 0o1777);
  for (const [name, content] of Object.entries(etc)) await Deno.writeTextFile(`${root}/etc/${name}`, content);
}

/** Runs a program in the root, to its end. Its mounts are gone then. */
export async function runInRoot(
  mounter: Mounter,
  { root, mounts = "", env = {} }: Entry,
  argv: readonly string[],
): Promise<Ended> {
  const script = `
root=$1
folder=\${root%/*}
shift
${mounts}
for path in /*; do
  case $path in /etc|/own|/volume|/lost+found) continue ;; esac
  if [ -L "$path" ]; then
    [ -L "$root$path" ] || cp -P "$path" "$root$path"
  elif [ -d "$path" ]; then
    mkdir -p "$root$path"
    mount --rbind "$path" "$root$path"
  fi
done
exec chroot "$root" "$@"`;
  const inside = [...mounter.as ?? [], ...argv];
  return await runProgram([...mounter.argv, "sh", "-ec", script, "sh", root, ...inside], { cwd: "/", env });
}
