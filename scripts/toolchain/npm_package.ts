import { exists } from "@std/fs/exists";
import { askDeno, ROOT, runDeno } from "./toolchain.ts";

/**
 * The folder of a package in Deno's cache, into which Deno's own npm client downloads it where it isn't there yet: the
 * client checks the content against a lock of scripts/toolchain, and knows the user's registry and proxy.
 */
export async function packageFolder(name: string, version: string, lock: string): Promise<string> {
  const options = ["--no-config", `--lock=${ROOT}/scripts/toolchain/${lock}`, "--frozen"];
  await runDeno(["cache", "--quiet", ...options, `npm:${name}@${version}`], { quiet: true });
  const { npmCache } = await askDeno(["info", "--json", "--no-config"]) as { npmCache: string };
  for await (const registry of Deno.readDir(npmCache)) {
    const folder = `${npmCache}/${registry.name}/${name}/${version}`;
    if (await exists(folder)) return folder;
  }
  throw new Error(`Cannot find ${name}@${version} in Deno's cache`);
}
