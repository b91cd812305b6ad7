import type { Host } from "../host/host.ts";
import type { Variable } from "../host/variables.ts";

/** The variables from which the runtime takes a proxy for HTTPS. Source: tried with that runtime. */
const PROXY_VARIABLES = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] as const satisfies readonly Variable[];
/** A proxy that is spoken to in the clear, with a user and password in its address. */
const WITH_CREDENTIALS = /^\s*(http:\/\/)?[^/?#]*@/i;

/**
 * The variable whose proxy keeps reports from leaving, or undefined where none does. The runtime sends a proxy's user
 * and password not only to the proxy but, inside the tunnel, to the endpoint too: no report is worth that. Proxies that
 * are spoken to over TLS (`https://`) or as SOCKS get theirs alone.
 */
export function findLeakingProxy(host: Host, endpoint: string): Variable | undefined {
  const { protocol, hostname } = new URL(endpoint);
  if (protocol !== "https:") return undefined;
  const variable = PROXY_VARIABLES.find((name) => WITH_CREDENTIALS.test(host.env(name) ?? ""));
  return variable === undefined || isExcepted(host, hostname) ? undefined : variable;
}

/** What to tell people of such a proxy. */
export function describeLeakingProxy(variable: Variable): string {
  return `${variable} holds a user and password, which the runtime would also send to the endpoint: reports wait; ` +
    "name a proxy without them, or one at an https:// address";
}

/** Whether NO_PROXY excepts a host: by its name, a domain above it, or `*`. */
function isExcepted(host: Host, hostname: string): boolean {
  const entries = (host.env("NO_PROXY") ?? host.env("no_proxy") ?? "").split(",").map((entry) => entry.trim());
  return entries.some((entry) =>
    entry === "*" || (entry !== "" && `.${hostname}`.endsWith(entry.startsWith(".") ? entry : `.${entry}`))
  );
}
