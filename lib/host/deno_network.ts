import { ConnectFault, MOST_IDLE_MS, type ProxyRefusal } from "./host.ts";

/** How the runtime says that it got no connection. Behind it stands why. Source: tried with that runtime. */
const NOT_CONNECTED = /: client error \(Connect\)/;

/** One client for all requests that trust the same authorities: each new one costs a new connection and its memory. */
const clients = new Map<string, Deno.HttpClient>();

/** Sends one request as `Host.fetch` does. */
export async function send(request: Request, authorities: readonly string[]): Promise<Response> {
  const key = authorities.join("\n");
  let client = clients.get(key);
  if (client === undefined) {
    client = createClient(authorities);
    clients.set(key, client);
  }
  // The runtime would repeat a request whose connection ends without an answer. It can't repeat a body that is a
  // stream, and asking for the body makes it one. Why so: docs/contributing/decisions/32-one-attempt-one-request.md.
  void request.body;
  try {
    return await fetch(request, { client });
  } catch (error) {
    if (!(error instanceof TypeError && NOT_CONNECTED.test(error.message))) throw error;
    throw new ConnectFault("No connection", { cause: error, proxy: refusalIn(error.message) });
  }
}

/** What a proxy that makes tunnels answered. Source: the runtime's ext/fetch/proxy.rs, and tried with it. */
function refusalIn(message: string): ProxyRefusal | undefined {
  if (message.endsWith(": proxy authentication required")) return "wants a password";
  return message.endsWith(": unsuccessful tunnel") ? "refuses" : undefined;
}

function createClient(authorities: readonly string[]): Deno.HttpClient {
  try {
    return clientTrusting(authorities);
  } catch {
    return clientTrusting(authorities.filter(isCertificate));
  }
}

/** HTTP/2 is off: a body would wait for 40 ms. Why: docs/contributing/decisions/02-http-1-1-only.md. */
function clientTrusting(authorities: readonly string[]): Deno.HttpClient {
  return Deno.createHttpClient({ caCerts: [...authorities], http2: false, poolIdleTimeout: MOST_IDLE_MS });
}

/** Settles once no thread is starting the runtime's TLS library any more. */
let preparing: Promise<unknown> = Promise.resolve();

/** Starts the runtime's TLS library, which takes 40 ms once. Making a key of this kind starts it on another thread. */
export function prepareRequests(): void {
  const key = crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
  preparing = key.catch(() => {});
}

/**
 * Waits until what `prepareRequests` began is over. A process that ends before crashes once in a while: its end takes
 * the source of random numbers away from the thread, and the library aborts the process (SIGABRT) where it finds none.
 */
export async function requestsPrepared(): Promise<void> {
  await preparing;
}

/** Whether the runtime can read a certificate. It makes no client with one that it can't read. */
function isCertificate(pem: string): boolean {
  try {
    clientTrusting([pem]).close();
    return true;
  } catch {
    return false;
  }
}
