import type { Host } from "../host/host.ts";
import { variablesFor } from "../host/variables.ts";

/** Whether this is a continuous integration job: one of the `ci` variables exists, even with an empty value. */
export function readCi(host: Host): boolean {
  return variablesFor("ci").some((name) => host.env(name) !== undefined);
}
