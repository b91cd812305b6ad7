import type { System } from "./host.ts";

/** The real operating system. */
export const denoSystem: System = {
  name: { linux: "Linux", darwin: "Darwin", windows: "Windows" }[Deno.build.os as string] ?? Deno.build.os,
  isWindows: Deno.build.os === "windows",
  release: () => orUndefined(() => Deno.osRelease()),
  cpus: () => navigator.hardwareConcurrency || undefined,
  uid: () => orUndefined(() => Deno.uid()) ?? undefined,
};

/** What `ask` returns, or undefined where it throws: some systems, and some sandboxes, don't answer. */
export function orUndefined<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}
