import type { Host } from "../host/host.ts";
import { CI_VARIABLES } from "../host/variables/ci.ts";
import { namesOf } from "../host/variables/rule.ts";

/** Whether this is a continuous integration job: one of the `ci` variables exists, even with an empty value. */
export function readCi(host: Host): boolean {
  return namesOf(CI_VARIABLES).some((name) => host.env(name) !== undefined);
}
