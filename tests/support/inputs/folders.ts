import { walk } from "@std/fs/walk";
import { relative } from "@std/path";

/** What is in a folder of the real filesystem. */

/** Every file under a folder, by its path in it, sorted. */
export function filesIn(folder: string): Promise<string[]> {
  return pathsIn(folder, false);
}

/** Every file and folder under a folder, by its path in it, sorted. */
export function everythingIn(folder: string): Promise<string[]> {
  return pathsIn(folder, true);
}

async function pathsIn(folder: string, includeDirs: boolean): Promise<string[]> {
  const found = await Array.fromAsync(walk(folder, { includeDirs }), ({ path }: { path: string }) => path);
  // The folder itself comes too.
  return found.map((path) => relative(folder, path).replaceAll("\\", "/")).filter((path) => path !== "").sort();
}

/**
 * Everything under a folder, by its path in it: kind, mode and size; of files also when they changed and, where they are
 * small, their content. The times of folders are left out, because trying whether a folder can be written changes them.
 */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    const info = await Deno.lstat(path);
    if (info.isDirectory) {
      found[name] = `folder ${info.mode?.toString(8)}`;
      for (const [inner, what] of Object.entries(await snapshot(path))) found[`${name}/${inner}`] = what;
    } else if (info.isSymlink) {
      found[name] = `link to ${await Deno.readLink(path)}`;
    } else {
      const readable = info.isFile && info.size < 1024 * 1024 && ((info.mode ?? 0o400) & 0o400) !== 0;
      const content = readable ? new TextDecoder("latin1").decode(await Deno.readFile(path)) : "";
      found[name] = `${info.mode?.toString(8)} ${info.size} ${info.rdev} ${info.mtime?.toISOString()} ${content}`;
    }
  }
  return found;
}
