import { findProgram, type Job } from "./processes.ts";
import type { Place } from "./place.ts";
import { ROOT } from "../toolchain/toolchain.ts";

/** The programs that others use instead, with the names that their makers give them. */
export const PEERS = {
  segment: "Segment's @segment/analytics-node",
  posthog: "PostHog's posthog-node",
} as const;

/** One of them. */
export type Peer = keyof typeof PEERS;

/** How many different events the peers send, over and over. */
const DIFFERENT_EVENTS = 1_000;
/** After how many events the peers get the time to send. With more at once, both are slower and take more memory. */
const PAUSE_EVERY = 1_000;

/** How to run the peers. */
export interface Peers {
  readonly node: string;
  /** The folder in which they are installed. */
  readonly folder: string;
}

/** Installs the peers as the lock file pins them, or returns why that can't be done here. */
export async function installPeers(): Promise<Peers | string> {
  const [node, npm] = await Promise.all(["node", "npm"].map(findProgram));
  if (node === undefined || npm === undefined) return "there is no Node here";
  const lock = await Deno.readTextFile(`${ROOT}/scripts/bench/package-lock.json`);
  const folder = `${ROOT}/.build/bench-peers`;
  if (await readOrNothing(`${folder}/package-lock.json`) === lock && await readOrNothing(`${folder}/done`) === "") {
    return { node, folder };
  }
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.mkdir(folder, { recursive: true });
  const { packages } = JSON.parse(lock) as { packages: Record<string, unknown> };
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(packages[""]));
  await Deno.writeTextFile(`${folder}/package-lock.json`, lock);
  const { success } = await new Deno.Command(npm, {
    args: ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) return "npm could not install them";
  await Deno.writeTextFile(`${folder}/done`, "");
  return { node, folder };
}

/** A peer that sends this many events, and ends once all have been taken. */
export async function peerJob(place: Place, { node, folder }: Peers, peer: Peer, count: number): Promise<Job> {
  const events = await place.events(DIFFERENT_EVENTS);
  return {
    name: peer,
    argv: [
      node,
      `${ROOT}/scripts/bench/peers.mjs`,
      peer,
      place.endpoint,
      events,
      String(count),
      String(PAUSE_EVERY),
    ],
    env: { NODE_EXTRA_CA_CERTS: place.authority },
    cwd: folder,
  };
}

async function readOrNothing(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}
