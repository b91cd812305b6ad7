import type { Host } from "./host.ts";
import { orIfMissing } from "./or_else.ts";

/** A file's size in bytes, 0 where there is none. Throws `FileFault` where that can't be told. */
export function sizeOf(host: Host, path: string): number {
  return orIfMissing(() => host.files.stat(path).size, 0);
}
