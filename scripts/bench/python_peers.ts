import { exists } from "@std/fs/exists";
import { ROOT } from "../toolchain/toolchain.ts";
import { ask, findVenv, makeVenv } from "../support/venv.ts";

/** The clients for Python that others use instead, with the names that their makers give them. */
export const PYTHON_PEERS = {
  segment: "Segment's segment-analytics-python",
  posthog: "PostHog's posthog",
} as const;

/** One of them. */
export type PythonPeer = keyof typeof PYTHON_PEERS;

/** Installs them in a venv under `.build/`, and returns its interpreter; or why that can't be done here. */
export async function installPythonPeers(python: string): Promise<{ readonly python: string } | string> {
  const folder = `${ROOT}/.build/bench-python`;
  const list = `${ROOT}/scripts/bench/peers.txt`;
  const wanted = await Deno.readTextFile(list);
  if (await Deno.readTextFile(`${folder}/done`).catch(() => "") === wanted) return await findVenv(folder);
  try {
    if (await exists(folder)) await Deno.remove(folder, { recursive: true });
    const venv = await makeVenv(python, folder);
    await ask(venv.python, ["-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--requirement", list]);
    await Deno.writeTextFile(`${folder}/done`, wanted);
    return venv;
  } catch {
    return "pip could not install the clients for Python";
  }
}
