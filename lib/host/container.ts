import type { Host } from "./host.ts";
import { isThere } from "./or_else.ts";
import type { Variable } from "./variables.ts";
import { CONTAINER_VARIABLES } from "./variables/container.ts";
import { namesOf } from "./variables/rule.ts";

/** Files that container engines create in every container. Sources: Docker's and podman's own start-up code. */
export const CONTAINER_MARKERS: readonly string[] = ["/.dockerenv", "/run/.containerenv"];

/** Variables of clouds that run nothing but containers: ECS, Lambda, Cloud Run and its jobs, Container Apps. */
export const CLOUDS_OF_CONTAINERS: readonly Variable[] = [
  "ECS_CONTAINER_METADATA_URI",
  "ECS_CONTAINER_METADATA_URI_V4",
  "AWS_LAMBDA_FUNCTION_NAME",
  "K_SERVICE",
  "CLOUD_RUN_JOB",
  "CONTAINER_APP_NAME",
];

/**
 * Whether there is a sign that this runs in a container: an engine's marker exists, of whatever kind, or one of the
 * `container` variables or of those clouds' is set and not empty. A marker that can't be looked up counts as missing.
 * Never throws.
 */
export function readContainer(host: Host): boolean {
  return [...namesOf(CONTAINER_VARIABLES), ...CLOUDS_OF_CONTAINERS].some((name) => Boolean(host.env(name))) ||
    CONTAINER_MARKERS.some((path) => isThere(host, path) === true);
}
