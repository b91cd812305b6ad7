import type { Host } from "../host/host.ts";
import { CI_VARIABLES } from "../host/variables/ci.ts";
import { namesOf } from "../host/variables/rule.ts";
import { UNATTENDED_VARIABLES } from "../host/variables/unattended.ts";

/**
 * Whether there is anybody to ask: standard input and standard error are terminals, no variable says that this is a
 * service's job or a notebook, where a terminal has nobody behind it, and it isn't a container that keeps its home to
 * itself (`ownHome`), because the answer would be gone with it.
 */
export function shouldAsk(host: Host, ownHome: boolean): boolean {
  const { stdin, stderr } = host.terminal;
  if (ownHome || !stdin || !stderr) return false;
  return ![...namesOf(CI_VARIABLES), ...namesOf(UNATTENDED_VARIABLES)].some((name) => host.env(name) !== undefined);
}
