import type { Host } from "../host/host.ts";
import type { LastDelivery } from "./server_state.ts";
import type { Variable } from "../host/variables.ts";

/**
 * The variables from which the runtime takes a proxy for HTTPS, in its order: it uses the first that it understands,
 * and sends directly where it understands none. Source: tried with that runtime (tests/e2e/proxy_test.ts).
 */
const PROXY_VARIABLES = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy"] as const satisfies readonly Variable[];
/** A proxy that is spoken to in the clear, with a user and password in its address. */
const WITH_CREDENTIALS = /^\s*(http:\/\/)?[^/?#]*@/i;
const HOST_AND_PORT = "(?:[A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])(?::\\d{1,5})?";
const CREDENTIALS = "[\\w.~!$&'()*+,;=%-]*:[\\w.~!$&'()*+,;=%:-]*@";
/**
 * The addresses that are taken for understood: all are by the runtime, which understands some others too. Only `http`
 * and `https` may be in upper case, and a user needs a colon behind it.
 */
const UNDERSTOOD = new RegExp(
  `^(?:(?:[Hh][Tt][Tt][Pp][Ss]?|socks5h?)://(?:${CREDENTIALS})?${HOST_AND_PORT}/?|${HOST_AND_PORT})$`,
);

/** Why a proxy keeps reports from leaving, and the variable that names it. */
export interface ProxyObstacle {
  readonly kind: "proxy";
  readonly variable: Variable;
  /**
   * `leaks`: the runtime would tell the endpoint the proxy's password. `not understood`: it would use no proxy at all.
   */
  readonly why: "leaks" | "not understood";
}

/**
 * The proxy that keeps reports from leaving, or undefined where none does. The runtime sends directly where it can't
 * understand what a variable says, and nothing may go round a proxy. It also sends a proxy's user and password not only
 * to the proxy but, inside the tunnel, to the endpoint: no report is worth that. Proxies that are spoken to over TLS
 * (`https://`) or as SOCKS get theirs alone.
 */
export function findProxyObstacle(host: Host, endpoint: string): ProxyObstacle | undefined {
  if (isDirect(host, endpoint)) return undefined;
  const set = PROXY_VARIABLES.map((variable) => ({ variable, value: host.env(variable) ?? "" }))
    .filter(({ value }) => value !== "");
  const leaking = set.find(({ value }) => WITH_CREDENTIALS.test(value));
  if (leaking !== undefined) return { kind: "proxy", variable: leaking.variable, why: "leaks" };
  const [first] = set;
  if (first === undefined || set.some(({ value }) => UNDERSTOOD.test(value))) return undefined;
  return { kind: "proxy", variable: first.variable, why: "not understood" };
}

/** The variable that names the proxy in use: the first that the runtime understands. Undefined where none is used. */
export function proxyInUse(host: Host, endpoint: string): Variable | undefined {
  if (isDirect(host, endpoint)) return undefined;
  return PROXY_VARIABLES.find((variable) => UNDERSTOOD.test(host.env(variable) ?? ""));
}

/** What to tell people where the last request failed because that proxy refused to connect; undefined elsewhere. */
export function describeProxyRefusal(
  variable: Variable | undefined,
  endpoint: string,
  last: LastDelivery | null,
): string | undefined {
  if (last?.proxy === undefined || variable === undefined) return undefined;
  const { hostname, port } = new URL(endpoint);
  const way = `${hostname}:${port || 443}`;
  return last.proxy === "refuses"
    ? `${variable} names a proxy that refuses to connect to ${way}: reports wait; ask whoever runs it to let them pass`
    : `${variable} names a proxy that wants a user and password (HTTP 407): reports wait; name them in an https:// ` +
      `address of it, or ask whoever runs it to let ${way} pass without`;
}

/** What to tell people of such a proxy. */
export function describeProxyObstacle({ variable, why }: ProxyObstacle): string {
  return why === "leaks"
    ? `${variable} holds a user and password, which the runtime would also send to the endpoint: reports wait; ` +
      "name a proxy without them, or one at an https:// address"
    : `${variable} is no address that the runtime understands, so it would use no proxy: reports wait; it takes ` +
      "http://HOST:PORT, https://HOST:PORT, socks5://HOST:PORT and socks5h://HOST:PORT, without blanks or quotes";
}

/** Whether no variable's proxy is used for an endpoint. */
function isDirect(host: Host, endpoint: string): boolean {
  const { protocol, hostname } = new URL(endpoint);
  return protocol !== "https:" || isExcepted(host, hostname);
}

/** Whether NO_PROXY excepts a host: by its name, a domain above it, or `*`. */
function isExcepted(host: Host, hostname: string): boolean {
  const entries = (host.env("NO_PROXY") ?? host.env("no_proxy") ?? "").split(",").map((entry) => entry.trim());
  return entries.some((entry) =>
    entry === "*" || (entry !== "" && `.${hostname}`.endsWith(entry.startsWith(".") ? entry : `.${entry}`))
  );
}
