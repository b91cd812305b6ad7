import type { Host } from "../host/host.ts";

/**
 * What a stream with `--idle` says on standard output: one word a line. The host that started it holds the other end,
 * and nobody else this one, so the end of it says that the stream is gone.
 *
 * Why a host needs this: docs/contributing/decisions/33-the-childs-life.md
 */
export const SIGNS = {
  reading: "it has started well, and reads its input",
  ending: "it stops reading a second from now; what comes later must go to another stream",
  kept: "the input has ended, and what can be kept of it is on disk",
} as const;

/** One thing that a stream says of itself. */
export type Sign = keyof typeof SIGNS;

/** Says it, once the words before it are said. A host that went away is no error. */
export function giveSign(host: Host, sign: Sign): void {
  host.stdout(`${sign}\n`);
}
