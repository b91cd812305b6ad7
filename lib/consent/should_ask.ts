import type { Host } from "../host/host.ts";
import { variablesFor } from "../host/variables.ts";

/**
 * Whether there is anybody to ask: standard input and standard error are terminals, no variable says that this is a
 * service's job or a notebook, where a terminal has nobody behind it, and it isn't a container that keeps its home to
 * itself (`ownHome`), because the answer would be gone with it.
 */
export function shouldAsk(host: Host, ownHome: boolean): boolean {
  const { stdin, stderr } = host.terminal;
  if (ownHome || !stdin || !stderr) return false;
  return ![...variablesFor("ci"), ...variablesFor("unattended")].some((name) => host.env(name) !== undefined);
}
