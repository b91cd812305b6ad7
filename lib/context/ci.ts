import type { Host } from "../host/host.ts";
import { type Variable, type VariablePurpose, VARIABLES } from "../host/variables.ts";

/** Whether this is a continuous integration job: one of the `ci` variables exists, whatever its value, the empty one too. */
export function readCi(host: Host): boolean {
  return variablesFor("ci").some((name) => host.env(name) !== undefined);
}

/** The variables that are read for this purpose. */
export function variablesFor(purpose: VariablePurpose): Variable[] {
  // Object.keys forgets the names' type; the table is a constant with exactly these keys.
  const names = Object.keys(VARIABLES) as Variable[];
  return names.filter((name) => VARIABLES[name].purpose === purpose);
}
