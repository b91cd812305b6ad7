import { readContainer } from "../host/container.ts";
import type { Host } from "../host/host.ts";
import { isThere } from "../host/or_else.ts";

/** The folder that systemd makes where it started the system. Source: systemd's `sd_booted`. */
export const BOOTED = "/run/systemd/system";

/** The folder in which a container that boots systemd itself sees its host. Source: systemd's container interface. */
export const CONTAINERS_HOST = "/run/host";

/**
 * Whether this runs in a container, the report's `docker`. Null where nothing tells: an engine needn't leave a sign, so
 * only a system that was booted, or one that has no containers, is certainly none. Never throws.
 */
export function readDocker(host: Host): boolean | null {
  if (readContainer(host)) return true;
  if (host.system.name === "Darwin") return false;
  if (host.system.name !== "Linux") return null;
  return isThere(host, BOOTED) === true && isThere(host, CONTAINERS_HOST) === false ? false : null;
}
