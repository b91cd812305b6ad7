import { FileFault, type Host, isMissing } from "../host/host.ts";
import { variablesFor } from "../host/variables.ts";

/** What container engines leave at the root. Sources: Docker's and podman's own start-up code. */
const MARKERS = ["/.dockerenv", "/run/.containerenv"];

/**
 * Whether this runs in a container (the report's `docker`): an engine's marker is there, whatever it is, or one of the
 * `container` variables is set and not empty. A marker that can't be asked for counts as not there. Never throws.
 */
export function readContainer(host: Host): boolean {
  return variablesFor("container").some((name) => Boolean(host.env(name))) ||
    MARKERS.some((path) => isThere(host, path) === true);
}

/** Whether there is anything at the path, a link that leads nowhere too; undefined where that can't be asked. */
export function isThere(host: Host, path: string): boolean | undefined {
  try {
    host.files.stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    if (error instanceof FileFault) return undefined;
    throw error;
  }
}
