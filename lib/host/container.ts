import type { Host } from "./host.ts";
import { isThere } from "./or_else.ts";
import { variablesFor } from "./variables.ts";

/** Files that container engines create in every container. Sources: Docker's and podman's own start-up code. */
export const CONTAINER_MARKERS: readonly string[] = ["/.dockerenv", "/run/.containerenv"];

/**
 * Whether this runs in a container (the report's `docker`): an engine's marker exists, of whatever kind, or one of the
 * `container` variables is set and not empty. A marker that can't be looked up counts as missing. Never throws.
 */
export function readContainer(host: Host): boolean {
  return variablesFor("container").some((name) => Boolean(host.env(name))) ||
    CONTAINER_MARKERS.some((path) => isThere(host, path) === true);
}
