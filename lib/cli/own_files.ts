import { basename, dirname, isAbsolute, normalize } from "@std/path";
import type { Home } from "../home.ts";
import type { FileStat, Host } from "../host/host.ts";
import { orElse } from "../host/or_else.ts";

/**
 * Whether a path is one of the home's own: `global.yml`, the telemetry folder, or anything in that. Links and other
 * spellings lead there too, so files and folders are compared as the file system knows them. A link at the path itself
 * is only a link: nobody writes through it.
 */
export function isOwn(host: Host, home: Home, path: string): boolean {
  const full = isAbsolute(path) ? path : `${host.cwd() ?? ""}/${path}`;
  const own = [home.configFile, home.telemetryDirectory];
  // What isn't there yet has no other name.
  if (foldersOf(normalize(full)).some((folder) => own.includes(folder))) return true;
  const [, ...above] = foldersOf(full);
  return isNamedInHome(host, home, full) || isSame(host, look(host, full, false), own) ||
    above.some((folder) => isSame(host, look(host, folder), own));
}

/** Whether it has a name that this program uses, and is in the home, there or not. Some file systems ignore case. */
function isNamedInHome(host: Host, home: Home, path: string): boolean {
  const names = [home.configFile, home.telemetryDirectory].map((own) => basename(own));
  return names.includes(basename(path).toLowerCase()) && isSame(host, look(host, dirname(path)), [home.directory]);
}

/** The path itself, and each folder above it. A `..` stays: behind a link it leads elsewhere than its name says. */
function foldersOf(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...foldersOf(above)];
}

/** Whether one of the paths leads to what was seen. */
function isSame(host: Host, seen: FileStat | undefined, paths: readonly string[]): boolean {
  if (seen?.inode === undefined) return false;
  return paths.map((path) => look(host, path)).some((other) =>
    other !== undefined && other.inode === seen.inode && other.device === seen.device
  );
}

function look(host: Host, path: string, follow = true): FileStat | undefined {
  return orElse(() => host.files.stat(path, follow), undefined);
}
