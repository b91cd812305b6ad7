import { CAN_MAKE_DEVICES } from "../programs/conditions.ts";
import { runProgram } from "../programs/process.ts";

/** What can stand at a path instead of a file. */
export type NodeKind = "folder" | "link" | "dangling link" | "pipe" | "socket" | "null device" | "endless device";

/** Those that can be made here. */
export function nodeKinds(): NodeKind[] {
  const kinds: NodeKind[] = ["folder", "link", "dangling link", "pipe", "socket"];
  return CAN_MAKE_DEVICES.met ? [...kinds, "null device", "endless device"] : kinds;
}

/** Puts such a node at a path. A link leads to `target`, a dangling link beside it. */
export async function plantNode(kind: NodeKind, path: string, target: string): Promise<void> {
  switch (kind) {
    case "folder":
      return await Deno.mkdir(path);
    case "link":
      return await Deno.symlink(target, path);
    case "dangling link":
      return await Deno.symlink(`${target}-that-is-not-there`, path);
    case "pipe":
      return await runTool(["mkfifo", path]);
    case "null device":
      return await runTool(["mknod", path, "c", "1", "3"]);
    case "endless device":
      return await runTool(["mknod", path, "c", "1", "5"]);
    case "socket": {
      // Made under a short name: a socket's path has at most 108 bytes.
      const short = await Deno.makeTempFile({ prefix: "socket-" });
      await Deno.remove(short);
      using _listener = Deno.listen({ transport: "unix", path: short });
      return await Deno.rename(short, path);
    }
  }
}

async function runTool(argv: readonly string[]): Promise<void> {
  const { code, err } = await runProgram(argv, { cwd: "/", env: {} });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${err}`);
}
