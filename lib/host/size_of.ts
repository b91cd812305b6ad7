import { type Host, isMissing } from "./host.ts";

/** A file's size in bytes; 0 where there is none. Throws `FileFault` where that can't be told. */
export function sizeOf(host: Host, path: string): number {
  try {
    return host.files.stat(path).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
