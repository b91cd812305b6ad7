import { exists } from "@std/fs/exists";
import { CONTAINER_MARKERS } from "../../lib/host/container.ts";
import { findProgram } from "./processes.ts";

/** Where programs run: the end of one waits for its reports where it may be the end of its container. */
export interface Surroundings {
  /** What everything is started through, from making a home to running the programs. */
  readonly through: readonly string[];
  /** What each program is started through. */
  readonly wrap: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A root with all that is in this one but for the files by which a container is known; then the rest of the line. */
const WITHOUT_MARKERS = `set -e
mount -t tmpfs none "$1"
for path in /*; do
  if [ -L "$path" ]; then cp -P "$path" "$1$path"
  elif [ -d "$path" ]; then mkdir "$1$path"; mount --rbind "$path" "$1$path"
  fi
done
folder=$PWD root=$1
shift
exec chroot "$root" sh -c 'cd "$0" && exec "$@"' "$folder" "$@"
`;
const FIRST = ["--pid", "--fork", "--mount-proc"];

/** This machine as none that is a container; undefined where it is one that can't be hidden: only root on Linux can. */
export async function outsideContainers(folder: string): Promise<Surroundings | undefined> {
  const marked = await Promise.all(CONTAINER_MARKERS.map((path) => exists(path)));
  if (!marked.includes(true)) return { through: [], wrap: [], env: {} };
  const root = `${folder}/root`;
  await Deno.mkdir(root, { recursive: true });
  const unshare = await findProgram("unshare") ?? "unshare";
  const through = [unshare, "--mount", "--propagation", "private", "sh", "-c", WITHOUT_MARKERS, "sh", root];
  const looks = CONTAINER_MARKERS.map((path) => `[ ! -e ${path} ]`).join(" && ");
  const hides = await succeeds([...through, "sh", "-c", looks]);
  return hides ? { through, wrap: [], env: {} } : undefined;
}

/** A container, as far as a program can tell that is its process 1; undefined where that can't be had. */
export async function insideContainer(): Promise<Surroundings | undefined> {
  const wrap = [await findProgram("unshare") ?? "unshare", ...FIRST];
  return await succeeds([...wrap, "true"]) ? { through: [], wrap, env: { container: "docker" } } : undefined;
}

async function succeeds([program = "", ...args]: readonly string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
