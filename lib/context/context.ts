// deno-lint-ignore-file camelcase -- the names of the wire and of global.yml are not ours
import type { Host } from "../host/host.ts";
import type { Licence } from "../licence/licence.ts";
import { readCi } from "./ci.ts";
import { readCloud } from "./cloud.ts";
import { readDocker } from "./container.ts";
import { readHardware } from "./hardware.ts";
import { readProject } from "./git/origin.ts";

/** What every report says about where it was made, in the order of the published example. */
export interface ReportContext {
  readonly os: { readonly name: string; readonly version: string | null };
  readonly ci: boolean;
  readonly project: string | null;
  readonly python: string | null;
  readonly rasa_pro: string | null;
  readonly cpu: number | null;
  readonly docker: boolean | null;
  readonly license_hash: string | null;
  readonly company: string | null;
  readonly gpu: number | null;
  readonly cloud: boolean | null;
}

/** The versions that only the caller knows. Null where it gave none, or one that does not pass. */
export interface CallerVersions {
  readonly python: string | null;
  readonly rasa_pro: string | null;
}

/** Gathers a report's context. What can't be found out is null, and so is what only the caller knows. */
export async function gatherContext(host: Host, licence: Licence | undefined): Promise<ReportContext> {
  // First, because its hash is computed on another thread while this one goes on.
  const project = readProject(host);
  const hardware = readHardware(host);
  const docker = readDocker(host);
  const cloud = readCloud(host, docker !== false);
  return {
    os: { name: hardware.osName, version: hardware.osVersion },
    ci: readCi(host),
    project: await project,
    python: null,
    rasa_pro: null,
    cpu: hardware.cpu,
    docker,
    license_hash: licence?.hash ?? null,
    company: licence?.company ?? null,
    gpu: hardware.gpu,
    cloud,
  };
}
